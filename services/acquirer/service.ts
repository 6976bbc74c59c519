import type { ServiceManifest } from '../manifest.ts'

export const acquirer: ServiceManifest = {
  name: 'acquirer',
  summary: 'A sandbox card network with its own ledger: stands in for a third party.',
  port: 3009,
  roles: ['http'],
  routes: [],
  calls: [],
  emits: [],
  hears: [],
  needs: ['postgres'],
  replicas: { min: 1, max: 1 },
  resources: { cpu: '100m', memory: '256Mi' },
  slo: { availability: 0.99, latency: { share: 0.99, withinMs: 1000 } },
}
