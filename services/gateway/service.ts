import type { ServiceManifest } from '../manifest.ts'

export const gateway: ServiceManifest = {
  name: 'gateway',
  summary: 'The one public door: versions, limits, forwarding.',
  port: 3000,
  roles: ['http'],
  routes: [],
  // What it turns into server-sent events; its HTTP calls follow from everybody's routes.
  calls: [
    {
      service: 'tracking',
      rpc: 'restofy.tracking.v1.Tracking',
      timeoutMs: 2_000,
      retries: 0,
    },
  ],
  emits: [],
  hears: [],
  needs: [],
  replicas: { min: 2, max: 8 },
  resources: { cpu: '250m', memory: '256Mi' },
  slo: { availability: 0.999, latency: { share: 0.99, withinMs: 250 } },
}
