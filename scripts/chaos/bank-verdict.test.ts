import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from './bank-customers.ts'
import type { Books } from './bank-ledger.ts'
import { bankVerdict } from './bank-verdict.ts'

const paid = (status = 201): Answer => ({ status, amountCents: 1_000, paymentId: 'p' })
const told = (more: { captures?: Answer; refund?: Answer; cancelled?: string[] } = {}) => ({
  captures: new Map([['p', more.captures ?? paid()]]),
  refunds: new Map([['r', more.refund ?? { ...paid(), amountCents: 400 }]]),
  cancelled: new Set(more.cancelled),
  ...{ unavailable: 0, failures: [] },
})

/** A payment of 10.00 of which 4.00 went back. */
const books = (): Books => ({
  payments: new Map([['p', { status: 'captured', amountCents: 1_000, cancelled: false }]]),
  refunds: new Map([['r', { status: 'done', amountCents: 400 }]]),
  ledger: new Map([['p', { capturedCents: 1_000, refundedCents: 400 }]]),
  said: new Map([
    ['p', 1],
    ['r', 1],
  ]),
})

const redIn = (...args: Parameters<typeof bankVerdict>) =>
  Object.entries(bankVerdict(...args))
    .filter(([, found]) => found.length > 0)
    .map(([check]) => check)

test('books that agree are not red', () => {
  assert.deepEqual(redIn(told(), books()), [])
})

test('what was answered must be there, and what was refused must not', () => {
  const without = { ...books(), refunds: new Map() }
  assert.deepEqual(redIn(told(), without), ['lost', 'money'])
  assert.deepEqual(redIn(told({ captures: paid(402) }), books()), ['ghost'])
  assert.deepEqual(redIn(told({ refund: { ...paid(422), amountCents: 400 } }), books()), ['ghost'])
  assert.deepEqual(redIn(told({ cancelled: ['p'] }), books()), ['lost'])
})

test('a payment that was accepted without an outcome may be declined, but not be gone', () => {
  const pending = { ...told({ captures: { ...paid(), pending: true } }), refunds: new Map() }
  const none = { refunds: new Map(), ledger: new Map(), said: new Map() }
  const declined = { status: 'declined', amountCents: 1_000, cancelled: false }
  assert.deepEqual(redIn(pending, { ...none, payments: new Map([['p', declined]]) }), [])
  assert.deepEqual(redIn(pending, { ...none, payments: new Map() }), ['lost'])
})

test('what has no end, was said twice, or stands otherwise with the card network is red', () => {
  const unfinished = books()
  unfinished.payments.get('p')!.status = 'pending'
  assert.deepEqual(redIn(told(), unfinished), ['pending', 'money'])
  const twice = books()
  twice.said.set('r', 2)
  assert.deepEqual(redIn(told(), twice), ['twice'])
  const tooMuch = books()
  tooMuch.ledger.get('p')!.refundedCents = 1_400
  assert.deepEqual(redIn(told(), tooMuch), ['money', 'overRefunded'])
  const stranger = books()
  stranger.ledger.set('q', { capturedCents: 1, refundedCents: 0 })
  assert.deepEqual(redIn(told(), stranger), ['money'])
})
