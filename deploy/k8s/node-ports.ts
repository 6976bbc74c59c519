import { BROKER } from './endpoints.ts'
import type { Inputs } from './inputs.ts'

/** On a machine of one's own the pages are reachable too: a port on the node, and where kind puts it on the host. */
export const NODE_PORTS = {
  prometheus: { port: 9_090, nodePort: 30_090, hostPort: 9_090 },
  alertmanager: { port: 9_093, nodePort: 30_093, hostPort: 9_093 },
  jaeger: { port: 16_686, nodePort: 30_686, hostPort: 16_686 },
  rabbitmq: { port: BROKER.management, nodePort: 30_672, hostPort: BROKER.management },
  grafana: { port: 3_000, nodePort: 30_300, hostPort: 3_300 },
} as const

export type Page = keyof typeof NODE_PORTS

/** Empty where there is a real entrance: nothing but the gateway is public there. */
export function exposed({ entrance, observability }: Inputs) {
  if (entrance.by !== 'node-port') return []
  const { alertmanager, grafana } = observability
  const optional: Partial<Record<string, boolean>> = { alertmanager, grafana }
  return Object.entries(NODE_PORTS)
    .filter(([name]) => optional[name] ?? true)
    .map(([name, { port }]) => ({ name, port }))
}

export const nodePortOf = ({ entrance }: Inputs, page: Page): number | undefined =>
  entrance.by === 'node-port' ? NODE_PORTS[page]?.nodePort : undefined
