import type { ServiceManifest } from '../../services/manifest.ts'
import type { Profile } from './profile.ts'

type Offset = Pick<Profile, 'offset'>

/** Away from the usual numbers, so that the user's own servers keep theirs. */
const SERVERS = {
  postgres: 15_432,
  redis: 16_379,
  epmd: 14_369,
  amqp: 15_670,
  management: 15_672,
  brokerMetrics: 15_692,
  distribution: 15_674,
  prometheus: 9_090,
  alertmanager: 9_093,
  grafana: 9_300,
  jaeger: 16_686,
  otlpHttp: 4_318,
  otlpGrpc: 4_317,
  jaegerHealth: 13_133,
  jaegerMetrics: 8_888,
  spanMetrics: 8_889,
}

export type ServerPorts = typeof SERVERS

export function serverPorts({ offset }: Offset): ServerPorts {
  const shifted = Object.entries(SERVERS).map(([name, port]) => [name, port + offset])
  return Object.fromEntries(shifted) as ServerPorts
}

/** Room for this many instances of a service before port 4000, where gRPC begins. */
export const MOST_INSTANCES = 9

const FIRST_SERVICE_PORT = 3_000
const FIRST_METRICS_PORT = 9_464
const BETWEEN_INSTANCES = 100

/** `instance` counts from 1. */
export const servicePort = (
  { port }: Pick<ServiceManifest, 'port'>,
  { offset }: Offset,
  instance = 1,
): number => port + offset + (instance - 1) * BETWEEN_INSTANCES

/** Undefined for a service that serves no gRPC. */
export const grpcPort = (
  service: Pick<ServiceManifest, 'grpcPort'>,
  { offset }: Offset,
  instance = 1,
): number | undefined =>
  service.grpcPort && service.grpcPort + offset + (instance - 1) * BETWEEN_INSTANCES

export const metricsPort = (
  { port }: Pick<ServiceManifest, 'port'>,
  { offset }: Offset,
  instance = 1,
): number =>
  FIRST_METRICS_PORT + (port - FIRST_SERVICE_PORT) + offset + (instance - 1) * BETWEEN_INSTANCES

export const serviceUrls = (
  service: Pick<ServiceManifest, 'port'>,
  offset: Offset,
  instances = 1,
): string[] =>
  Array.from(
    { length: instances },
    (_, index) => `http://127.0.0.1:${servicePort(service, offset, index + 1)}`,
  )

/** All instances of a service as gRPC spells them; calls go round. */
export const grpcTarget = (
  service: Pick<ServiceManifest, 'grpcPort'>,
  offset: Offset,
  instances = 1,
): string => {
  const addresses = Array.from(
    { length: instances },
    (_, index) => `127.0.0.1:${grpcPort(service, offset, index + 1)}`,
  )
  return `ipv4:${addresses.join(',')}`
}
