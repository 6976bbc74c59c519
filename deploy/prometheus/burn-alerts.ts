import { type AlertingRule, alertingRule, type RuleGroup, type Severity } from './rule.ts'
import { BUDGET, errorRatio, SLOS, type SloName, TRAFFIC, type Window } from './slo-rules.ts'
import { scaledWait, type Timescale } from './timescale.ts'

type Burn = { long: Window; short: Window; factor: number; after: string }

/**
 * The Google SRE workbook's windows and factors for a 30-day budget ("Alerting on SLOs", table 5-8),
 * waiting times of the kubernetes-mixin. The short window lets the alert end soon after the trouble.
 */
const BURNS: Record<'Fast' | 'Slowly', { severity: Severity; burns: readonly Burn[] }> = {
  Fast: {
    severity: 'page',
    burns: [
      { long: '1h', short: '5m', factor: 14.4, after: '2m' },
      { long: '6h', short: '30m', factor: 6, after: '15m' },
    ],
  },
  Slowly: {
    severity: 'ticket',
    burns: [
      { long: '1d', short: '2h', factor: 3, after: '1h' },
      { long: '3d', short: '6h', factor: 1, after: '3h' },
    ],
  },
}

const WORDS: Record<SloName, string> = {
  availability: 'requests fail',
  latency: 'requests are slow',
  saga: 'orders are settled late',
  freshness: 'notifications come late',
}

/** Below this many per second one failure would be an outage: 0.05 is three a minute. */
const TRAFFIC_FLOOR = 0.05

/** `AvailabilityBurnsFast` and so on: two alerts for each kind of objective, for every service at once. */
export const burnAlerts = (scale: Timescale): RuleGroup<AlertingRule> => ({
  name: 'burn',
  rules: SLOS.flatMap((slo) =>
    Object.entries(BURNS).flatMap(([pace, { severity, burns }]) =>
      burns.map(({ long, short, factor, after }) =>
        alertingRule(
          {
            alert: `${slo.charAt(0).toUpperCase()}${slo.slice(1)}Burns${pace}`,
            expr: [
              `${errorRatio(long)}{slo="${slo}"} > ${factor} * ${BUDGET}`,
              `${errorRatio(short)} > ${factor} * ${BUDGET}`,
              `${TRAFFIC} > ${TRAFFIC_FLOOR}`,
            ].join(' and '),
            after: scaledWait(after, scale),
            severity,
            summary: `{{ $labels.service }}: ${WORDS[slo]}, {{ $value | humanizePercentage }} over ${long}`,
          },
          { window: long },
        ),
      ),
    ),
  ),
})
