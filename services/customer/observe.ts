import type { Log } from '#platform/log.ts'
import { counter } from '#platform/metrics.ts'
import type { Customer } from './customer.ts'

const registered = counter('restofy_accounts_registered_total', 'Accounts opened, by role', [
  'role',
])
const signIns = counter('restofy_sign_ins_total', 'Attempts to sign in, by outcome', ['outcome'])

export function accountRegistered(log: Log, { id, role }: Customer): void {
  registered.inc({ role })
  log.info({ customer_id: id, role }, 'account registered')
}

/** Says nothing about whose account it was: an address in a log is personal data. */
export function signInTried(log: Log, outcome: 'accepted' | 'refused'): void {
  signIns.inc({ outcome })
  log.info({ outcome }, 'sign-in')
}
