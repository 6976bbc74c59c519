import type { Consumers } from '#platform/broker/consumer.ts'
import { chargeOrder } from './charge-order.ts'
import { refundOrder } from './refund-order.ts'
import type { PaymentDeps } from './settle.ts'

export const paymentConsumers = (deps: PaymentDeps): Consumers => ({
  'payment.charge': { 'payment.charge': (command, once) => chargeOrder(deps, command, once) },
  'payment.refund': { 'payment.refund': (command, once) => refundOrder(deps, command, once) },
})
