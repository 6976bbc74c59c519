import { setTimeout as sleep } from 'node:timers/promises'
import { v7 as uuidv7 } from 'uuid'
import type { OrderState } from '../../services/contracts/order.ts'
import { payOrder } from '../../services/payment/pay-order.ts'
import { refundPayment } from '../../services/payment/refund-payment.ts'
import { toProblem } from '../../services/platform/problem.ts'
import type { Bank, Teller } from './bank.ts'
import { oneOf, pick } from './random.ts'

const AT_ONCE = 32
/** Refunds meet at the latest payments. */
const MEETING = 40
const DEAREST_CENTS = 10_000
const PATIENCE_MS = 120_000

export type Answer = {
  status: number
  amountCents: number
  paymentId: string
  /** Accepted, and not known yet whether the card is: it may still be declined. */
  pending?: boolean
}

/** What customers and admins were told, by payment, by refund and by cancelled order. */
export type Told = {
  captures: Map<string, Answer>
  refunds: Map<string, Answer>
  cancelled: Set<string>
  /** Times somebody was sent away with 503, and came back. */
  unavailable: number
  /** Anything that must never be answered. */
  failures: string[]
}

const KINDS = [
  ['capture', 10],
  ['refund', 9],
  ['cancel', 1],
] as const

/** So many captures and refunds, 32 at a time; whoever is sent away asks again for the same. */
export async function useBank(bank: Bank, total: number, random: () => number): Promise<Told> {
  const told: Told = {
    ...{ captures: new Map(), refunds: new Map(), cancelled: new Set() },
    ...{ unavailable: 0, failures: [] },
  }
  const paid: OrderState[] = []
  let begun = 0
  const customer = async () => {
    while (begun++ < total) {
      const teller = oneOf(random, bank.tellers)
      const kind = pick(random, KINDS)
      const order = paid.length > 0 ? oneOf(random, paid) : undefined
      if (kind === 'capture' || !order) {
        const next = newOrder(random)
        bank.orders.set(next.id, next)
        if (await capture(told, teller, next, random)) paid.push(next)
        if (paid.length > MEETING) paid.shift()
      } else if (kind === 'refund') await refund(told, bank, order, random)
      else await cancel(told, teller, order)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, customer))
  return told
}

async function capture(told: Told, { deps }: Teller, order: OrderState, random: () => number) {
  // The payment's id is its order's, so that whoever refunds knows it.
  const { id, customerId, totalCents: amountCents } = order
  const token = random() < 0.95 ? 'tok_ok' : 'tok_declined'
  const request = { id, orderId: id, customerId, amountCents, method: 'card', token }
  const { status, body } = await answered(told, () => payOrder(deps, request))
  const pending = body?.status === 'pending'
  told.captures.set(id, { status, amountCents, paymentId: id, pending })
  return status === 201
}

/** Now and then the same twice, at both replicas at once. */
async function refund(told: Told, { tellers }: Bank, order: OrderState, random: () => number) {
  const amountCents = 1 + Math.floor(random() * order.totalCents * 0.6)
  const request = { id: uuidv7(), paymentId: order.id, amountCents, reason: 'chaos' }
  const copies = random() < 0.1 ? tellers : [oneOf(random, tellers)]
  const answers = await Promise.all(
    copies.map(({ deps }) => answered(told, () => refundPayment(deps, request))),
  )
  // Refused to one and not to the other: the payment was settled in between.
  const { status } = answers.find((answer) => answer.status === 201) ?? answers[0]!
  told.refunds.set(request.id, { status, amountCents, paymentId: order.id })
}

async function cancel(told: Told, { hear }: Teller, { id }: OrderState): Promise<void> {
  const again = { id: uuidv7() }
  await answered(told, () => hear('payment.refund', 'payment.refund', { orderId: id }, again))
  told.cancelled.add(id)
}

/** What the door would have answered in the end. */
async function answered<Body>(
  told: Told,
  work: () => Promise<Body>,
): Promise<{ status: number; body?: Body }> {
  const deadline = Date.now() + PATIENCE_MS
  while (Date.now() < deadline) {
    try {
      return { status: 201, body: await work() }
    } catch (error) {
      const { status } = toProblem(error)
      if (status !== 503) {
        if (status >= 500) told.failures.push(`${status}: ${(error as Error).message}`)
        return { status }
      }
      told.unavailable++
      await sleep(100 + Math.random() * 400)
    }
  }
  told.failures.push(`no answer within ${PATIENCE_MS / 1_000} s`)
  return { status: 0 }
}

function newOrder(random: () => number): OrderState {
  const id = uuidv7()
  const totalCents = 100 + Math.floor(random() * DEAREST_CENTS)
  return {
    ...{ id, customerId: uuidv7(), restaurantId: id, ownerId: id, status: 'reserved', version: 2 },
    lines: [{ menuItemId: id, name: 'Margherita', quantity: 1, unitCents: totalCents }],
    ...{ totalCents, currency: 'EUR', placedAt: new Date().toISOString() },
  }
}
