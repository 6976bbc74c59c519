import { z } from 'zod'
import { decimal } from '#platform/money.ts'

/** Money that an admin gives back by hand. `pending`: the card network has not confirmed it yet. */
export type Refund = {
  id: string
  paymentId: string
  amountCents: number
  reason: string
  status: 'pending' | 'done'
  createdAt: Date
}

export const RefundV1 = z.object({
  id: z.uuid(),
  paymentId: z.uuid(),
  amount: z.number(),
  currency: z.literal('EUR'),
  reason: z.string(),
  status: z.enum(['pending', 'done']),
  createdAt: z.iso.datetime(),
})

export const refundV1 = (refund: Refund): z.infer<typeof RefundV1> => ({
  id: refund.id,
  paymentId: refund.paymentId,
  amount: decimal(refund.amountCents),
  currency: 'EUR',
  reason: refund.reason,
  status: refund.status,
  createdAt: refund.createdAt.toISOString(),
})
