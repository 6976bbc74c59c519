import type { ServiceManifest } from '../manifest.ts'

export const restaurant: ServiceManifest = {
  name: 'restaurant',
  summary: 'Restaurants and their menus.',
  port: 3002,
  grpcPort: 4002,
  roles: ['http', 'worker'],
  routes: [
    { method: 'get', path: '/restaurants' },
    { method: 'post', path: '/restaurants' },
    { method: 'get', path: '/restaurants/:id' },
    { method: 'put', path: '/restaurants/:id' },
    { method: 'delete', path: '/restaurants/:id' },
    { method: 'get', path: '/restaurants/:id/menu' },
    { method: 'post', path: '/restaurants/:id/menu' },
    { method: 'put', path: '/restaurants/:id/menu/:itemId' },
    { method: 'delete', path: '/restaurants/:id/menu/:itemId' },
  ],
  calls: [],
  emits: ['restaurant.changed', 'menu.changed'],
  hears: [{ queue: 'restaurant.cache', messages: ['restaurant.changed', 'menu.changed'] }],
  needs: ['postgres', 'rabbitmq', 'redis'],
  replicas: { min: 2, max: 10 },
  resources: { cpu: '200m', memory: '256Mi' },
  slo: { availability: 0.999, latency: { share: 0.99, withinMs: 100 } },
}
