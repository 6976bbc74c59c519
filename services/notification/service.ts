import type { ServiceManifest } from '../manifest.ts'

export const notification: ServiceManifest = {
  name: 'notification',
  summary: 'One message to the customer for each step of an order.',
  port: 3006,
  roles: ['http', 'worker'],
  routes: [{ method: 'get', path: '/customers/:customerId/notifications' }],
  calls: [],
  emits: ['notification.sent', 'notification.failed'],
  hears: [
    { queue: 'notification.orders', messages: ['order.*'] },
    { queue: 'notification.customers', messages: ['customer.registered', 'customer.changed'] },
  ],
  needs: ['postgres', 'rabbitmq', 'redis'],
  replicas: { min: 1, max: 6 },
  resources: { cpu: '100m', memory: '256Mi' },
  slo: { availability: 0.995, latency: { share: 0.99, withinMs: 500 } },
}
