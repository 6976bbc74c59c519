import cors from 'cors'
import helmet from 'helmet'
import { runService } from '#platform/run.ts'
import { services } from '../catalogue.ts'
import { broker } from '../topology.ts'
import { gatewayConfig } from './config.ts'
import { serverSentEvents } from './events.ts'
import { openapiRoutes } from './openapi.ts'
import { gatewayRoutes } from './routes.ts'
import { gateway } from './service.ts'
import { type Upstream, upstream } from './upstream.ts'

const EXPOSED = ['x-correlation-id', 'location', 'etag', 'retry-after', 'idempotency-replayed']
const ready = async ({ read }: Upstream): Promise<void> => void (await read('/readyz'))
const published = services.filter(({ routes }) => routes.length > 0)

await runService(gateway, broker, (runtime) => {
  const { closings, config: platform, log, rpc } = runtime
  const config = gatewayConfig(published)
  const upstreams = Object.fromEntries(
    published.map(({ name }) => [name, upstream(name, config.upstreams[name]!)]),
  )
  for (const { close } of Object.values(upstreams)) closings.push(close)
  return {
    handlers: [
      helmet(),
      cors({ origin: [...config.allowedOrigins], exposedHeaders: EXPOSED }),
      openapiRoutes({ upstreams, version: platform.VERSION, log }),
      gatewayRoutes(published, upstreams, (service, method) =>
        serverSentEvents(runtime, rpc[service]!, method),
      ),
    ],
    checks: Object.fromEntries(published.map(({ name }) => [name, () => ready(upstreams[name]!)])),
    parseBodies: false,
    trustedHops: config.trustedHops,
  }
})
