import { CursorPageOf } from '#platform/http/cursor.ts'
import type { Operations } from '#platform/http/openapi.ts'
import { PageOf } from '#platform/http/page.ts'
import { Change as ItemChange, NewItem } from './menu-routes.ts'
import { MenuItemV1, MenuV1, RestaurantV1 } from './restaurant.ts'
import { Change, Details, Listing, ListingV2 } from './routes.ts'

const restaurant = { problems: { 404: ['restaurant-not-found'] } } as const
const item = { problems: { 404: ['restaurant-not-found', 'menu-item-not-found'] } } as const
const owner = { who: ['restaurant', 'admin'] } as const

export const restaurantOperations: Operations = {
  'get /restaurants': {
    summary: 'Restaurants by name',
    who: 'anyone',
    query: Listing,
    answers: { 200: PageOf(RestaurantV1), 304: 'empty' },
    v2: { query: ListingV2, answers: { 200: CursorPageOf(RestaurantV1), 304: 'empty' } },
  },
  'post /restaurants': {
    ...owner,
    summary: 'Open a restaurant',
    body: Details,
    answers: { 201: RestaurantV1 },
    idempotent: true,
  },
  'get /restaurants/:id': {
    ...restaurant,
    summary: 'A restaurant',
    who: 'anyone',
    answers: { 200: RestaurantV1, 304: 'empty' },
  },
  'put /restaurants/:id': {
    ...{ ...owner, ...restaurant },
    summary: 'Change a restaurant, or close it for now',
    body: Change,
    answers: { 200: RestaurantV1 },
  },
  'delete /restaurants/:id': {
    ...{ ...owner, ...restaurant },
    summary: 'Take a restaurant off the platform',
    answers: { 204: 'empty' },
  },
  'get /restaurants/:id/menu': {
    ...restaurant,
    summary: 'Its menu',
    who: 'anyone',
    answers: { 200: MenuV1, 304: 'empty' },
  },
  'post /restaurants/:id/menu': {
    ...{ ...owner, ...restaurant },
    summary: 'Add a dish',
    body: NewItem,
    answers: { 201: MenuItemV1 },
    idempotent: true,
  },
  'put /restaurants/:id/menu/:itemId': {
    ...{ ...owner, ...item },
    summary: 'Change a dish',
    body: ItemChange,
    answers: { 200: MenuItemV1 },
  },
  'delete /restaurants/:id/menu/:itemId': {
    ...{ ...owner, ...item },
    summary: 'Take a dish off the menu',
    answers: { 204: 'empty' },
  },
}
