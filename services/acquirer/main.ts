import { runService } from '#platform/run.ts'
import { broker } from '../topology.ts'
import { pauseFor } from './pause.ts'
import { acquirerRoutes } from './routes.ts'
import { acquirer } from './service.ts'

// Draining waits for requests in flight; a slow card must not make it wait for half a minute.
const leaving = new AbortController()
process.once('SIGTERM', () => leaving.abort())

await runService(acquirer, broker, ({ neighboursOnly, pool, log }) => ({
  handlers: [
    neighboursOnly,
    acquirerRoutes({ pool, log, pause: (res, ms) => pauseFor(res, ms, leaving.signal) }),
  ],
}))
