import type { RequestHandler } from 'express'
import { idempotent } from '#platform/idempotency.ts'
import type { Runtime } from '#platform/run.ts'
import { menuRoutes } from './menu-routes.ts'
import { internalRoutes, restaurantRoutes } from './routes.ts'

type Needed = Pick<Runtime, 'authenticate' | 'neighboursOnly' | 'pool' | 'log'>

export const restaurantHandlers = (runtime: Needed): RequestHandler[] => [
  internalRoutes(runtime, runtime.neighboursOnly),
  runtime.authenticate,
  idempotent(runtime.pool, runtime.log),
  restaurantRoutes(runtime),
  menuRoutes(runtime),
]
