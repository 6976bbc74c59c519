/** What the network remembers of one attempt to take money. */
export type Charge = {
  id: string
  key: string
  status: 'captured' | 'declined'
  amountCents: number
  currency: string
  token: string
  refundedCents: number
}

export type ChargeRequest = Pick<Charge, 'key' | 'amountCents' | 'currency' | 'token'>
export type Refund = { id: string; chargeId: string; key: string; amountCents: number }

/** How a card behaves. `answersAfterMs` holds for the first answer only: the charge is made at once. */
export type Card = { status: Charge['status']; answersAfterMs?: number; failures?: number }

/** The sandbox cards: every outcome a payment can have, at will. */
export const CARDS: ReadonlyMap<string, Card> = new Map([
  ['tok_ok', { status: 'captured' }],
  ['tok_declined', { status: 'declined' }],
  ['tok_timeout', { status: 'captured', answersAfterMs: 30_000 }],
  ['tok_slow', { status: 'captured', answersAfterMs: 2_000 }],
  ['tok_flaky', { status: 'captured', failures: 2 }],
])

/** True if a repeat under one key asks for the same thing. */
export const sameRequest = (charge: Charge, request: ChargeRequest): boolean =>
  charge.amountCents === request.amountCents &&
  charge.currency === request.currency &&
  charge.token === request.token

/** How much of a charge can still be given back. */
export const refundableCents = ({ status, amountCents, refundedCents }: Charge): number =>
  status === 'captured' ? amountCents - refundedCents : 0

export const chargeView = ({ token: _, ...charge }: Charge) => charge
export const refundView = ({ key: _, ...refund }: Refund) => refund
