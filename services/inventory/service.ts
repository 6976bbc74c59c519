import type { ServiceManifest } from '../manifest.ts'

export const inventory: ServiceManifest = {
  name: 'inventory',
  summary: 'Stock and reservations.',
  port: 3005,
  roles: ['http', 'worker'],
  routes: [
    { method: 'get', path: '/restaurants/:restaurantId/stock' },
    { method: 'put', path: '/restaurants/:restaurantId/stock/:itemId' },
  ],
  calls: [
    {
      service: 'restaurant',
      timeoutMs: 1_000,
      retries: 2,
      breaker: { failures: 5, openMs: 2_000 },
    },
  ],
  emits: ['stock.reserved', 'stock.rejected', 'stock.released', 'stock.committed'],
  hears: [
    { queue: 'inventory.commands', messages: ['stock.reserve', 'stock.release', 'stock.commit'] },
    { queue: 'inventory.menus', messages: ['menu.changed'] },
  ],
  needs: ['postgres', 'rabbitmq'],
  replicas: { min: 2, max: 8 },
  resources: { cpu: '200m', memory: '256Mi' },
  slo: { availability: 0.999, latency: { share: 0.99, withinMs: 250 } },
}
