import type { ServiceManifest } from '../../services/manifest.ts'
import type { ScrapeTarget } from '../prometheus/config.ts'
import type { Instances } from './instances.ts'
import { metricsPort, serverPorts } from './ports.ts'
import type { Profile } from './profile.ts'

const at = (port: number) => `127.0.0.1:${port}`

export function scrapeTargets(
  profile: Pick<Profile, 'offset'>,
  services: readonly ServiceManifest[],
  instances: Instances,
): ScrapeTarget[] {
  const { brokerMetrics, prometheus, alertmanager, jaegerMetrics, spanMetrics } =
    serverPorts(profile)
  return [
    ...services.map((service) => ({
      service: service.name,
      targets: Array.from({ length: instances[service.name] ?? 1 }, (_, index) =>
        at(metricsPort(service, profile, index + 1)),
      ),
    })),
    // One series per queue: the totals cannot say which consumer is behind.
    { service: 'rabbitmq', targets: [at(brokerMetrics)], path: '/metrics/per-object' },
    { service: 'prometheus', targets: [at(prometheus)] },
    { service: 'alertmanager', targets: [at(alertmanager)] },
    { service: 'jaeger', targets: [at(jaegerMetrics), at(spanMetrics)] },
  ]
}
