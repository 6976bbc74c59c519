import type { RequestHandler } from 'express'
import type { Runtime } from '#platform/run.ts'
import { menuRoutes } from './menu-routes.ts'
import { internalRoutes, restaurantRoutes } from './routes.ts'
import type { Views } from './views.ts'

type Needed = Pick<Runtime, 'authenticate' | 'idempotent' | 'neighboursOnly' | 'pool' | 'log'> & {
  views: Views
}

export const restaurantHandlers = (runtime: Needed): RequestHandler[] => [
  internalRoutes(runtime, runtime.neighboursOnly),
  runtime.authenticate,
  runtime.idempotent,
  restaurantRoutes(runtime),
  menuRoutes(runtime),
]
