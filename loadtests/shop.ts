import { check, fail } from 'k6'
import http, { type RefinedResponse } from 'k6/http'
import { PLACE_ORDER } from './thresholds.ts'

const GATEWAY = __ENV.GATEWAY || 'http://127.0.0.1:3000'
const API = `${GATEWAY}/api/v1`
const PASSWORD = 'load test password'

type Answer = RefinedResponse<'text'>
export type Person = { id: string; token: string }
export type Shop = { owner: Person; restaurantId: string; itemId: string }

/** `name` groups requests; with ids in it every order would be a series of its own. */
function send(method: string, path: string, name: string, body?: object, token?: string): Answer {
  return http.request(method, API + path, body ? JSON.stringify(body) : null, {
    headers: {
      'content-type': 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
    },
    tags: { name },
    responseType: 'text',
  }) as Answer
}

function expectStatus(response: Answer, status: number, what: string): Answer {
  if (response.status !== status) fail(`${what}: ${response.status} ${response.body}`)
  return response
}

export function register(role: 'customer' | 'restaurant', seed: string): Person {
  const email = `load-${seed}-${Date.now()}@restofy.test`
  const account = { name: `Load ${role}`, email, password: PASSWORD, role }
  const registered = send('POST', '/auth/register', 'POST /auth/register', account)
  const { id } = expectStatus(registered, 201, 'register').json() as { id: string }
  const login = send('POST', '/auth/login', 'POST /auth/login', { email, password: PASSWORD })
  const tokens = expectStatus(login, 200, 'login').json() as { accessToken: string }
  return { id, token: tokens.accessToken }
}

/** A restaurant with one dish that never runs out. */
export function openShop(): Shop {
  const owner = register('restaurant', 'owner')
  const { token } = owner
  const place = send('POST', '/restaurants', 'POST /restaurants', { name: 'Load kitchen' }, token)
  const { id } = expectStatus(place, 201, 'restaurant').json() as { id: string }
  const dish = { name: 'Pizza', price: 15.99 }
  const item = send('POST', `/restaurants/${id}/menu`, 'POST /restaurants/:id/menu', dish, token)
  const { id: itemId } = expectStatus(item, 201, 'menu item').json() as { id: string }
  return { owner, restaurantId: id, itemId }
}

/** Places and pays one order. Undefined, and a failed check, when it was not accepted. */
export function placeOrder(shop: Shop, { token }: Person): string | undefined {
  const basket = {
    restaurantId: shop.restaurantId,
    items: [{ menuItemId: shop.itemId, quantity: 1 }],
    payment: { method: 'card', token: 'tok_ok' },
  }
  const response = send('POST', '/orders', PLACE_ORDER, basket, token)
  if (!check(response, { 'order accepted': ({ status }) => status === 201 })) return undefined
  return (response.json() as { id: string }).id
}

export function statusOf(orderId: string, { token }: Person): string {
  const response = send('GET', `/orders/${orderId}`, 'GET /orders/:id', undefined, token)
  return response.status === 200 ? (response.json() as { status: string }).status : 'unknown'
}

/** How many orders the restaurant's list, the read side, shows as paid. */
export function paidOrders({ owner, restaurantId }: Shop): number {
  const path = `/restaurants/${restaurantId}/orders?status=paid&limit=1`
  const response = send('GET', path, 'GET /restaurants/:id/orders', undefined, owner.token)
  return response.status === 200 ? (response.json() as { total: number }).total : 0
}
