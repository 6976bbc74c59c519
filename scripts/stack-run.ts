import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Needs } from './stack-order.ts'
import type { Terraform } from './terraform.ts'

/** Runs Terraform in a stack's directory and gives back what it printed; a failure is one sentence. */
export type Run = (directory: string, args: string[]) => Promise<string>

/** `state` and `output` print what programs read; the rest would print colours. */
const PLAIN = new Set(['state', 'output'])

export function stackRun(terraform: Terraform): Run {
  return async (directory, args) => {
    const [verb] = args
    const result = await terraform(directory, PLAIN.has(verb!) ? args : [...args, '-no-color'])
    if (result.ok) return result.stdout
    const log = join(directory, `${verb}.log`)
    await writeFile(log, result.stdout + result.stderr)
    const why = verb === 'plan' && result.exitCode === 2 ? DRIFT : sentenceOf(result.stderr)
    throw new Error(`terraform ${verb}: ${why} (all of it in ${log})`)
  }
}

const DRIFT = 'wants changes right after apply'

export function sentenceOf(stderr: string): string {
  if (/Error acquiring the state lock/.test(stderr)) {
    const field = (name: string) => new RegExp(`${name}:\\s+(.*)`).exec(stderr)?.[1] ?? 'unknown'
    return `somebody else is changing this stack: ${field('Who')} since ${field('Created')}. Wait for it, or, if it died: terraform force-unlock ${field('ID')}`
  }
  if (/No valid credential sources found/.test(stderr)) {
    return 'there are no AWS credentials: sign in (aws sso login, or AWS_PROFILE=…), then try again'
  }
  return /Error: (.*)/.exec(stderr)?.[1] ?? 'failed without saying why'
}

export const stackDirectory = (outdir: string, stack: string): string =>
  join(outdir, 'stacks', stack)

/** The synthesised stacks, and which of them each needs first. */
export async function stacksIn(outdir: string): Promise<Needs> {
  const { stacks } = JSON.parse(await readFile(join(outdir, 'manifest.json'), 'utf8'))
  return new Map(
    Object.entries<{ dependencies: string[] }>(stacks).map(([name, { dependencies }]) => [
      name,
      dependencies,
    ]),
  )
}
