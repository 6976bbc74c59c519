import type { Environment } from './environments.ts'
import { everythingIn } from './rules/rule.ts'
import type { Synthesised } from './synthesise.ts'

/** cdktf's notes to itself, and prose of ours. */
const SILENT = new Set(['//', 'description'])

/**
 * A stack as a person reviews it: one line per setting in production, then what other environments
 * have otherwise. Names, accounts and addresses, which always differ, are blanks.
 */
export function readingOf(part: string, stacks: readonly Synthesised[]): string {
  const of = (name: string) => stacks.find(({ id }) => id === `${part}-${name}`)!
  const [reference, ...others] = ['production', 'staging', 'dev'].map((name) => of(name))
  const lines = linesOf(reference!)
  const differences = others.flatMap((other) => {
    const its = linesOf(other)
    return [
      `\n# ${other.environment.name}`,
      ...lines.filter((line) => !its.includes(line)).map((line) => `- ${line}`),
      ...its.filter((line) => !lines.includes(line)).map((line) => `+ ${line}`),
    ]
  })
  return `${['# production', ...lines, ...differences].join('\n')}\n`
}

function linesOf(stack: Synthesised): string[] {
  return everythingIn(stack)
    .flatMap(({ type, name, attributes }) => settingsOf(`${type}.${name}`, attributes))
    .map((line) => blank(line, stack.environment))
    .sort()
}

function settingsOf(path: string, value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [`${path} = ${value}`]
  const entries = Object.entries(value).filter(([key]) => !SILENT.has(key))
  if (entries.length === 0) return [`${path} = ${JSON.stringify(value)}`]
  return entries.flatMap(([key, inner]) => settingsOf(`${path}.${key}`, inner))
}

function blank(line: string, { name, account, network, host }: Environment): string {
  return line
    .replaceAll('data.terraform_remote_state.cross-stack-reference-input-', '')
    .replaceAll('cross-stack-output-', '')
    .replaceAll(import.meta.dirname, '<here>')
    .replaceAll(host, '<host>')
    .replaceAll(account, '<account>')
    .replaceAll(`${network}.`, '<network>.')
    .replaceAll(new RegExp(`\\b${name}\\b`, 'g'), '<environment>')
}
