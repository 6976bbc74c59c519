import type { Facts, Finding, Witness } from './facts.ts'
import { money } from './money-checks.ts'
import { doubled, lost, notifications, readModel, stuck } from './order-checks.ts'
import { stock } from './stock-checks.ts'

type Check = (facts: Facts, witness: Witness) => Finding[]

const outbox: Check = ({ outbox }) =>
  outbox.map(({ service, id, message }) => ({
    what: `${service} has not sent ${message}`,
    ids: [id],
  }))

const isDead = (queue: string) => queue.endsWith('.dead')

const queues: Check = ({ queues }) =>
  queues
    .filter(({ queue, messages }) => !isDead(queue) && messages !== 0)
    .map(({ queue, messages = 'an unknown number of' }) => ({
      what: `${messages} messages wait`,
      ids: [queue],
    }))

const deadLetters: Check = ({ queues }) =>
  queues
    .filter(({ queue, messages }) => isDead(queue) && messages !== 0)
    .map(({ queue, messages = 'an unknown number of' }) => ({
      what: `${messages} messages were given up`,
      ids: [queue],
    }))

/** What is to be sent later is on its way. */
const mail: Check = ({ unsentMail }) =>
  unsentMail
    .filter(({ failure, due }) => failure !== null || due)
    .map(({ id, kind, failure }) => ({
      what: `a mail was ${failure === null ? 'not sent' : `given up (${failure})`}: ${kind}`,
      ids: [id],
    }))

export const CHECKS = {
  ...{ lost, doubled, stuck, money, stock, readModel, notifications },
  ...{ mail, outbox, queues, deadLetters },
} satisfies Record<string, Check>

export type CheckName = keyof typeof CHECKS

export type Verdict = {
  verdict: 'green' | 'red'
  /** How much was read, so that an empty green is not mistaken for a proof. */
  read: Record<string, number>
  /** Findings per check. */
  found: Record<CheckName, number>
  findings: (Finding & { check: CheckName })[]
}

const NOBODY: Witness = { intents: [], shelf: {} }
/** Per check; the count is in `found`. */
const MOST_FINDINGS = 20

/** Judges the facts; without a witness, `lost` and `doubled` orders cannot be known. */
export function judge(facts: Facts, witness: Witness = NOBODY): Verdict {
  const all = Object.entries(CHECKS).map(
    ([name, check]) => [name as CheckName, check(facts, witness)] as const,
  )
  return {
    verdict: all.every(([, findings]) => findings.length === 0) ? 'green' : 'red',
    read: Object.fromEntries(Object.entries(facts).map(([name, rows]) => [name, rows.length])),
    found: Object.fromEntries(all.map(([name, { length }]) => [name, length])) as Verdict['found'],
    findings: all.flatMap(([check, findings]) =>
      findings.slice(0, MOST_FINDINGS).map((finding) => ({ check, ...finding })),
    ),
  }
}
