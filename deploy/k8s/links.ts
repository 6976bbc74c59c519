import { edgesOf } from '../../services/edges.ts'
import type { Need, ServiceManifest } from '../../services/manifest.ts'
import { BROKER, CACHE, OTLP_PORT, POSTGRES, traceSink } from './endpoints.ts'
import type { Inputs } from './inputs.ts'
import { migrationName } from './migration.ts'
import { observabilityLinks } from './observability-links.ts'

/** Pods by their labels, another namespace, or addresses outside the cluster. */
export type Peer =
  | { name: string; component?: string }
  | { namespace: string }
  | { cidrs: readonly string[] }

/** One side opens a TCP connection to the other; nothing that is not in the list does. */
export type Link = { from: Peer; to: Peer; ports: readonly number[] }

export const EVERYWHERE = ['0.0.0.0/0']

/** Who may reach whom: what the manifests declare, and what it takes to watch it. */
export function linksOf(services: readonly ServiceManifest[], inputs: Inputs): Link[] {
  return [
    ...entranceLinks(services, inputs),
    ...requestLinks(services),
    ...services.flatMap((service) => needLinks(service, inputs)),
    ...services.map(({ name }) => ({
      from: { name },
      to: { name: traceSink(inputs) },
      ports: [OTLP_PORT],
    })),
    ...observabilityLinks(services, inputs),
  ]
}

function entranceLinks(services: readonly ServiceManifest[], { entrance }: Inputs): Link[] {
  const { port } = services.find(({ name }) => name === 'gateway')!
  const cidrs = entrance.by === 'ingress' ? entrance.cidrs : EVERYWHERE
  return [{ from: { cidrs }, to: { name: 'gateway', component: 'http' }, ports: [port] }]
}

/** Messages go through the broker: only requests and the fetching of keys are connections. */
function requestLinks(services: readonly ServiceManifest[]): Link[] {
  return edgesOf(services)
    .filter(({ by }) => by !== 'message')
    .map(({ from, to }) => ({
      from: { name: from },
      to: { name: to, component: 'http' },
      ports: portsBetween(from, services.find(({ name }) => name === to)!, services),
    }))
}

/** The gateway and the fetching of keys use HTTP; a call uses what its manifest says. */
function portsBetween(
  from: string,
  to: ServiceManifest,
  services: readonly ServiceManifest[],
): number[] {
  const calls = services
    .find(({ name }) => name === from)!
    .calls.filter(({ service }) => service === to.name)
  const overHttp = from === 'gateway' || calls.length === 0 || calls.some(({ rpc }) => !rpc)
  const overGrpc = calls.some(({ rpc }) => rpc)
  return [...(overHttp ? [to.port] : []), ...(overGrpc && to.grpcPort ? [to.grpcPort] : [])]
}

function needLinks(service: ServiceManifest, inputs: Inputs): Link[] {
  const users = (need: Need) =>
    need === 'postgres' ? [service.name, migrationName(service)] : [service.name]
  return service.needs.flatMap((need) =>
    users(need).map((name) => ({ from: { name }, ...serverOf(need, service, inputs) })),
  )
}

function serverOf(
  need: Need,
  { name }: ServiceManifest,
  { databases, broker, cache }: Inputs,
): Pick<Link, 'to' | 'ports'> {
  const place = { postgres: databases, rabbitmq: broker, redis: cache }[need]
  const own = { postgres: POSTGRES, rabbitmq: BROKER, redis: CACHE }[need]
  if (place.run === 'cluster') return { to: { name: own.name }, ports: [own.port] }
  const port = 'servers' in place ? place.servers[name]!.port : place.port
  return { to: { cidrs: place.cidrs }, ports: [port] }
}
