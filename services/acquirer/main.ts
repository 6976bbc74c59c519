import { runService } from '#platform/run.ts'
import { broker } from '../topology.ts'
import { pauseFor } from './pause.ts'
import { acquirerRoutes } from './routes.ts'
import { acquirer } from './service.ts'

await runService(acquirer, broker, ({ neighboursOnly, pool, log }) => ({
  handlers: [neighboursOnly, acquirerRoutes({ pool, log, pause: pauseFor })],
}))
