/**
 * Every metric the platform makes, as data: services make instruments of them, rules, dashboards and
 * load tests name them, so a renamed metric or label fails the type check everywhere at once.
 * Labels have few values by design: routes are templates, never paths, and no id is ever a label.
 */
export type Metric<Label extends string = string> = {
  kind: 'counter' | 'gauge' | 'histogram'
  name: string
  help: string
  labels: readonly Label[]
  /** Histograms only, in the unit of the name. An SLO's threshold must be one of them. */
  buckets?: readonly number[]
}

const of =
  (kind: Metric['kind'], buckets?: readonly number[]) =>
  <const Label extends string = never>(
    name: string,
    help: string,
    labels: readonly Label[] = [],
  ): Metric<Label> => ({ kind, name, help, labels, ...(buckets && { buckets }) })

const counter = of('counter')
const gauge = of('gauge')
const seconds = of(
  'histogram',
  [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.3, 0.5, 0.75, 1, 2.5, 5, 10],
)
const ageSeconds = of('histogram', [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300])

export const metrics = {
  httpDuration: seconds('http_request_duration_seconds', 'Duration of HTTP requests in seconds', [
    'method',
    'route',
    'status_code',
  ]),
  httpClientDuration: seconds(
    'http_client_request_duration_seconds',
    'Duration of calls to other services, one observation per attempt',
    ['server_address', 'http_request_method', 'outcome'],
  ),
  rpcServerDuration: seconds(
    'rpc_server_duration_seconds',
    'Duration of gRPC calls in seconds; of a stream, from its beginning to its end',
    ['rpc_method', 'rpc_grpc_status_code'],
  ),
  rpcClientDuration: seconds(
    'rpc_client_duration_seconds',
    'Duration of gRPC calls to other services, one observation per attempt',
    ['server_address', 'rpc_method', 'outcome'],
  ),
  breakerState: gauge('restofy_circuit_breaker_state', '0 closed, 1 half open, 2 open', [
    'dependency',
  ]),
  retries: counter('restofy_retries_total', 'Calls to other services that were tried again', [
    'dependency',
  ]),
  idempotency: counter('restofy_idempotency_total', 'Requests with an Idempotency-Key, by result', [
    'result',
  ]),

  poolConnections: gauge('db_client_connection_count', 'Database connections by state', [
    'db_client_connection_state',
  ]),
  poolPending: gauge(
    'db_client_connection_pending_requests',
    'Requests waiting for a database connection',
  ),
  poolMax: gauge('db_client_connection_max', 'Database connections the pool may open'),

  processDuration: seconds(
    'messaging_process_duration_seconds',
    'Duration of message handling in seconds',
    ['messaging_destination_name', 'outcome'],
  ),
  messageAge: ageSeconds(
    'restofy_message_age_seconds',
    'From the publisher writing a message to its handler starting',
    ['messaging_destination_name'],
  ),
  duplicates: counter('restofy_messages_duplicate_total', 'Messages the inbox had seen before', [
    'messaging_destination_name',
  ]),
  outboxPublished: counter(
    'restofy_outbox_published_total',
    'Outbox rows handed to the broker, by outcome',
    ['outcome'],
  ),
  outboxPending: gauge('restofy_outbox_pending', 'Outbox rows not yet confirmed'),
  outboxOldestAge: gauge(
    'restofy_outbox_oldest_age_seconds',
    'Age of the oldest unconfirmed outbox row',
  ),
  redisConnected: gauge('restofy_redis_connected', '1 while this process can reach Redis'),
  cacheRequests: counter('restofy_cache_requests_total', 'Reads of a cache, by result', [
    'cache',
    'result',
  ]),
  brokerConnected: gauge('restofy_broker_connected', '1 while this process can publish'),
  brokerBlocked: gauge(
    'restofy_broker_blocked',
    '1 while the broker takes nothing from this process: its memory or its disk is full',
  ),

  orders: counter('restofy_orders_total', 'Orders that reached a status', ['state']),
  sagasStarted: counter('restofy_saga_started_total', 'Sagas started', ['saga']),
  sagasFinished: counter('restofy_saga_finished_total', 'Sagas that ended', ['saga', 'outcome']),
  sagaDuration: ageSeconds('restofy_saga_duration_seconds', 'Start of a saga to its end', [
    'saga',
    'outcome',
  ]),
  sagasInFlight: gauge('restofy_saga_in_flight', 'Sagas not yet ended, by state', ['state']),
  sagaOldestAge: gauge(
    'restofy_saga_oldest_in_flight_age_seconds',
    'Age of the oldest saga not yet ended, by state',
    ['state'],
  ),
  payments: counter('restofy_payments_total', 'Payments by outcome', ['outcome']),
  charges: counter('restofy_acquirer_charges_total', 'Charges answered, by outcome', ['status']),
  refunds: counter('restofy_acquirer_refunds_total', 'Refunds answered'),
  accounts: counter('restofy_accounts_registered_total', 'Accounts opened, by role', ['role']),
  signIns: counter('restofy_sign_ins_total', 'Attempts to sign in, by outcome', ['outcome']),
  notifications: counter('restofy_notifications_sent_total', 'Notifications sent, by kind', [
    'kind',
  ]),
  mails: counter('restofy_mails_total', 'Tries to send an e-mail, by outcome', ['outcome']),
  mailsUnsent: gauge('restofy_mails_unsent', 'E-mails waiting to be sent, or given up, by state', [
    'state',
  ]),
  restaurants: counter('restofy_restaurants_opened_total', 'Restaurants that joined the platform'),
  menuEdits: counter('restofy_menu_edits_total', 'Menu items added, changed and removed', ['edit']),
  projected: counter(
    'restofy_orders_projected_total',
    'Order events applied to the read model, or stale: an equal or later version was there',
    ['outcome'],
  ),
  projectionLag: ageSeconds(
    'restofy_projection_lag_seconds',
    'From an order event being written to the read model showing it',
  ),
  parkedOrders: gauge(
    'restofy_projection_parked_orders',
    'Orders whose last event the read model could not take: they are shown as they were before',
  ),

  buildInfo: gauge('restofy_build_info', 'Always 1; the labels say what runs', [
    'version',
    'node_version',
  ]),
} as const
