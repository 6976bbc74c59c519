import type { Metric } from '../../services/contracts/metrics.ts'
import { spanMetrics } from '../jaeger/span-metrics.ts'

const of =
  (kind: Metric['kind']) =>
  <const Label extends string = never>(
    name: string,
    help: string,
    labels: readonly Label[] = [],
  ): Metric<Label> => ({ kind, name, help, labels })

const counter = of('counter')
const gauge = of('gauge')

/** What every Node.js process tells by itself, through prom-client. */
export const nodejs = {
  lag: gauge('nodejs_eventloop_lag_p99_seconds', 'How late timers are'),
  heapUsed: gauge('nodejs_heap_size_used_bytes', 'JavaScript objects'),
  gcSeconds: counter('nodejs_gc_duration_seconds_sum', 'Time spent collecting garbage', ['kind']),
  handles: gauge('nodejs_active_handles_total', 'Sockets, timers and files'),
  cpu: counter('process_cpu_seconds_total', 'Processor time'),
  memory: gauge('process_resident_memory_bytes', 'Memory of the process'),
}

/** RabbitMQ's own plugin, per queue. */
export const rabbitmq = {
  ready: gauge('rabbitmq_queue_messages_ready', 'Messages that wait', ['queue']),
  unacked: gauge('rabbitmq_queue_messages_unacked', 'Messages being handled', ['queue']),
  messages: gauge('rabbitmq_queue_messages', 'All messages of a queue', ['queue']),
  consumers: gauge('rabbitmq_queue_consumers', 'Consumers of a queue', ['queue']),
  published: counter('rabbitmq_global_messages_received_total', 'Messages taken in'),
  delivered: counter('rabbitmq_global_messages_delivered_total', 'Messages handed out'),
  redelivered: counter('rabbitmq_global_messages_redelivered_total', 'Messages handed out again'),
  memory: gauge('rabbitmq_process_resident_memory_bytes', 'Memory of the broker'),
  memoryLimit: gauge('rabbitmq_resident_memory_limit_bytes', 'Above it publishers are blocked'),
  diskFree: gauge('rabbitmq_disk_space_available_bytes', 'Free on its disk'),
}

/** Matchers of queues: `retry` ones drain by their timers, `dead` ones by people. */
export const WORK = { queue: '!~".*[.](dead|retry[.].*)"' }
export const DEAD = { queue: '=~".*[.]dead"' }

/** postgres_exporter: kind and AWS only. */
export const postgres = {
  transactions: counter('pg_stat_database_xact_commit', 'Transactions', ['datname']),
  connections: gauge('pg_stat_database_numbackends', 'Connections', ['datname']),
  hit: counter('pg_stat_database_blks_hit', 'Pages found in memory', ['datname']),
  read: counter('pg_stat_database_blks_read', 'Pages fetched from disk', ['datname']),
  deadlocks: counter('pg_stat_database_deadlocks', 'Deadlocks', ['datname']),
}

/** redis_exporter: kind and AWS only. */
export const redis = {
  commands: counter('redis_commands_processed_total', 'Commands'),
  memory: gauge('redis_memory_used_bytes', 'Memory used'),
  evicted: counter('redis_evicted_keys_total', 'Keys dropped for want of memory'),
}

/** The kubelet and kube-state-metrics: kind and AWS only. */
export const kubernetes = {
  throttled: counter('container_cpu_cfs_throttled_periods_total', 'Periods cut short', ['pod']),
  periods: counter('container_cpu_cfs_periods_total', 'Periods', ['pod']),
  desired: gauge('kube_horizontalpodautoscaler_status_desired_replicas', 'Replicas wanted', [
    'horizontalpodautoscaler',
  ]),
}

/** k6, which writes here while it runs. */
export const k6 = {
  requests: counter('k6_http_reqs_total', 'Requests sent', ['name']),
  failed: gauge('k6_http_req_failed_rate', 'Share that failed', ['name']),
  p95: gauge('k6_http_req_duration_p95', 'Duration as the client sees it', ['name']),
  iterations: counter('k6_iterations_total', 'Journeys ended', ['scenario']),
  users: gauge('k6_vus', 'Virtual users at work'),
}

/** Jaeger or the collector, from spans. */
export const spans = {
  calls: counter(spanMetrics.calls, 'Spans ended', [
    'service_name',
    'span_name',
    'span_kind',
    'status_code',
  ]),
}

/** Names of everything that is not ours and yet on a board. */
export const serverMetricNames: readonly string[] = [
  nodejs,
  rabbitmq,
  postgres,
  redis,
  kubernetes,
  k6,
  spans,
].flatMap((family) => Object.values(family).map(({ name }) => name))
