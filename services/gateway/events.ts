import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Request, RequestHandler, Response } from 'express'
import { z } from 'zod'
import { OrderState } from '#contracts/order.ts'
import { orderV1 } from '#contracts/order-view.ts'
import type { RpcNeighbour } from '#platform/grpc/client.ts'
import { streaming } from '#platform/http/app.ts'
import type { Log } from '#platform/log.ts'
import { parse } from '#platform/parse.ts'
import { Problem, unavailable } from '#platform/problem.ts'
import { toVersionTwo } from './version-two.ts'

const HEARTBEAT_MS = 15_000
/** A service that restarts is back within this; afterwards the browser's own reconnecting takes over. */
const RESUME_WITHIN_MS = 20_000
const RESUME_EVERY_MS = 300

export type EventsDeps = {
  log: Log
  /** Aborted when the process begins to drain: clients reconnect, to another instance. */
  leaving: AbortSignal
  heartbeatMs?: number
}

const Reply = z.object({ order: OrderState.optional() })

/**
 * Server-sent events out of a stream of states: `id` is the version, `event` the status, `data` the
 * order. It begins with the order as it is; after a `Last-Event-ID`, with the versions that were missed.
 */
export function serverSentEvents(
  { log, leaving, heartbeatMs = HEARTBEAT_MS }: EventsDeps,
  service: RpcNeighbour,
  method: string,
): RequestHandler {
  return async (req, res) => {
    const gone = new AbortController()
    const end = () => gone.abort()
    res.once('close', end)
    leaving.addEventListener('abort', end)
    const heartbeat = setInterval(
      () => res.headersSent && res.write(': still here\n\n'),
      heartbeatMs,
    )
    try {
      await stream(service, method, req, res, gone.signal)
    } catch (error) {
      // Too late for a problem: the client comes back with the id of the last event.
      if (!res.headersSent) throw error
      log.warn({ err: error }, 'a stream of events was cut short')
    } finally {
      clearInterval(heartbeat)
      leaving.removeEventListener('abort', end)
    }
    if (!res.headersSent) throw unavailable('the gateway')
    res.end()
  }
}

/** Goes on where it stood when the service leaves in the middle: its other instances know the same. */
async function stream(
  service: RpcNeighbour,
  method: string,
  req: Request,
  res: Response,
  signal: AbortSignal,
): Promise<void> {
  const authorization = req.get('authorization')
  let afterVersion = lastEventId(req)
  let cutAt = Number.POSITIVE_INFINITY
  while (!signal.aborted) {
    try {
      const request = { id: req.params.id, afterVersion }
      for await (const reply of service.watch(method, request, { authorization, signal })) {
        const { order } = parse(Reply, reply)
        cutAt = Number.POSITIVE_INFINITY
        begin(res)
        if (!order) continue
        afterVersion = order.version
        const shown = orderV1(order)
        const event = { order, shown: res.locals.version === 'v2' ? toVersionTwo(shown) : shown }
        if (!res.write(eventOf(event))) await once(res, 'drain', { signal })
      }
      return
    } catch (error) {
      if (signal.aborted) return
      cutAt = Math.min(cutAt, Date.now())
      const again = res.headersSent && error instanceof Problem && error.status === 503
      if (!again || Date.now() - cutAt > RESUME_WITHIN_MS) throw error
      await sleep(RESUME_EVERY_MS * (1 + Math.random()), undefined, { signal }).catch(() => {})
    }
  }
}

function begin(res: Response): void {
  if (res.headersSent) return
  streaming(res)
  res.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    // nginx and its kin would hold events back.
    'x-accel-buffering': 'no',
  })
  res.flushHeaders()
}

const eventOf = ({ order, shown }: { order: OrderState; shown: unknown }): string =>
  `id: ${order.version}\nevent: ${order.status}\ndata: ${JSON.stringify(shown)}\n\n`

/** Anything but a version is no place to go on from: then it begins anew. */
const lastEventId = (req: Request): number => {
  const id = req.get('last-event-id') ?? ''
  return /^\d{1,9}$/.test(id) ? Number(id) : 0
}
