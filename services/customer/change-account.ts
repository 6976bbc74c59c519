import type { Pool } from 'pg'
import { appendMessages } from '#platform/outbox.ts'
import { inTransaction } from '#platform/sql.ts'
import type { Customer } from './customer.ts'
import { changed } from './messages.ts'
import { customerNotFound } from './problems.ts'
import { updateCustomer } from './store.ts'

/** What is absent stays. Throws `customer-not-found` and `email-taken`. */
export function changeAccount(
  { pool }: { pool: Pool },
  id: string,
  change: { name?: string; email?: string },
): Promise<Customer> {
  return inTransaction(pool, async (tx) => {
    const customer = await updateCustomer(tx, id, change)
    if (!customer) throw customerNotFound(id)
    appendMessages(tx, [changed(customer)])
    return customer
  })
}
