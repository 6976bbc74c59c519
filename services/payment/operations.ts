import type { Operations } from '#platform/http/openapi.ts'
import { PaymentV1 } from './payment.ts'
import { RefundV1 } from './refund.ts'
import { PaymentBody, RefundBody } from './routes.ts'

export const paymentOperations: Operations = {
  'post /payments': {
    summary: 'Pay an order that was placed without a payment',
    who: ['customer'],
    body: PaymentBody,
    answers: { 201: PaymentV1 },
    problems: {
      402: ['payment-declined'],
      404: ['order-not-found'],
      409: ['order-not-payable', 'payment-exists'],
      422: ['amount-mismatch'],
    },
    idempotent: true,
  },
  'post /payments/:id/refunds': {
    summary: 'Give part or all of a payment back',
    who: ['admin'],
    body: RefundBody,
    answers: { 201: RefundV1 },
    problems: {
      404: ['payment-not-found'],
      409: ['not-refundable'],
      422: ['refund-too-large'],
    },
    idempotent: true,
  },
  'get /payments/:id': {
    summary: 'A payment',
    who: 'signed-in',
    answers: { 200: PaymentV1 },
    problems: { 404: ['payment-not-found'] },
  },
}
