import { Agent, type Dispatcher, request } from 'undici'
import { eventually } from '#platform/testing.ts'
import { basket, GATEWAY, openShop, someone } from '../people.ts'

export type Result = { sent: number; failures: string[]; ids: string[] }

/** Orders per second while things are replaced: what a machine can do that also starts everything anew. */
export const RATE = Number(process.env.RATE || 20)

/** Several, so that no limit per person is met. */
const DINERS = 10

/**
 * Places orders at a fixed pace however slow the answers are, over kept-alive connections and never
 * twice: whatever is not a 201 is a failure. `during` says how long.
 */
export async function steadyOrders(
  perSecond: number,
  during: (soFar: Readonly<Result>) => Promise<void>,
): Promise<Result> {
  const shop = await openShop()
  const diners = await Promise.all(Array.from({ length: DINERS }, newDiner))
  const body = JSON.stringify(basket(shop, { token: 'tok_ok' }))
  const agent = new Agent({ connections: 50, pipelining: 1 })
  const result: Result = { sent: 0, failures: [], ids: [] }
  const waiting = new Set<Promise<void>>()
  const startedAt = performance.now()
  const send = () => {
    // By the clock: a timer that comes late on a busy machine makes up for what is due.
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond)
    while (result.sent < due) {
      const diner = diners[result.sent % DINERS]!
      result.sent += 1
      const placed = place(agent, diner, body, result).finally(() => waiting.delete(placed))
      waiting.add(placed)
    }
  }
  const timer = setInterval(send, 1_000 / perSecond)
  try {
    await during(result)
  } finally {
    clearInterval(timer)
    await Promise.all(waiting)
    await agent.close()
  }
  return result
}

/** Whoever met a service that was gone stays away for as long as its circuit breaker says. */
export async function takesOrdersAgain(): Promise<void> {
  await steadyOrders(1, async ({ ids }) => {
    await eventually(async () => ids.length > 0, 120_000)
  })
}

async function place(
  dispatcher: Dispatcher,
  authorization: string,
  body: string,
  result: Result,
): Promise<void> {
  const sentAt = new Date().toISOString()
  try {
    const answer = await request(`${GATEWAY}/api/v1/orders`, {
      method: 'POST',
      dispatcher,
      body,
      headers: { authorization, 'content-type': 'application/json' },
      headersTimeout: 30_000,
    })
    const text = await answer.body.text()
    if (answer.statusCode === 201) result.ids.push(JSON.parse(text).id)
    else result.failures.push(`${sentAt} ${answer.statusCode} ${text.slice(0, 200)}`)
  } catch (error) {
    result.failures.push(`${sentAt} ${(error as Error).message}`)
  }
}

const newDiner = async (): Promise<string> => (await someone('customer')).headers.authorization
