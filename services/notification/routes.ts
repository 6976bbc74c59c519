import { Router } from 'express'
import type { Pool } from 'pg'
import { mayRead, signedIn } from '#platform/auth.ts'
import { offsetOf, PageQuery, pageOf } from '#platform/http/page.ts'
import { pathId } from '#platform/http/path-id.ts'
import { parse } from '#platform/parse.ts'
import { notificationV1 } from './notification.ts'
import { customerNotFound } from './problems.ts'
import { listNotifications } from './store.ts'

export function notificationRoutes({ pool, now }: { pool: Pool; now: () => Date }): Router {
  const routes = Router()

  routes.get('/customers/:customerId/notifications', async (req, res) => {
    const principal = signedIn(res)
    const customerId = pathId(req.params.customerId, customerNotFound)
    if (!mayRead(principal, customerId)) throw customerNotFound(customerId)
    const query = parse(PageQuery, req.query)
    const listing = { limit: query.limit, offset: offsetOf(query), now: now() }
    res.json(pageOf(await listNotifications(pool, customerId, listing), query, notificationV1))
  })

  return routes
}
