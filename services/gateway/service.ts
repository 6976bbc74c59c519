import type { ServiceManifest } from '../manifest.ts'

export const gateway: ServiceManifest = {
  name: 'gateway',
  summary: 'The one public door: versions, limits, forwarding.',
  port: 3000,
  roles: ['http'],
  routes: [],
  calls: [],
  emits: [],
  hears: [],
  needs: [],
  replicas: { min: 2, max: 8 },
  resources: { cpu: '250m', memory: '256Mi' },
  slo: { availability: 0.999, latency: { share: 0.99, withinMs: 250 } },
}
