import type { Pool } from 'pg'
import { appendMessages } from '#platform/outbox.ts'
import { inTransaction } from '#platform/sql.ts'
import type { Customer, NewAccount } from './customer.ts'
import { registered } from './messages.ts'
import { hashPassword } from './password.ts'
import { emailTaken } from './problems.ts'
import { findCustomer, insertCustomer } from './store.ts'

export type RegisterDeps = { pool: Pool; newId: () => string; now: () => Date }

/** Opens an account of any role: who may have which is the door's decision. Throws `email-taken`. */
export async function registerAccount(deps: RegisterDeps, account: NewAccount): Promise<Customer> {
  const id = deps.newId()
  // Before the transaction: hashing takes tens of milliseconds.
  const password = await hashPassword(account.password)
  return inTransaction(deps.pool, async (tx) => {
    const customer = await insertCustomer(tx, id, { ...account, password }, deps.now())
    if (!customer) {
      // The id is ours alone: if it exists, this is the repeat of a request that died before its answer.
      const before = await findCustomer(tx, id)
      if (before?.email === account.email) return before
      throw emailTaken()
    }
    appendMessages(tx, [registered(customer)])
    return customer
  })
}
