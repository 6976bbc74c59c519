import { CursorPageOf } from '#platform/http/cursor.ts'
import type { Operations } from '#platform/http/openapi.ts'
import { PageOf } from '#platform/http/page.ts'
import { ListedV1, Listing, ListingV2 } from './lists.ts'

const list = {
  who: 'signed-in',
  query: Listing,
  answers: { 200: PageOf(ListedV1), 304: 'empty' },
  v2: { query: ListingV2, answers: { 200: CursorPageOf(ListedV1), 304: 'empty' } },
} as const

export const trackingOperations: Operations = {
  'get /orders': { ...list, summary: 'Your orders, newest first' },
  'get /orders/:id/events': {
    summary: 'An order as it is, then each change: id is the version, event the status',
    who: 'signed-in',
    answers: { 200: 'events' },
    problems: { 404: ['order-not-found'] },
  },
  'get /customers/:customerId/orders': {
    ...list,
    summary: "A customer's orders, newest first",
    problems: { 404: ['customer-not-found'] },
  },
  'get /restaurants/:restaurantId/orders': {
    ...list,
    summary: "A restaurant's orders, newest first",
    problems: { 404: ['restaurant-not-found'] },
  },
}
