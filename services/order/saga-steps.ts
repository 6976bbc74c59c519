import type { MessageName } from '#contracts/messages.ts'
import type { CancelReason } from '#contracts/order.ts'

export type StepName = 'reserve-stock' | 'process-payment' | 'commit-stock'
export type Command = 'stock.reserve' | 'payment.charge' | 'stock.commit'
export type Compensation = 'stock.release' | 'payment.refund'

export type Step = {
  name: StepName
  command: Command
  /** The reply that lets the saga go on, and the order event it causes. */
  done: MessageName
  event?: 'reserved' | 'paid'
  /** The reply that ends the order, and what the customer is told then. */
  refused?: MessageName
  refusal?: CancelReason
  /** Reason when every attempt stayed without a reply; without one, a human is called. */
  silence?: CancelReason
  /** What undoes the step, whether or not it is known to have happened. */
  compensation: Compensation
  withinMs: number
  attempts: number
}

/**
 * The saga of an order. `validate-order` (menu, prices, restaurant open) comes before all of them, in
 * the request itself: an invalid basket never becomes an order, so its compensation is to say no.
 */
export const STEPS: readonly Step[] = [
  {
    name: 'reserve-stock',
    command: 'stock.reserve',
    done: 'stock.reserved',
    event: 'reserved',
    refused: 'stock.rejected',
    refusal: 'out-of-stock',
    silence: 'out-of-stock',
    compensation: 'stock.release',
    withinMs: 30_000,
    attempts: 10,
  },
  {
    name: 'process-payment',
    command: 'payment.charge',
    done: 'payment.captured',
    event: 'paid',
    refused: 'payment.declined',
    refusal: 'payment-declined',
    silence: 'payment-timeout',
    compensation: 'payment.refund',
    withinMs: 60_000,
    attempts: 5,
  },
  {
    name: 'commit-stock',
    command: 'stock.commit',
    done: 'stock.committed',
    compensation: 'stock.release',
    withinMs: 30_000,
    attempts: 20,
  },
]

/** A compensation is over when its reply is there; each is tried this often before a human is called. */
export const UNDO = {
  'stock.release': 'stock.released',
  'payment.refund': 'payment.refunded',
} as const satisfies Record<Compensation, MessageName>

export const UNDO_WITHIN_MS = 30_000
export const UNDO_ATTEMPTS = 20

/** How long an order without a payment of its own waits for `POST /payments`. */
export const PAYMENT_WITHIN_MS = 15 * 60_000
