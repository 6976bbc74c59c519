import { invalidRequest, Problem } from '#platform/problem.ts'

export const keyRequired = () =>
  invalidRequest('Idempotency-Key must be sent and have 1 to 255 characters')

export const keyReused = () =>
  new Problem(422, 'idempotency-mismatch', 'this Idempotency-Key belongs to another request')

export const unknownToken = () => new Problem(400, 'unknown-token', 'no card has this token')

export const chargeNotFound = (what: string) =>
  new Problem(404, 'charge-not-found', `no charge ${what}`)

export const refundExceedsCharge = () =>
  new Problem(422, 'refund-exceeds-charge', 'more would be given back than was taken')

/** What tok_flaky answers before it works: nothing has been charged. */
export const networkTrouble = () => new Problem(500, 'network-trouble', 'the network hiccupped')
