import { randomUUID } from 'node:crypto'

/** The public API, as a customer or an owner uses it. */
export type Session = { gateway: string; token?: string }

export type Restaurant = { id: string; name: string }
export type MenuItem = { id: string; name: string; price: number }
export type Order = { id: string; status: string; totalAmount: number; cancelReason?: string }
type Page<T> = { items: T[]; total: number }

/** The API refused; `code` as in its problem document. */
export class Refused extends Error {
  override name = 'Refused'
  readonly code: string

  constructor(request: string, status: number, problem: { code?: string; detail?: string }) {
    super(`${request}: ${status} ${problem.code ?? ''} ${problem.detail ?? ''}`.trimEnd())
    this.code = problem.code ?? ''
  }
}

export async function call<T>(
  { gateway, token }: Session,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await fetch(`${gateway}/api/v1${path}`, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...(method === 'POST' && { 'idempotency-key': randomUUID() }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(15_000),
  })
  const text = await response.text()
  if (!response.ok) throw new Refused(`${method} ${path}`, response.status, problemOf(text))
  return (text ? JSON.parse(text) : undefined) as T
}

function problemOf(text: string): { code?: string; detail?: string } {
  try {
    return JSON.parse(text)
  } catch {
    return { detail: text.slice(0, 200) }
  }
}

export async function register(session: Session, account: object): Promise<void> {
  try {
    await call(session, 'POST', '/auth/register', account)
  } catch (error) {
    if (!(error instanceof Refused && error.code === 'email-taken')) throw error
  }
}

export async function logIn(gateway: string, email: string, password: string): Promise<Session> {
  const login = { email, password }
  const tokens = await call<{ accessToken: string }>({ gateway }, 'POST', '/auth/login', login)
  return { gateway, token: tokens.accessToken }
}

export async function findRestaurant(
  session: Session,
  name: string,
): Promise<Restaurant | undefined> {
  const query = new URLSearchParams({ q: name, limit: '100' })
  const { items } = await call<Page<Restaurant>>(session, 'GET', `/restaurants?${query}`)
  return items.find((restaurant) => restaurant.name === name)
}

export const menuOf = async (session: Session, restaurantId: string): Promise<MenuItem[]> =>
  (await call<{ items: MenuItem[] }>(session, 'GET', `/restaurants/${restaurantId}/menu`)).items
