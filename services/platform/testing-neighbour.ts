import { Router } from 'express'
import type { Call } from '../manifest.ts'
import { type Neighbour, neighbour } from './call.ts'
import { httpApp } from './http/app.ts'
import { type Cleanup, serve, silentLog } from './testing.ts'

export const TEST_API_KEY = 'a-key-of-the-tests'

/** The caller's rules for one of its neighbours, as its manifest has them. */
export function callTo(calls: readonly Call[], service: string): Call {
  const rules = calls.find((call) => call.service === service)
  if (!rules) throw new Error(`the manifest does not call ${service}`)
  return rules
}

/**
 * A neighbour in front of the test: `GET path/:id` answers what is `known` under the id, 404 for the
 * rest, and 503 while it is `down`. The client is the real one, with its retries and breaker.
 */
export async function testNeighbour<Known>(
  t: Cleanup,
  rules: Call,
  path: string,
): Promise<{ known: Map<string, Known>; down: boolean; client: Neighbour }> {
  const known = new Map<string, Known>()
  const routes = Router()
  routes.get(`${path}/:id`, (req, res) => {
    const found = known.get(req.params.id as string)
    res.status(state.down ? 503 : found ? 200 : 404).json(found ?? {})
  })
  const origins = [await serve(t, httpApp(silentLog, [routes]))]
  const client = neighbour(rules, { origins, apiKey: TEST_API_KEY })
  t.after(client.close)
  const state = { known, down: false, client }
  return state
}
