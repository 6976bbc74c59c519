import { runService } from '#platform/run.ts'
import { broker } from '../topology.ts'
import { pauseFor } from './pause.ts'
import { acquirerRoutes } from './routes.ts'
import { acquirer } from './service.ts'

await runService(acquirer, broker, ({ neighboursOnly, leaving, pool, log }) => ({
  handlers: [
    neighboursOnly,
    // Draining waits for requests in flight; a slow card must not make it wait for half a minute.
    acquirerRoutes({ pool, log, pause: (res, ms) => pauseFor(res, ms, leaving) }),
  ],
}))
