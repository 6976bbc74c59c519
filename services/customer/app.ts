import type { RequestHandler } from 'express'
import { idempotent } from '#platform/idempotency.ts'
import type { Runtime } from '#platform/run.ts'
import { accountRoutes, type CustomerDeps, signInRoutes } from './routes.ts'

/** Everything between the platform's own middleware, in the order in which it must run. */
export function customerHandlers(
  { authenticate, pool, log }: Pick<Runtime, 'authenticate' | 'pool' | 'log'>,
  { pepper, ...deps }: Omit<CustomerDeps, 'pool' | 'log'> & { pepper: string },
): RequestHandler[] {
  const all = { ...deps, pool, log }
  return [signInRoutes(all), authenticate, idempotent(pool, log, pepper), accountRoutes(all)]
}
