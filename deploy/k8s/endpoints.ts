import type { Inputs } from './inputs.ts'

/** What the cluster's own servers are called, and where they listen. */
export const POSTGRES = { name: 'postgres', port: 5_432, user: 'restofy' }
export const BROKER = { name: 'rabbitmq', port: 5_672, user: 'restofy', management: 15_672 }
export const CACHE = { name: 'redis', port: 6_379 }

type Login = { user?: string; database: string }

/** `{}` stands for the password. */
export function databaseUrl({ databases }: Inputs, service: string, login: Login): string {
  if (databases.run === 'cluster') {
    const { name, port, user } = POSTGRES
    return `postgres://${login.user ?? user}:{}@${name}:${port}/${login.database}`
  }
  const { host, port, user } = databases.servers[service]!
  return `postgres://${login.user ?? user}:{}@${host}:${port}/${login.database}?sslmode=verify-full`
}

export function brokerUrl({ broker }: Inputs): string {
  return broker.run === 'cluster'
    ? `amqp://${BROKER.user}:{}@${BROKER.name}:${BROKER.port}/`
    : `amqps://${broker.user}:{}@${broker.host}:${broker.port}/`
}

export function cacheUrl({ cache }: Inputs): string {
  return cache.run === 'cluster'
    ? `redis://:{}@${CACHE.name}:${CACHE.port}`
    : `rediss://:{}@${cache.host}:${cache.port}`
}

export const OTLP_PORT = 4_318

/** Who takes the services' spans. */
export const traceSink = ({ observability }: Inputs): string =>
  observability.collector ? 'collector' : 'jaeger'

export const tracesTo = (inputs: Inputs): string => `http://${traceSink(inputs)}:${OTLP_PORT}`
