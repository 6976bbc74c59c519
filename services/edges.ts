import type { ServiceManifest } from './manifest.ts'

/** One service that reaches another: with a request, through a message, or to fetch the token keys. */
export type Edge = { from: string; to: string; by: 'request' | 'message' | 'keys' }

const KEY_SERVER = 'customer'

/** Who reaches whom, as the manifests declare it: the service map, the network policies, and what traces must show. */
export function edgesOf(services: readonly ServiceManifest[]): Edge[] {
  return services.flatMap((service) => [
    ...requestsFrom(service, services),
    ...messagesFrom(service, services),
    ...keysFor(service),
  ])
}

function requestsFrom({ name, calls }: ServiceManifest, all: readonly ServiceManifest[]): Edge[] {
  const called =
    name === 'gateway'
      ? all.filter(({ routes }) => routes.length > 0).map((service) => service.name)
      : calls.map(({ service }) => service)
  return called.map((to) => ({ from: name, to, by: 'request' }))
}

function messagesFrom({ name, emits }: ServiceManifest, all: readonly ServiceManifest[]): Edge[] {
  const hearers = all.filter(({ hears }) =>
    hears.some((queue) => queue.messages.some((pattern) => emits.some((m) => matches(pattern, m)))),
  )
  return hearers.map((hearer) => ({ from: name, to: hearer.name, by: 'message' }))
}

/** Whoever serves people verifies their tokens. */
function keysFor({ name, routes }: ServiceManifest): Edge[] {
  return routes.length > 0 && name !== KEY_SERVER
    ? [{ from: name, to: KEY_SERVER, by: 'keys' }]
    : []
}

/** `order.*` matches every message whose name begins with `order.`. */
export function matches(pattern: string, message: string): boolean {
  return pattern.endsWith('.*') ? message.startsWith(pattern.slice(0, -1)) : message === pattern
}
