import { z } from 'zod'
import type { Neighbour } from '#platform/call.ts'
import { parse } from '#platform/parse.ts'
import type { ChargeResult, Payment } from './payment.ts'

const Charge = z.object({ id: z.string(), status: z.enum(['captured', 'declined']) })

export type CardNetwork = {
  charge: (payment: Payment) => Promise<ChargeResult>
  /** Throws 503 when the network cannot say; the same refund may be asked for again. */
  refund: (payment: Payment, refund: { key: string; amountCents: number }) => Promise<void>
}

/** The acquirer's API. Every request carries the payment's id as its key, so asking twice charges once. */
export function cardNetwork(acquirer: Neighbour): CardNetwork {
  return {
    async charge(payment) {
      const answer = await post(payment).catch(() => undefined)
      // No answer says nothing about the money: ask with the same key before drawing a conclusion.
      return answer ?? (await inquire(payment).catch(() => undefined)) ?? { outcome: 'unknown' }
    },
    async refund({ chargeId }, { key, amountCents }) {
      const { status } = await acquirer.call({
        method: 'POST',
        path: `/charges/${chargeId}/refunds`,
        headers: { 'idempotency-key': key },
        body: { amountCents },
      })
      if (status !== 201) throw new Error(`the acquirer refused to refund ${chargeId}: ${status}`)
    },
  }

  async function post({ id, amountCents, currency, token }: Payment): Promise<ChargeResult> {
    const { status, body } = await acquirer.call({
      method: 'POST',
      path: '/charges',
      headers: { 'idempotency-key': id },
      body: { amountCents, currency, token },
    })
    // 400: a token the network has never issued.
    if (status === 402 || status === 400) return { outcome: 'declined' }
    return resultOf(body)
  }

  async function inquire({ id }: Payment): Promise<ChargeResult | undefined> {
    const { status, body } = await acquirer.call({ path: `/charges?key=${id}` })
    return status === 200 ? resultOf(body) : undefined
  }
}

function resultOf(body: unknown): ChargeResult {
  const { id, status } = parse(Charge, body)
  return status === 'captured' ? { outcome: 'captured', chargeId: id } : { outcome: 'declined' }
}
