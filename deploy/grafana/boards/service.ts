import { metrics } from '../../../services/contracts/metrics.ts'
import type { ServiceManifest } from '../../../services/manifest.ts'
import { BUDGET, errorRatio } from '../../prometheus/slo-rules.ts'
import { type Board, graph, type Row, table } from '../board.ts'
import { highest, quantile, rate } from '../promql.ts'
import { spans } from '../server-metrics.ts'

const http = metrics.httpDuration
const where = { service: '=~"$service"' }
const ofService = '{service=~"$service"}'
const budget = (slo: string) => `{slo="${slo}",service=~"$service"}`

export const serviceBoard = (services: readonly ServiceManifest[]): Board => ({
  uid: 'restofy-service',
  title: 'Restofy / Service',
  about: 'One service: rate, errors and duration of its routes, and the neighbours it leans on.',
  services: services.map(({ name }) => name),
  rows: [callersRow, neighboursRow, messagesRow],
})

const callersRow: Row = {
  title: 'What its callers see',
  panels: [
    graph('Requests by route', 'reqps', {
      '{{method}} {{route}}': rate(http, { by: ['method', 'route'], where }),
    }),
    graph('Share that fails', 'percentunit', {
      failing: `service:http_errors:ratio_rate5m${ofService}`,
      'budget, if it lasted': `${BUDGET}${budget('availability')}`,
    }),
    graph(
      'Duration',
      's',
      {
        p50: quantile(0.5, http, { where }),
        p95: quantile(0.95, http, { where }),
        p99: quantile(0.99, http, { where }),
      },
      { exemplars: true, about: 'A point is one request: click it for its trace.' },
    ),
    graph('p99 by route', 's', {
      '{{method}} {{route}}': quantile(0.99, http, { by: ['method', 'route'], where }),
    }),
    graph('Answers by status', 'reqps', {
      '{{status_code}}': rate(http, { by: ['status_code'], where }),
    }),
    graph('Budget burnt, times what a month allows', 'short', {
      '{{slo}}, 5 min': `${errorRatio('5m')}${ofService} / ${BUDGET}`,
      '{{slo}}, 1 h': `${errorRatio('1h')}${ofService} / ${BUDGET}`,
    }),
  ],
}

const neighboursRow: Row = {
  title: 'What it asks of others',
  panels: [
    graph('Calls by neighbour and outcome', 'reqps', {
      '{{server_address}} {{outcome}}': rate(metrics.httpClientDuration, {
        by: ['server_address', 'outcome'],
        where,
      }),
    }),
    graph('p95 of calls', 's', {
      '{{server_address}}': quantile(0.95, metrics.httpClientDuration, {
        by: ['server_address'],
        where,
      }),
    }),
    graph('Circuit breakers', 'short', {
      '{{dependency}}': highest(metrics.breakerState, { by: ['dependency'], where }),
    }),
    graph('Calls tried again', 'ops', {
      '{{dependency}}': rate(metrics.retries, { by: ['dependency'], where }),
    }),
    graph('Idempotency keys', 'ops', {
      '{{result}}': rate(metrics.idempotency, { by: ['result'], where }),
    }),
    graph('Spans that failed', 'ops', {
      '{{span_name}}': rate(spans.calls, {
        by: ['span_name'],
        where: { service_name: '=~"$service"', status_code: '="STATUS_CODE_ERROR"' },
      }),
    }),
  ],
}

const messagesRow: Row = {
  title: 'Messages it handles',
  panels: [
    graph('Messages by queue and outcome', 'ops', {
      '{{messaging_destination_name}} {{outcome}}': rate(metrics.processDuration, {
        by: ['messaging_destination_name', 'outcome'],
        where,
      }),
    }),
    graph('p95 of handling', 's', {
      '{{messaging_destination_name}}': quantile(0.95, metrics.processDuration, {
        by: ['messaging_destination_name'],
        where,
      }),
    }),
    graph('Age when handled, p95', 's', {
      '{{messaging_destination_name}}': quantile(0.95, metrics.messageAge, {
        by: ['messaging_destination_name'],
        where,
      }),
    }),
    table('What runs', 'short', { instances: `${metrics.buildInfo.name}${ofService}` }),
  ],
}
