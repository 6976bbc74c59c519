#!/usr/bin/env node
// What one menu read by a neighbour costs over HTTP and over gRPC: client and server together, in one process.
// usage: make bench WHAT=rpc
import { Router } from 'express'
import type { Menu } from '#contracts/menu.ts'
import { neighbourKey, neighboursOnly } from '#platform/auth.ts'
import { neighbour } from '#platform/call.ts'
import { rpcNeighbour } from '#platform/grpc/client.ts'
import { startRpcServer } from '#platform/grpc/server.ts'
import { httpApp } from '#platform/http/app.ts'
import { listen } from '#platform/http/server.ts'
import { createLog } from '#platform/log.ts'

const CALLS = 4_000
const AT_ONCE = 8
const MENU = 'restofy.menu.v1.Menu'
const apiKey = 'the-key-of-a-bench'
const log = createLog({ service: 'bench', level: 'info' }, { write() {} })
const here = { port: 0, host: '127.0.0.1' }
const rules = { service: 'restaurant', timeoutMs: 2_000, retries: 2 }
const id = crypto.randomUUID()

const menu: Menu = {
  ...{ restaurantId: id, ownerId: id, name: 'Roma', open: true, version: 1 },
  items: Array.from({ length: 12 }, (_, n) => ({
    ...{ id: crypto.randomUUID(), name: `Dish number ${n}`, priceCents: 950 + n },
  })),
}

async function overHttp() {
  const routes = Router().get('/internal/menus/:id', neighboursOnly(apiKey), (_req, res) => {
    res.json(menu)
  })
  const server = await listen(httpApp(log, [routes]), here)
  const origins = [`http://127.0.0.1:${server.port}`]
  const client = neighbour(rules, { origins, apiKey })
  return {
    read: () => client.call({ path: `/internal/menus/${id}` }),
    stop: async () => void (await Promise.all([client.close(), server.drain()])),
  }
}

async function overGrpc() {
  const server = await startRpcServer({
    ...{ ...here, log, leaving: new AbortController().signal },
    handlers: { [MENU]: { GetMenu: async () => menu } },
    isNeighbour: neighbourKey(apiKey),
    principalFrom: async () => ({ id, role: 'admin' }),
  })
  const target = `ipv4:127.0.0.1:${server.port}`
  const client = rpcNeighbour({ ...rules, rpc: MENU }, { target, apiKey })
  return {
    read: () => client.call('GetMenu', { restaurantId: id }),
    stop: async () => void (await Promise.all([client.close(), server.drain()])),
  }
}

async function cpuMicros(read: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  const worker = async () => {
    for (let done = 0; done < CALLS / AT_ONCE; done++) await read()
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  const { user, system } = process.cpuUsage(before)
  return (user + system) / CALLS
}

for (const [name, start] of Object.entries({ HTTP: overHttp, gRPC: overGrpc })) {
  const { read, stop } = await start()
  await cpuMicros(read)
  const rounds = [await cpuMicros(read), await cpuMicros(read), await cpuMicros(read)]
  const best = Math.min(...rounds)
  console.log(
    `${name}: ${Math.round(best)} µs of CPU per menu of ${menu.items.length} items, best of 3`,
  )
  await stop()
}
