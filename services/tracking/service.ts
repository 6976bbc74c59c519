import type { ServiceManifest } from '../manifest.ts'

export const tracking: ServiceManifest = {
  name: 'tracking',
  summary: 'The read side of orders: lists per customer and per restaurant, rebuilt from events.',
  port: 3007,
  grpcPort: 4007,
  roles: ['http', 'worker'],
  routes: [
    { method: 'get', path: '/orders' },
    { method: 'get', path: '/customers/:customerId/orders' },
    { method: 'get', path: '/restaurants/:restaurantId/orders' },
    { method: 'get', path: '/orders/:id/events', watches: 'WatchOrder' },
  ],
  calls: [{ service: 'order', rpc: 'restofy.order.v1.Orders', timeoutMs: 1_000, retries: 1 }],
  emits: [],
  hears: [
    { queue: 'tracking.orders', messages: ['order.*'] },
    { queue: 'tracking.restaurants', messages: ['restaurant.changed'] },
    { queue: 'tracking.customers', messages: ['customer.registered', 'customer.changed'] },
  ],
  needs: ['postgres', 'rabbitmq', 'redis'],
  replicas: { min: 2, max: 8 },
  resources: { cpu: '200m', memory: '256Mi' },
  slo: { availability: 0.999, latency: { share: 0.99, withinMs: 100 } },
}
