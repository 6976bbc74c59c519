import type { OrderState } from '../../services/contracts/order.ts'
import type { Facts, Finding } from './facts.ts'

const OWED = ['paid', 'accepted', 'ready', 'delivered']

/** The card network has taken each paid order's total once, and nothing for any other. */
export function money({ snapshots, payments, charges }: Facts): Finding[] {
  const orderOf = new Map(payments.map(({ id, orderId }) => [id, orderId]))
  const taken = new Map<string, number>()
  const strangers: Finding[] = []
  for (const { key, status, amountCents, refundedCents } of charges) {
    const orderId = orderOf.get(key)
    if (!orderId) strangers.push({ what: 'a charge belongs to no payment', ids: [key] })
    else if (status === 'captured') {
      taken.set(orderId, (taken.get(orderId) ?? 0) + amountCents - refundedCents)
    }
  }
  return [
    ...strangers,
    ...snapshots.flatMap(({ id, state }) => {
      const [is, should] = [taken.get(id) ?? 0, owed(state)]
      return is === should ? [] : [{ what: `${is} cents are taken, ${should} are owed`, ids: [id] }]
    }),
  ]
}

const owed = ({ status, totalCents, refundedCents = 0 }: OrderState) =>
  OWED.includes(status) ? totalCents - refundedCents : 0
