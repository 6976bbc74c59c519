import { Router } from 'express'
import type { Pool } from 'pg'
import { z } from 'zod'
import { mayRead, signedIn } from '#platform/auth.ts'
import { cursorPage, cursorQuery } from '#platform/http/cursor.ts'
import { offsetOf, PageQuery, pageOf } from '#platform/http/page.ts'
import { pathId } from '#platform/http/path-id.ts'
import { parse } from '#platform/parse.ts'
import { notificationV1 } from './notification.ts'
import { customerNotFound } from './problems.ts'
import { listNotifications, notificationsAfter } from './store.ts'

export const ListingV2 = cursorQuery(z.iso.datetime())

export function notificationRoutes({ pool, now }: { pool: Pool; now: () => Date }): Router {
  const routes = Router()

  routes.get('/customers/:customerId/notifications', async (req, res) => {
    const principal = signedIn(res)
    const customerId = pathId(req.params.customerId, customerNotFound)
    if (!mayRead(principal, customerId)) throw customerNotFound(customerId)
    if (req.get('api-version') === 'v2') {
      const { limit, cursor } = parse(ListingV2, req.query)
      const after = { limit: limit + 1, cursor, now: now() }
      const told = await notificationsAfter(pool, customerId, after)
      return res.json(cursorPage(told, limit, ({ sentAt }) => sentAt.toISOString(), notificationV1))
    }
    const query = parse(PageQuery, req.query)
    const listing = { limit: query.limit, offset: offsetOf(query), now: now() }
    res.json(pageOf(await listNotifications(pool, customerId, listing), query, notificationV1))
  })

  return routes
}
