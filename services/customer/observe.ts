import { metrics } from '#contracts/metrics.ts'
import type { Log } from '#platform/log.ts'
import { counter } from '#platform/metrics.ts'
import type { Customer } from './customer.ts'

const registered = counter(metrics.accounts)
const signIns = counter(metrics.signIns)

export function accountRegistered(log: Log, { id, role }: Customer): void {
  registered.inc({ role })
  log.info({ customer_id: id, role }, 'account registered')
}

/** Says nothing about whose account it was: an address in a log is personal data. */
export function signInTried(log: Log, outcome: 'accepted' | 'refused'): void {
  signIns.inc({ outcome })
  log.info({ outcome }, 'sign-in')
}
