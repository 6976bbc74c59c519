import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { ConfigError, type PlatformConfig } from './config.ts'

/** Where a process can be made to fail, by what has happened when it does. */
export const POINTS = {
  C1: 'an Idempotency-Key is claimed, nothing is done yet',
  C2: 'state is written, its messages are not',
  C4: 'committed, not answered yet',
  C5: 'outbox rows are read, not published',
  C6: 'published, not confirmed yet',
  C7: 'confirmed, not taken out of the outbox',
  C8: 'taken out of the outbox, perhaps not yet on disk',
  C9: 'a message is delivered, its inbox row is not written',
  C10: 'inbox row and effect are written, not committed',
  C11: 'committed, not acknowledged',
  C12: 'acknowledged',
  C13: 'state and commands of a saga are written, not committed',
  C15: 'a deadline is due, not fired',
  C16: 'a saga is half undone',
  C17: 'a payment is kept, the card network is not asked yet',
  C18: 'the card network has answered, its answer is not kept',
  C19: 'the card network has refunded, that is not kept',
  C20: 'the read model is written, its message not acknowledged',
} as const

export type Point = keyof typeof POINTS

/** What keeps orders safe, each to be taken away to see that its absence would be noticed. */
export const SAFEGUARDS = ['inbox', 'idempotency', 'confirm'] as const
export type Safeguard = (typeof SAFEGUARDS)[number]

type Rule = {
  point: Point
  action: 'kill' | 'throw' | 'hang'
  ms: number
  every: number
  most: number
}

const passOn = (_point: Point): Promise<void> | undefined => undefined
const inPlace = (_safeguard: Safeguard): boolean => false

/** Stops here, one way or another, when `FAILPOINTS` says so. To be awaited. */
export let failpoint = passOn
/** True when `FAILPOINTS` takes this safeguard away. */
export let without = inPlace

/**
 * `FAILPOINTS=C5=kill:1/20,C9=hang:2s:5x,no-inbox`: kill the process at every 20th pass of C5, stand
 * still for two seconds at C9 five times, do without the inbox. Each hit becomes a line of the file
 * `FAILPOINT_HITS`, which also carries the count over to the next process. Answers what it was
 * given; throws `ConfigError`.
 */
export function armFailpoints<
  Config extends Pick<PlatformConfig, 'ENVIRONMENT' | 'FAILPOINTS' | 'FAILPOINT_HITS'>,
>(config: Config): Config {
  failpoint = passOn
  without = inPlace
  if (!config.FAILPOINTS) return config
  if (config.ENVIRONMENT === 'production') {
    throw new ConfigError('FAILPOINTS must not be set in production')
  }
  const words = config.FAILPOINTS.split(',')
  const missing = new Set(words.map(safeguardOf).filter((name) => name !== undefined))
  without = (safeguard) => missing.has(safeguard)
  const rules = words.filter((word) => !safeguardOf(word)).map(ruleOf)
  failpoint = armed(new Map(rules.map((rule) => [rule.point, rule])), config.FAILPOINT_HITS)
  return config
}

function armed(rules: ReadonlyMap<Point, Rule>, file: string | undefined): typeof passOn {
  const passes = new Map<Point, number>()
  return (point) => {
    const rule = rules.get(point)
    if (!rule) return undefined
    const pass = (passes.get(point) ?? 0) + 1
    passes.set(point, pass)
    if (pass % rule.every !== 0 || hitsOf(point, file) >= rule.most) return undefined
    return strike(rule, file)
  }
}

async function strike({ point, action, ms }: Rule, file: string | undefined): Promise<void> {
  const hit = { at: new Date().toISOString(), point, action, pid: process.pid }
  if (file) appendFileSync(file, `${JSON.stringify(hit)}\n`)
  // What was sent before this point leaves the process first, as it would have by then.
  await turn()
  await turn()
  if (action === 'throw') throw new Error(`failpoint ${point}`)
  if (action === 'kill') process.kill(process.pid, 'SIGKILL')
  await sleep(ms)
}

function hitsOf(point: Point, file: string | undefined): number {
  if (!file || !existsSync(file)) return 0
  return readFileSync(file, 'utf8').split(`"point":"${point}"`).length - 1
}

const safeguardOf = (word: string): Safeguard | undefined =>
  SAFEGUARDS.find((safeguard) => word === `no-${safeguard}`)

function ruleOf(word: string): Rule {
  const [, point, action, rest = ''] =
    /^(C\d+)=(kill|throw|hang)((?::\w+(?:\/\d+)?)*)$/.exec(word) ?? []
  if (!point || !Object.hasOwn(POINTS, point)) {
    throw new ConfigError(
      `FAILPOINTS: ${word} is neither <point>=kill|throw|hang with one of ${Object.keys(POINTS).join(', ')} nor one of ${SAFEGUARDS.map((name) => `no-${name}`).join(', ')}`,
    )
  }
  const rule = { point: point as Point, action: action as Rule['action'], ms: 30_000 }
  return { ...rule, every: 1, most: Number.POSITIVE_INFINITY, ...optionsOf(word, rest) }
}

function optionsOf(word: string, text: string): Partial<Rule> {
  const options = text
    .split(':')
    .filter(Boolean)
    .map((option): Partial<Rule> => {
      const [, amount, unit] = /^(\d+)(ms|s|x)$/.exec(option) ?? []
      const [, every] = /^1\/([1-9]\d*)$/.exec(option) ?? []
      if (every) return { every: Number(every) }
      if (unit === 'x') return { most: Number(amount) }
      if (unit) return { ms: Number(amount) * (unit === 's' ? 1_000 : 1) }
      throw new ConfigError(`FAILPOINTS: ${word}: write 2s or 500ms, 1/20 and 5x, not ${option}`)
    })
  return Object.assign({}, ...options)
}
