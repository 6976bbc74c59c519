import { z } from 'zod'
import { decimal } from '#platform/money.ts'

const PAYMENT_STATUSES = ['pending', 'captured', 'declined', 'refunded'] as const
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number]

export type Payment = {
  id: string
  orderId: string
  customerId: string
  amountCents: number
  currency: 'EUR'
  method: string
  /** The card token; gone once the outcome is known. */
  token?: string
  status: PaymentStatus
  chargeId?: string
  /** What admins have given back of it by hand, or promised to. */
  returnedCents: number
  createdAt: Date
}

export type Draft = Omit<Payment, 'status' | 'chargeId' | 'returnedCents' | 'token'> & {
  token: string
}

/** What is left to give back. */
export const returnableCents = ({ status, amountCents, returnedCents }: Payment): number =>
  status === 'captured' ? amountCents - returnedCents : 0

/** The card network's answer; `unknown` means it may or may not have charged. */
export type ChargeResult =
  | { outcome: 'captured'; chargeId: string }
  | { outcome: 'declined' }
  | { outcome: 'unknown' }

export const PaymentV1 = z.object({
  id: z.uuid(),
  orderId: z.uuid(),
  amount: z.number(),
  currency: z.literal('EUR'),
  method: z.string(),
  status: z.enum(PAYMENT_STATUSES),
  refundedAmount: z.number().optional(),
  createdAt: z.iso.datetime(),
})

const refundedCents = ({ status, amountCents, returnedCents }: Payment): number =>
  status === 'refunded' ? amountCents : returnedCents

export const paymentV1 = (payment: Payment): z.infer<typeof PaymentV1> => ({
  id: payment.id,
  orderId: payment.orderId,
  amount: decimal(payment.amountCents),
  currency: payment.currency,
  method: payment.method,
  status: payment.status,
  refundedAmount: refundedCents(payment) > 0 ? decimal(refundedCents(payment)) : undefined,
  createdAt: payment.createdAt.toISOString(),
})
