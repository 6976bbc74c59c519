import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { Pool } from 'undici'

/** The instances of one service, taken in turn. */
export type Instances = {
  next: () => Pool
  close: () => Promise<void>
}

export type Resolve = (host: string) => Promise<readonly string[]>

/** A pod that leaves answers for some seconds more (deploy/k8s/service-pod.ts): nobody is late at this pace. */
const LOOK_EVERY_MS = 1_000

/**
 * A pool of connections per address. An origin with an address stays as it is; behind a name stands
 * whatever DNS answers at the moment, such as the ready pods of a headless Service. One name, one
 * connection pool would not do: kept-alive connections never move to an instance that joins.
 */
export function instancesOf(
  origins: readonly string[],
  options: Pool.Options,
  resolve: Resolve = addresses,
): Instances {
  const pools = new Map<string, Pool>()
  const names = origins.map((origin) => new URL(origin)).filter(isName)
  let ring: readonly Pool[] = []
  let turn = 0

  const replace = (wanted: readonly string[]) => {
    for (const origin of wanted) {
      if (!pools.has(origin)) pools.set(origin, new Pool(origin, options))
    }
    for (const [origin, pool] of pools) {
      if (wanted.includes(origin)) continue
      pools.delete(origin)
      // Requests under way get their answers.
      pool.close().catch(() => {})
    }
    ring = [...pools.values()]
  }
  const fixed = origins.filter((origin) => !isName(new URL(origin)))
  const look = async () => {
    const found = await Promise.all(names.map((name) => originsBehind(name, resolve)))
    // Whoever cannot be looked up is where it last was.
    if (found.every((origins) => origins.length > 0)) replace([...fixed, ...found.flat()])
  }

  replace(origins)
  const timer = names.length > 0 ? setInterval(look, LOOK_EVERY_MS).unref() : undefined
  if (timer) void look()
  return {
    next: () => ring[turn++ % ring.length]!,
    async close() {
      clearInterval(timer)
      await Promise.all(ring.map((pool) => pool.close()))
    },
  }
}

/** `localhost` is this machine, whatever else a resolver says of it. */
const isName = ({ hostname }: URL): boolean => isIP(hostname) === 0 && hostname !== 'localhost'

async function originsBehind(name: URL, resolve: Resolve): Promise<string[]> {
  const found = await resolve(name.hostname).catch(() => [])
  return found.map((address) => `${name.protocol}//${address}:${name.port || 80}`)
}

async function addresses(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true, family: 4 })
  return found.map(({ address }) => address)
}
