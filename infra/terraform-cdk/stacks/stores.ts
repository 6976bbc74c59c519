import type { Need } from '../../../services/manifest.ts'

/** The port on which each store speaks TLS. */
export const STORE_PORTS: Record<Need, number> = { postgres: 5432, redis: 6379, rabbitmq: 5671 }

export const STORES = Object.keys(STORE_PORTS) as Need[]
