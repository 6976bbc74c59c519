import type { Told } from './bank-customers.ts'
import type { Books } from './bank-ledger.ts'

const CHECKS = ['lost', 'ghost', 'twice', 'pending', 'money', 'overRefunded'] as const
type Check = (typeof CHECKS)[number]
export type BankFindings = Record<Check, string[]>

/**
 * `lost`: answered, and not there. `ghost`: refused, and there all the same. `twice`: said to the world more
 * or less than once. `pending`: without an end. `money`: the card network has other figures.
 */
export function bankVerdict(told: Told, books: Books): BankFindings {
  const found = Object.fromEntries(CHECKS.map((check) => [check, []])) as unknown as BankFindings
  for (const [id, { status, amountCents, pending }] of told.captures) {
    const kept = books.payments.get(id)
    const captured = kept && kept.status !== 'declined' && kept.amountCents === amountCents
    if (status === 201 && !captured && !(pending && kept)) found.lost.push(`payment ${id}`)
    if (status !== 201 && captured) found.ghost.push(`payment ${id}, answered ${status}`)
  }
  for (const [id, { status, amountCents }] of told.refunds) {
    const kept = books.refunds.get(id)
    if (status === 201 && kept?.amountCents !== amountCents) found.lost.push(`refund ${id}`)
    if (status !== 201 && kept) found.ghost.push(`refund ${id}, answered ${status}`)
  }
  for (const id of told.cancelled) {
    const kept = books.payments.get(id)
    if (!kept?.cancelled || kept.status === 'captured') found.lost.push(`cancelling ${id}`)
  }
  judgeBooks(books, told, found)
  return found
}

function judgeBooks(books: Books, told: Told, found: BankFindings): void {
  const returned = new Map<string, number>()
  for (const [id, { status, amountCents }] of books.refunds) {
    if (status === 'pending') found.pending.push(`refund ${id}`)
    else if (books.said.get(id) !== 1) found.twice.push(`refund ${id}`)
    const payment = told.refunds.get(id)?.paymentId ?? ''
    returned.set(payment, (returned.get(payment) ?? 0) + amountCents)
  }
  for (const [id, { status, amountCents, cancelled }] of books.payments) {
    if (status === 'pending') found.pending.push(`payment ${id}`)
    const taken = status === 'captured' || status === 'refunded'
    if (taken && books.said.get(id) !== 1) found.twice.push(`payment ${id}`)
    const { capturedCents = 0, refundedCents = 0 } = books.ledger.get(id) ?? {}
    if (refundedCents > capturedCents) found.overRefunded.push(`payment ${id}`)
    const back = cancelled && taken ? amountCents : (returned.get(id) ?? 0)
    const owed = taken ? amountCents - back : 0
    if (capturedCents - refundedCents !== owed) {
      found.money.push(`payment ${id}: ${owed} kept here, ${capturedCents - refundedCents} there`)
    }
  }
  for (const id of books.ledger.keys()) {
    if (!books.payments.has(id)) found.money.push(`payment ${id}: known to the network alone`)
  }
}
