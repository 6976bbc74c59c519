import type { ServiceManifest } from '../manifest.ts'

export const customer: ServiceManifest = {
  name: 'customer',
  summary: 'Accounts and sign-in; issues the access tokens.',
  port: 3004,
  roles: ['http', 'worker'],
  routes: [
    { method: 'post', path: '/auth/register' },
    { method: 'post', path: '/auth/login' },
    { method: 'post', path: '/auth/refresh' },
    { method: 'post', path: '/auth/logout' },
    { method: 'get', path: '/.well-known/jwks.json', unversioned: true },
    { method: 'get', path: '/customers/:id' },
    { method: 'put', path: '/customers/:id' },
    { method: 'delete', path: '/customers/:id' },
  ],
  calls: [],
  emits: ['customer.registered', 'customer.changed'],
  hears: [],
  needs: ['postgres', 'rabbitmq'],
  replicas: { min: 2, max: 6 },
  resources: { cpu: '200m', memory: '256Mi' },
  slo: { availability: 0.999, latency: { share: 0.99, withinMs: 500 } },
}
