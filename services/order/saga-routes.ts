import { type RequestHandler, Router } from 'express'
import { z } from 'zod'
import { pathId } from '#platform/http/path-id.ts'
import { parse } from '#platform/parse.ts'
import { inTransaction } from '#platform/sql.ts'
import { type DriveDeps, driveSaga } from './drive-saga.ts'
import { sagaMoved } from './observe.ts'
import type { OrderDeps } from './place-order.ts'
import { orderNotFound } from './problems.ts'
import { type Held, lockOrder, parkedSagas } from './store.ts'

export const OPERATOR_ACTIONS = ['retry', 'compensate'] as const

const ActionBody = z.strictObject({ action: z.enum(OPERATOR_ACTIONS) })

/**
 * For operators, with the key of a neighbour: what the platform cannot decide alone. What they ask for
 * goes through the saga's own function, under its row's lock, like any reply.
 */
export function sagaRoutes(
  deps: DriveDeps & Pick<OrderDeps, 'pool'>,
  neighboursOnly: RequestHandler,
): Router {
  const routes = Router()
  const read = (id: string) =>
    inTransaction(deps.pool, async (tx) => {
      const held = await lockOrder(tx, id)
      if (!held) throw orderNotFound(id)
      return held
    })

  routes.get('/internal/sagas', neighboursOnly, async (_req, res) => {
    res.json({ parked: await parkedSagas(deps.pool) })
  })

  routes.get('/internal/orders/:id/saga', neighboursOnly, async (req, res) => {
    res.json(sagaView(await read(pathId(req.params.id, orderNotFound))))
  })

  routes.post('/internal/orders/:id/saga', neighboursOnly, async (req, res) => {
    const id = pathId(req.params.id, orderNotFound)
    const { action } = parse(ActionBody, req.body)
    await inTransaction(deps.pool, (tx) => driveSaga(deps, tx, id, { name: action }))
    sagaMoved(deps.log, id, action)
    res.json(sagaView(await read(id)))
  })

  return routes
}

/** Without the card's token. */
const sagaView = ({ order, saga, startedAt }: Held) => ({
  ...{ orderId: order.id, order: order.status, saga: saga.state },
  ...{ undoing: saga.undoing, attempt: saga.attempt, deadlineAt: saga.deadlineAt, startedAt },
})
