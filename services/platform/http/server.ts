import { once } from 'node:events'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export type RunningServer = {
  port: number
  /** Lets every request in flight finish, tells clients to reconnect elsewhere, then closes. */
  drain: (delayMs?: number) => Promise<void>
}

const DRAIN_WITHIN_MS = 10_000

/** Listens, with time limits that a slow or idle client cannot outstay. */
export async function listen(
  handler: RequestListener,
  { port, host }: { port: number; host: string },
): Promise<RunningServer> {
  let draining = false
  const answering = new Set<ServerResponse>()
  const server = createServer((req, res) => {
    if (draining) leaveAfter(res)
    answering.add(res)
    res.once('close', () => answering.delete(res))
    handler(req, res)
  })
  // Longer than the idle time of any client or load balancer in front (60 s), or they hit dead sockets.
  server.keepAliveTimeout = 65_000
  server.headersTimeout = 66_000
  server.requestTimeout = 30_000
  server.listen(port, host)
  await once(server, 'listening')

  return {
    port: (server.address() as AddressInfo).port,
    async drain(delayMs = 0) {
      draining = true
      for (const res of answering) leaveAfter(res)
      await sleep(delayMs)
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      const sweep = setInterval(() => server.closeIdleConnections(), 100)
      const limit = setTimeout(() => server.closeAllConnections(), DRAIN_WITHIN_MS)
      await closed
      clearInterval(sweep)
      clearTimeout(limit)
    },
  }
}

// Closing idle sockets instead would race with requests already under way on them.
function leaveAfter(res: ServerResponse): void {
  if (!res.headersSent) res.setHeader('connection', 'close')
}
