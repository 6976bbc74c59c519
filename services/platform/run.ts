import type { RequestHandler } from 'express'
import type { Pool } from 'pg'
import { metrics } from '#contracts/metrics.ts'
import type { ServiceManifest } from '../manifest.ts'
import { authenticate, neighboursOnly, remoteKeys, type TokenRules } from './auth.ts'
import { type BrokerConnection, connectBroker } from './broker/connection.ts'
import type { Consumers } from './broker/consumer.ts'
import type { SayAgain } from './broker/forgotten.ts'
import type { Broker } from './broker/topology.ts'
import { type Neighbour, neighbour } from './call.ts'
import { overHttp, type PlatformConfig, platformConfig } from './config.ts'
import { onceEach, orExit } from './exits.ts'
import { armFailpoints } from './failpoint.ts'
import type { RpcNeighbour } from './grpc/client.ts'
import type { RpcHandlers } from './grpc/server.ts'
import { rpcNeighbours, startRpc } from './grpc/start.ts'
import { httpApp } from './http/app.ts'
import { type Check, healthRoutes } from './http/health.ts'
import { type Operations, openapiRoute } from './http/openapi.ts'
import { listen } from './http/server.ts'
import { idempotent } from './idempotency.ts'
import { createLog, type Log } from './log.ts'
import { describeBuild, gaugeFrom, registry } from './metrics.ts'
import { type OncePerKey, oncePerKey } from './once-per-key.ts'
import { connectRedis, type Redis } from './redis.ts'
import { startRelay } from './relay.ts'
import { createPool } from './sql.ts'
import { stopTelemetry } from './telemetry/sdk.ts'

/** What the platform hands a service, and what the service hands back. */
export type Runtime = {
  config: PlatformConfig
  log: Log
  pool: Pool
  redis: Redis
  neighbours: Readonly<Record<string, Neighbour>>
  /** Those it calls over gRPC. */
  rpc: Readonly<Record<string, RpcNeighbour>>
  authenticate: RequestHandler
  neighboursOnly: RequestHandler
  /** Answers repeats of a POST under one Idempotency-Key; after `authenticate`. */
  idempotent: RequestHandler
  /** The same for calls that are not HTTP. */
  oncePerKey: OncePerKey
  /** Aborted when the process begins to drain. */
  leaving: AbortSignal
  /** Run in reverse order when the service stops. */
  closings: (() => Promise<void>)[]
}

export type Service = {
  handlers: readonly RequestHandler[]
  /** What it serves over gRPC, by the full name of the service. */
  rpc?: Readonly<Record<string, RpcHandlers>>
  consumers?: Consumers
  /** For messages that nobody would ask for again, should a broker lose them. */
  sayAgain?: SayAgain
  /** Something a worker does besides its queues: timers, recovery. */
  startWork?: () => { stop: () => Promise<void> }
  /** False: bodies are the handlers' own business (the gateway passes them on). */
  parseBodies?: boolean
  /** How many proxies stand in front; 0: the peer is the client. */
  trustedHops?: number
  checks?: Readonly<Record<string, Check>>
  /** What its public routes take and answer, served at `/openapi.json`. */
  operations?: Operations
}

type Closing = () => Promise<void>

/** Runs one service until SIGTERM: configuration, pools, consumers, HTTP, and the same backwards. */
export async function runService(
  manifest: ServiceManifest,
  broker: Broker,
  assemble: (runtime: Runtime) => Service | Promise<Service>,
): Promise<void> {
  const config = await orExit(manifest, () => armFailpoints(platformConfig(manifest)))
  const log = createLog({
    service: manifest.name,
    level: config.LOG_LEVEL,
    file: config.LOG_FILE,
  })
  describeBuild(config.VERSION)
  const state = { ready: false }
  const closings: Closing[] = []
  const leaving = new AbortController()

  // One for HTTP and gRPC: each would fetch the signing keys for itself.
  const tokens = tokenRules(config)
  const parts = { log, closings, tokens, leaving: leaving.signal }
  const runtime = await runtimeOf(manifest, config, parts)
  const service = await orExit(manifest, () => assemble(runtime))
  const work = await startWork(manifest, broker, runtime, service)
  const { drain, ...servers } = await startHttp(manifest, runtime, service, work, state)
  const rpc = await startRpc(manifest, runtime, tokens, service.rpc)
  log.info({ ...servers, grpcPort: rpc?.port, roles: config.ROLES }, 'started')

  const stop = async (signal: string) => {
    log.info({ signal }, 'draining')
    state.ready = false
    leaving.abort()
    await Promise.all([drain(), rpc?.drain(config.DRAIN_DELAY_MS)])
    await work.stop()
    for (const close of closings.reverse()) await close()
    log.info('stopped')
    await stopTelemetry().catch(() => {})
    process.exit(0)
  }
  onceEach(['SIGTERM', 'SIGINT'], stop)
  await whenReachable(runtime, manifest)
  state.ready = !leaving.signal.aborted
  if (state.ready) rpc?.ready()
}

type Parts = Pick<Runtime, 'log' | 'closings' | 'leaving'> & { tokens: TokenRules }

async function runtimeOf(
  manifest: ServiceManifest,
  config: PlatformConfig,
  { log, closings, tokens, leaving }: Parts,
): Promise<Runtime> {
  const pool = config.DATABASE_URL ? createPool(config.DATABASE_URL, log) : undefined
  if (pool) closings.push(() => pool.end())
  const redis = config.REDIS_URL ? connectRedis(config.REDIS_URL, log) : undefined
  if (redis) closings.push(async () => redis.disconnect())
  const neighbours = Object.fromEntries(
    overHttp(manifest).map((call) => {
      const origins = config.neighbours[call.service]!
      return [call.service, neighbour(call, { origins, apiKey: config.SERVICE_API_KEY })]
    }),
  )
  closings.push(async () => {
    await Promise.all(Object.values(neighbours).map((client) => client.close()))
  })
  return {
    config,
    log,
    closings,
    // A service without postgres or redis in its manifest never touches them.
    pool: pool as Pool,
    redis: redis as Redis,
    neighbours,
    rpc: await rpcNeighbours(manifest, config, closings),
    authenticate: authenticate(tokens),
    neighboursOnly: neighboursOnly(config.SERVICE_API_KEY),
    idempotent: idempotent(pool as Pool, log, config.SERVICE_API_KEY),
    oncePerKey: oncePerKey(pool as Pool, config.SERVICE_API_KEY),
    leaving,
  }
}

const tokenRules = (config: PlatformConfig): TokenRules => ({
  issuer: config.TOKEN_ISSUER,
  audience: config.TOKEN_AUDIENCE,
  keys: remoteKeys(config.JWKS_URL),
})

async function startWork(
  manifest: ServiceManifest,
  broker: Broker,
  { config, log, pool }: Runtime,
  service: Service,
): Promise<{ connection?: BrokerConnection; stop: Closing }> {
  if (!config.ROLES.includes('worker') || !manifest.needs.includes('rabbitmq')) {
    return { stop: async () => {} }
  }
  const connection = await connectBroker({
    url: config.RABBITMQ_URL!,
    broker,
    consumers: service.consumers ?? {},
    pool,
    log,
    memory: service.sayAgain && { service: manifest.name, sayAgain: service.sayAgain },
  })
  gaugeFrom(metrics.brokerConnected, async () => [{ value: Number(connection.connected()) }])
  gaugeFrom(metrics.brokerBlocked, async () => [{ value: Number(connection.publisher.blocked()) }])
  const relay = startRelay({ pool, publish: connection.publisher.publish, log })
  const own = service.startWork?.()
  return {
    connection,
    async stop() {
      await own?.stop()
      await relay.stop()
      await connection.stop()
    },
  }
}

async function startHttp(
  manifest: ServiceManifest,
  { config, log, pool, redis }: Runtime,
  service: Service,
  work: { connection?: BrokerConnection },
  state: { ready: boolean },
) {
  const health = healthRoutes({
    service: manifest.name,
    version: config.VERSION,
    environment: config.ENVIRONMENT,
    ready: () => state.ready,
    checks: {
      ...(pool && { database: async () => void (await pool.query('select 1')) }),
      ...(redis && { redis: async () => void (await redis.ping()) }),
      ...(work.connection && { rabbitmq: async () => connectedOrThrow(work.connection!) }),
      ...service.checks,
    },
  })
  const handlers = config.ROLES.includes('http') ? service.handlers : []
  const documents = service.operations ? [openapiRoute(manifest, service.operations)] : []
  const app = httpApp(log, [health, ...documents, ...handlers], service)
  const http = await listen(app, { port: config.PORT, host: config.HOST })
  const metrics = await listen(metricsHandler, { port: config.METRICS_PORT, host: config.HOST })
  return {
    port: http.port,
    metricsPort: metrics.port,
    async drain() {
      await http.drain(config.DRAIN_DELAY_MS)
      await metrics.drain()
    },
  }
}

const metricsHandler: Parameters<typeof listen>[0] = async (req, res) => {
  if (req.url !== '/metrics') return void res.writeHead(404).end()
  try {
    const text = await registry.metrics()
    res.writeHead(200, { 'content-type': registry.contentType }).end(text)
  } catch (error) {
    res.writeHead(500).end(String(error))
  }
}

async function connectedOrThrow(connection: BrokerConnection): Promise<void> {
  if (!connection.connected()) throw new Error('not connected')
}

/** Ready means: the database has answered once. The broker is not waited for, orders are accepted without it. */
async function whenReachable({ pool, log }: Runtime, { needs }: ServiceManifest): Promise<void> {
  while (needs.includes('postgres')) {
    try {
      await pool.query('select 1')
      return
    } catch (error) {
      log.warn({ err: error }, 'waiting for the database')
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }
}
