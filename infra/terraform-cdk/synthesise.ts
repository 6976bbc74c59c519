import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { restofyApp } from './app.ts'
import { type Environment, environments } from './environments.ts'

export type Attributes = Record<string, unknown>

/** One stack as Terraform reads it. */
export type Synthesised = {
  id: string
  environment: Environment
  /** The file itself: two runs must not differ in a byte. */
  text: string
  json: {
    resource?: Record<string, Record<string, Attributes>>
    data?: Record<string, Record<string, Attributes>>
    output?: Record<string, { value: unknown }>
    provider: { aws: Attributes[] }
    terraform: { backend: Record<string, Attributes> }
  }
}

/** The stacks of these environments, from the files that cdktf writes: only there are references between stacks resolved. */
export function synthesise(
  wanted: readonly Environment[] = environments,
  emulator?: string,
): Synthesised[] {
  const outdir = mkdtempSync(join(tmpdir(), 'restofy-synth-'))
  try {
    restofyApp({ outdir, environments: wanted, emulator }).synth()
    return stacksBelow(outdir, wanted)
  } finally {
    rmSync(outdir, { recursive: true, force: true })
  }
}

export function stacksBelow(outdir: string, wanted: readonly Environment[]): Synthesised[] {
  const { stacks } = JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8'))
  return Object.keys(stacks).map((id) => {
    const text = readFileSync(join(outdir, 'stacks', id, 'cdk.tf.json'), 'utf8')
    const environment = wanted.find(({ name }) => id.endsWith(`-${name}`))!
    return { id, environment, text, json: JSON.parse(text) }
  })
}
