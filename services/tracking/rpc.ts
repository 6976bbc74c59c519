import { z } from 'zod'
import type { RpcHandlers } from '#platform/grpc/server.ts'
import { pathId } from '#platform/http/path-id.ts'
import { parse } from '#platform/parse.ts'
import { orderNotFound } from './problems.ts'
import { type WatchDeps, watchOrder } from './watch-order.ts'

const Watch = z.object({ id: z.string(), afterVersion: z.int().default(0) })

/** `restofy.tracking.v1.Tracking`. */
export const trackingRpc = (deps: WatchDeps): RpcHandlers => ({
  WatchOrder: async function* (request, { signedIn, authorization, signal }) {
    const { id, afterVersion } = parse(Watch, request)
    const who = { principal: await signedIn(), authorization: authorization! }
    const watching = { ...who, id: pathId(id, orderNotFound), afterVersion, signal }
    for await (const order of watchOrder(deps, watching)) yield { order }
  },
})
