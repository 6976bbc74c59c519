/** What the rest of the platform may know about a service. Data only: never import code here. */
export type ServiceManifest = {
  name: string
  /** One sentence for the service map. */
  summary: string
  /** Public HTTP port; the metrics port follows from it (deploy/host/ports.ts). */
  port: number
  /** Where it serves gRPC to its neighbours; absent: nowhere. */
  grpcPort?: number
  /** What one instance does. `http` answers requests, `worker` consumes queues and relays the outbox. */
  roles: readonly Role[]
  /** What the gateway forwards to this service. */
  routes: readonly Route[]
  /** Neighbours it calls synchronously. The gateway's calls follow from everybody's routes. */
  calls: readonly Call[]
  /** Messages it publishes, by name (contracts/messages.ts). */
  emits: readonly string[]
  /** Queues it consumes. */
  hears: readonly Queue[]
  needs: readonly Need[]
  replicas: { min: number; max: number }
  resources: { cpu: string; memory: `${number}Mi` }
  slo: Slo
}

export type Role = 'http' | 'worker'
export type Need = 'postgres' | 'rabbitmq' | 'redis'
export type Method = 'get' | 'post' | 'put' | 'delete'

/** A path as Express spells it, below the version: `/orders/:id`. */
export type Route = {
  method: Method
  path: `/${string}`
  /** How long the gateway waits for the answer's headers. Default 5,000. */
  timeoutMs?: number
  /** Served at the root of the gateway, outside `/api/<version>`. */
  unversioned?: boolean
  /** `?include=<name>`: what the gateway may add, from which route, by which id in the answer. */
  includes?: Readonly<Record<string, { route: `/${string}`; by: string }>>
  /** The gateway answers with server-sent events, out of this stream of the service's gRPC. */
  watches?: string
}

export type Call = {
  service: string
  /** The gRPC service it calls, by its full name (contracts/*.proto); absent: over HTTP. */
  rpc?: string
  /** Deadline of one attempt. */
  timeoutMs: number
  /** Attempts after the first; only idempotent calls may have any. */
  retries: number
  /** Consecutive failures that open the circuit, and for how long. Default 5 and 60,000. */
  breaker?: { failures: number; openMs: number }
}

/** One queue: one consumer, one purpose. `messages` may end in `.*`. */
export type Queue = { queue: string; messages: readonly string[]; prefetch?: number }

export type Slo = {
  /** Share of requests that must not fail with 5xx over 30 days. */
  availability: number
  /** Share of requests that must finish within `withinMs` (a bucket boundary of the histogram). */
  latency: { share: number; withinMs: number }
}
