import { decimal } from '#platform/money.ts'

export type PaymentStatus = 'pending' | 'captured' | 'declined' | 'refunded'

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
  createdAt: Date
}

export type Draft = Omit<Payment, 'status' | 'chargeId' | 'token'> & { token: string }

/** The card network's answer; `unknown` means it may or may not have charged. */
export type ChargeResult =
  | { outcome: 'captured'; chargeId: string }
  | { outcome: 'declined' }
  | { outcome: 'unknown' }

export const paymentV1 = (payment: Payment) => ({
  id: payment.id,
  orderId: payment.orderId,
  amount: decimal(payment.amountCents),
  currency: payment.currency,
  method: payment.method,
  status: payment.status,
  createdAt: payment.createdAt.toISOString(),
})
