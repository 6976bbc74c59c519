import type { ServiceManifest } from '../manifest.ts'

export const order: ServiceManifest = {
  name: 'order',
  summary: 'The write side of orders: events, saga, outbox.',
  port: 3001,
  grpcPort: 4001,
  roles: ['http', 'worker'],
  routes: [
    { method: 'post', path: '/orders' },
    { method: 'post', path: '/restaurants/:restaurantId/orders' },
    {
      method: 'get',
      path: '/orders/:id',
      includes: {
        customer: { route: '/customers/:id', by: 'customerId' },
        restaurant: { route: '/restaurants/:id', by: 'restaurantId' },
      },
    },
    { method: 'get', path: '/orders/:id/history' },
    { method: 'post', path: '/orders/:id/cancel' },
    { method: 'post', path: '/orders/:id/accept' },
    { method: 'post', path: '/orders/:id/ready' },
    { method: 'post', path: '/orders/:id/deliver' },
  ],
  calls: [
    {
      service: 'restaurant',
      rpc: 'restofy.menu.v1.Menu',
      timeoutMs: 1_000,
      retries: 2,
      breaker: { failures: 5, openMs: 2_000 },
    },
  ],
  emits: [
    'order.placed',
    'order.reserved',
    'order.paid',
    'order.accepted',
    'order.ready',
    'order.delivered',
    'order.cancelled',
    'order.refunded',
    'stock.reserve',
    'stock.release',
    'stock.commit',
    'payment.charge',
    'payment.refund',
  ],
  hears: [
    {
      queue: 'order.replies',
      messages: [
        'stock.reserved',
        'stock.rejected',
        'stock.released',
        'stock.committed',
        'payment.captured',
        'payment.declined',
        'payment.refunded',
      ],
    },
  ],
  needs: ['postgres', 'rabbitmq'],
  replicas: { min: 2, max: 10 },
  resources: { cpu: '250m', memory: '320Mi' },
  slo: { availability: 0.999, latency: { share: 0.99, withinMs: 150 } },
}
