import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { logIn, type Order, type Session } from '../shop.ts'
import type { Fate, History } from './history.ts'
import type { Wish } from './plan.ts'

/** Somebody with an account; the session is renewed when it has expired. */
export type Customer = { email: string; password: string; session: Session }

export type Table = {
  restaurantId: string
  dishIds: readonly string[]
  customers: readonly Customer[]
  history: History
  /** Since when nothing has been broken any more; Infinity as long as something will be. */
  calmSince: () => number
}

const ANSWER_WITHIN_MS = 12_000
/** From the last fault on: how long services take to start says more about the machine than about them. */
const PATIENCE_MS = 240_000
/** Hundreds who ask twice a second would keep down what has just come up. */
const LONGEST_PAUSE_MS = 8_000
const PAID_WITHIN_MS = 60_000

/** Places one order and follows it up, repeating under the same key until there is an answer. */
export async function fulfil(table: Table, wish: Wish): Promise<Fate> {
  const customer = table.customers[wish.customer]!
  const body = {
    restaurantId: table.restaurantId,
    items: [{ menuItemId: table.dishIds[wish.dish]!, quantity: wish.quantity }],
    note: wish.note,
    ...(wish.token && { payment: { method: 'card', token: wish.token } }),
  }
  const answer = await insist(table, customer, wish, '/orders', body)
  const id = answer?.status === 201 ? (answer.body as Order).id : undefined
  const fate = id ? 'acknowledged' : answer ? 'refused' : 'given up'
  table.history.tell({ op: 'fate', n: wish.n, note: wish.note, id, fate })
  if (id) await followUp(table, customer, wish, answer!.body as Order)
  return { note: wish.note, id, fate }
}

async function followUp(table: Table, customer: Customer, wish: Wish, order: Order): Promise<void> {
  if (wish.afterwards === 'pay by hand') {
    const payment = {
      orderId: order.id,
      amount: order.totalAmount,
      method: 'card',
      token: 'tok_ok',
    }
    await insist(table, customer, wish, '/payments', payment)
  }
  if (wish.afterwards === 'cancel when paid') await paid(customer.session, order.id)
  if (wish.afterwards?.startsWith('cancel')) {
    const answer = await insist(table, customer, wish, `/orders/${order.id}/cancel`)
    if (answer?.status === 200) table.history.tell({ op: 'cancelled', n: wish.n, note: wish.note })
  }
}

type Answer = { status: number; body: unknown; code?: string }

/** Undefined: nobody answered, and four minutes have passed in which nothing was broken. */
async function insist(
  { history, calmSince }: Table,
  customer: Customer,
  { n }: Wish,
  path: string,
  body?: object,
): Promise<Answer | undefined> {
  const key = randomUUID()
  const askedAt = Date.now()
  const isPatient = () => Date.now() < Math.max(askedAt, calmSince()) + PATIENCE_MS
  for (let attempt = 1; isPatient(); attempt++) {
    const sentAt = performance.now()
    const answer = await post(customer.session, path, key, body).catch((error: Error) => error)
    const ms = Math.round(performance.now() - sentAt)
    const failed = answer instanceof Error
    const said = failed ? { error: answer.message } : { status: answer.status, code: answer.code }
    history.tell({ op: 'post', n, path, key, attempt, ms, ...said })
    if (!failed && isFinal(answer)) return answer
    if (!failed && answer.status === 401) await renew(customer)
    await sleep(Math.min(LONGEST_PAUSE_MS, 200 * 2 ** attempt) * (0.5 + Math.random()))
  }
  return undefined
}

const isFinal = ({ status, code }: Answer): boolean =>
  status < 500 && status !== 401 && status !== 429 && code !== 'idempotency-conflict'

/** A campaign may outlast a token. Whoever cannot sign in now tries with the next attempt. */
async function renew(customer: Customer): Promise<void> {
  const { email, password, session } = customer
  customer.session = await logIn(session.gateway, email, password).catch(() => session)
}

async function post(
  { gateway, token }: Session,
  path: string,
  key: string,
  body?: object,
): Promise<Answer> {
  const response = await fetch(`${gateway}/api/v1${path}`, {
    method: 'POST',
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      authorization: `Bearer ${token}`,
      'idempotency-key': key,
    },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  })
  const answer = (await response.json()) as { code?: string }
  return { status: response.status, body: answer, code: answer.code }
}

/** Waits until the order is paid or can never be; whoever cannot be asked is asked again. */
async function paid({ gateway, token }: Session, id: string): Promise<void> {
  const deadline = Date.now() + PAID_WITHIN_MS
  while (Date.now() < deadline) {
    const status = await fetch(`${gateway}/api/v1/orders/${id}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
      .then((response) => response.json() as Promise<Order>)
      .then((order) => order.status)
      .catch(() => 'unknown')
    if (status === 'paid' || status === 'cancelled') return
    await sleep(500)
  }
}
