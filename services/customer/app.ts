import type { RequestHandler } from 'express'
import type { Runtime } from '#platform/run.ts'
import { accountRoutes, type CustomerDeps, signInRoutes } from './routes.ts'

/** Everything between the platform's own middleware, in the order in which it must run. */
export function customerHandlers(
  {
    authenticate,
    idempotent,
    pool,
    log,
  }: Pick<Runtime, 'authenticate' | 'idempotent' | 'pool' | 'log'>,
  deps: Omit<CustomerDeps, 'pool' | 'log'>,
): RequestHandler[] {
  const all = { ...deps, pool, log }
  return [signInRoutes(all), authenticate, idempotent, accountRoutes(all)]
}
