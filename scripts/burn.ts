import type { ServiceManifest } from '../services/manifest.ts'
import { errorBudget } from '../services/slo.ts'

/** As fast as this the budget of 30 days is gone in two: the factor of the alert that pages. */
const FAST = 14.4

/** Fewer say nothing about a share. */
const ENOUGH_REQUESTS = 20

export type Seen = { requests: number; failed: number }

/** Whether a rollout has to end: the share that fails burns the budget as fast as what wakes people. */
export const burnsFast = ({ slo }: Pick<ServiceManifest, 'slo'>, { requests, failed }: Seen) =>
  requests >= ENOUGH_REQUESTS && failed / requests > FAST * errorBudget(slo)

export const seenQuery = (service: string, windowSecs: number, failed: boolean): string => {
  const labels = `service="${service}"${failed ? ',status_code=~"5.."' : ''}`
  return `sum(increase(http_request_duration_seconds_count{${labels}}[${windowSecs}s]))`
}
