import type { Need } from '../../../services/manifest.ts'

/** Where each store speaks TLS: first to its clients; RabbitMQ also to whoever asks for queue depths. */
export const STORE_PORTS: Record<Need, [number, ...number[]]> = {
  postgres: [5432],
  redis: [6379],
  rabbitmq: [5671, 443],
}

export const STORES = Object.keys(STORE_PORTS) as Need[]
