import type { Message } from '#platform/outbox.ts'
import type { Customer } from './customer.ts'

/** Said once per account, so its id is the account's: who is told again knows that it has been welcomed. */
export const registered = ({ id, name, email, role }: Customer): Message => ({
  ...{ id, name: 'customer.registered', aggregateId: id, version: 1 },
  payload: { customerId: id, name, email, role },
})

export const changed = ({ id, name, email, version }: Omit<Customer, 'role'>): Message => ({
  ...{ name: 'customer.changed', aggregateId: id, version },
  payload: { customerId: id, name, email, deleted: false },
})

/** Of the account nothing is said but that it is gone. */
export const deleted = ({ id, version }: Pick<Customer, 'id' | 'version'>): Message => ({
  ...{ name: 'customer.changed', aggregateId: id, version },
  payload: { customerId: id, name: '', deleted: true },
})
