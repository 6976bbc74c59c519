import { z } from 'zod'
import type { Operations } from '#platform/http/openapi.ts'
import { StockBody } from './routes.ts'
import { Stock } from './stock.ts'

export const inventoryOperations: Operations = {
  'get /restaurants/:restaurantId/stock': {
    summary: 'What is left of each dish',
    who: ['restaurant', 'admin'],
    answers: { 200: z.object({ items: z.array(Stock) }) },
    problems: { 404: ['restaurant-not-found'] },
  },
  'put /restaurants/:restaurantId/stock/:itemId': {
    summary: 'Set how many of a dish there are',
    who: ['restaurant', 'admin'],
    body: StockBody,
    answers: { 200: Stock },
    problems: { 404: ['restaurant-not-found', 'item-not-found'] },
  },
}
