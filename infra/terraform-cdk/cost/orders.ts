import { MONTHLY, USAGE } from './prices.ts'

/** What one order uses. CPU is measured; the rest was measured once and changes seldom. */
export type OrderUse = {
  cpuMs: number
  logLines: number
  bytesPerLogLine: number
  storedBytes: number
  betweenZonesBytes: number
}

/** Rows, indexes and outbox of 40,000 orders; ten lines of one order through all services. */
export const ORDER_USE: Omit<OrderUse, 'cpuMs'> = {
  logLines: 10,
  bytesPerLogLine: 400,
  storedBytes: 1_148,
  betweenZonesBytes: 20_000,
}

const SECONDS_PER_MONTH = 730 * 3_600
const MILLION = 1e6
const GB = 1e9

/** What a million orders more cost, by cause; storage for the first month that it is kept. */
export function marginalUsd(use: OrderUse): Record<string, number> {
  return {
    cpu: ((use.cpuMs * MILLION) / 3.6e6) * USAGE['vCPU hour'].usd,
    logs: ((use.logLines * use.bytesPerLogLine * MILLION) / GB) * USAGE['log gb'].usd,
    storage: ((use.storedBytes * MILLION) / GB) * 2 * MONTHLY['database gp3 gb'].usd,
    'between zones': ((use.betweenZonesBytes * MILLION) / GB) * USAGE['between zones gb'].usd,
  }
}

/** Dollars per million orders when this many come each second, all month. */
export function perMillionUsd(fixedUsd: number, ordersPerSecond: number, use: OrderUse): number {
  const millions = (ordersPerSecond * SECONDS_PER_MONTH) / MILLION
  const marginal = Object.values(marginalUsd(use)).reduce((sum, usd) => sum + usd, 0)
  return fixedUsd / millions + marginal
}
