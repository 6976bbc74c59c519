import type { ServiceManifest } from '../manifest.ts'

export const payment: ServiceManifest = {
  name: 'payment',
  summary: 'Payments and refunds; the only one that talks to the card network.',
  port: 3003,
  roles: ['http', 'worker'],
  routes: [
    { method: 'post', path: '/payments', timeoutMs: 12_000 },
    { method: 'get', path: '/payments/:id' },
    { method: 'post', path: '/payments/:id/refunds', timeoutMs: 12_000 },
  ],
  calls: [
    { service: 'order', timeoutMs: 1_000, retries: 2, breaker: { failures: 5, openMs: 2_000 } },
    { service: 'acquirer', timeoutMs: 3_000, retries: 2, breaker: { failures: 5, openMs: 2_000 } },
  ],
  emits: ['payment.captured', 'payment.declined', 'payment.refunded'],
  hears: [
    { queue: 'payment.charge', messages: ['payment.charge'] },
    { queue: 'payment.refund', messages: ['payment.refund'] },
  ],
  needs: ['postgres', 'rabbitmq'],
  replicas: { min: 2, max: 8 },
  resources: { cpu: '200m', memory: '256Mi' },
  slo: { availability: 0.999, latency: { share: 0.99, withinMs: 1000 } },
}
