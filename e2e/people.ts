import { type Answer, eventually, request } from '#platform/testing.ts'
import { inDatabase } from './stack.ts'

/** The platform under test, as `make test` (or a running `make up`) offers it. */
export const GATEWAY = process.env.GATEWAY_URL ?? 'http://127.0.0.1:3000'

export const PASSWORD = 'correct horse battery'

export type Person = {
  id: string
  /** What says who this is, for requests that `call` cannot make. */
  headers: { authorization: string }
  call: (method: string, path: string, body?: unknown, headers?: object) => Promise<Answer>
}

/** A new account, signed in. */
export async function someone(role: 'customer' | 'restaurant'): Promise<Person> {
  const { id, email } = await register(role)
  return signIn(email, PASSWORD, id)
}

async function register(role: 'customer' | 'restaurant') {
  const email = `${crypto.randomUUID()}@restofy.test`
  const account = { name: `Some ${role}`, email, password: PASSWORD, role }
  const registered = await request(`${GATEWAY}/api/v1/auth/register`, { body: account })
  if (registered.status !== 201) throw new Error(`register: ${registered.text}`)
  return { id: String(registered.body.id), email }
}

/** There is no way to become an admin over the API: an operator makes one in the database. */
export async function someAdmin(): Promise<Person> {
  const { id, email } = await register('customer')
  await inDatabase('customer', `update customers set role = 'admin' where id = $1`, id)
  return signIn(email, PASSWORD, id)
}

export async function signIn(email: string, password: string, id: string): Promise<Person> {
  const { body, text } = await request(`${GATEWAY}/api/v1/auth/login`, {
    body: { email, password },
  })
  if (!body?.accessToken) throw new Error(`login: ${text}`)
  const authorization = `Bearer ${body.accessToken}`
  return {
    id,
    headers: { authorization },
    call: (method, path, body, headers) =>
      request(`${GATEWAY}/api/v1${path}`, { method, body, headers: { authorization, ...headers } }),
  }
}

export type Shop = { owner: Person; restaurantId: string; itemId: string }

/** A restaurant with one dish. `stock` undefined: it never runs out. */
export async function openShop({ price = 15.99, stock }: { price?: number; stock?: number } = {}) {
  const owner = await someone('restaurant')
  const restaurant = await owner.call('POST', '/restaurants', { name: 'Test Restaurant' })
  const item = await owner.call('POST', `/restaurants/${restaurant.body.id}/menu`, {
    name: 'Pizza',
    price,
    ...(stock !== undefined && { stock }),
  })
  return { owner, restaurantId: restaurant.body.id, itemId: item.body.id } as Shop
}

export const basket = (
  { restaurantId, itemId }: Shop,
  { quantity = 1, token }: { quantity?: number; token?: string } = {},
) => ({
  restaurantId,
  items: [{ menuItemId: itemId, quantity }],
  ...(token && { payment: { method: 'card', token } }),
})

/** Follows an order until it has this status. */
export async function becomes(
  person: Person,
  orderId: string,
  status: string,
  withinMs = 20_000,
): Promise<Answer['body']> {
  return eventually(async () => {
    const { body } = await person.call('GET', `/orders/${orderId}`)
    if (body?.status !== status)
      throw new Error(`order ${orderId} is ${body?.status}, not ${status}`)
    return body
  }, withinMs)
}

export async function stockOf({ owner, restaurantId, itemId }: Shop) {
  const { body } = await owner.call('GET', `/restaurants/${restaurantId}/stock`)
  return body.items.find((row: { menuItemId: string }) => row.menuItemId === itemId)
}
