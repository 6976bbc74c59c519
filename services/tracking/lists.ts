import type { Pool } from 'pg'
import { z } from 'zod'
import { ORDER_STATUSES } from '#contracts/order.ts'
import { OrderV1, orderV1 } from '#contracts/order-view.ts'
import { cursorPage, cursorQuery } from '#platform/http/cursor.ts'
import { type Encoded, encode } from '#platform/http/etag.ts'
import { offsetOf, PageQuery, pageOf } from '#platform/http/page.ts'
import type { Redis } from '#platform/redis.ts'
import { scopedCache } from '#platform/scoped-cache.ts'
import { text } from '#platform/text.ts'
import { type Listed, listOrders, ordersAfter, type Scope } from './list-store.ts'

/** What is searched for, as its words. */
const Words = text(100).transform((q, context) => {
  const words = q.match(/[\p{L}\p{N}]+/gu)
  if (words) return words
  context.addIssue({ code: 'custom', message: 'holds no word' })
  return z.NEVER
})
const Filter = { status: z.enum(ORDER_STATUSES).optional(), q: Words.optional() }
export const Listing = PageQuery.extend(Filter)
export const ListingV2 = cursorQuery(z.iso.datetime()).extend(Filter)
type Listing = z.infer<typeof Listing>
type ListingV2 = z.infer<typeof ListingV2>

/** An order in a list; without the name of a customer who has left. */
export const ListedV1 = OrderV1.extend({ customerName: z.string().optional() })

const listedV1 = ({ customerName, ...order }: Listed): z.infer<typeof ListedV1> => ({
  ...orderV1(order),
  customerName,
})

/** Lists of orders as the bytes that go out. */
export type Lists = {
  page: (scope: Scope, query: Listing) => Promise<Encoded>
  /** As version 2 has it: a page from a cursor on. */
  pageAfter: (scope: Scope, query: ListingV2) => Promise<Encoded>
  /** After every commit that changed what they list. */
  forget: (...owners: Owner[]) => Promise<void>
  /** Throws when Redis does not take it. */
  forgetAll: () => Promise<void>
}

export type Owner = Exclude<Scope, 'everybody'>

/** Not kept: the list of everybody, which every change of any order changes, and searches, which have no end. */
export function cachedLists(
  { pool, redis }: { pool: Pool; redis: Redis },
  name = 'order-lists',
): Lists {
  const cache = scopedCache(name, redis)

  async function read(scope: Scope, query: Listing | ListingV2, load: () => Promise<object>) {
    if (scope === 'everybody' || query.q) return encode(await load())
    // No query is of both versions: the first one's have a page number.
    return cache.read(nameOf(scope), JSON.stringify(query), load)
  }

  return {
    page: (scope, query) =>
      read(scope, query, async () => {
        const { status, q: words, limit } = query
        const listing = { status, words, limit, offset: offsetOf(query) }
        return pageOf(await listOrders(pool, scope, listing), query, listedV1)
      }),
    pageAfter: (scope, query) =>
      read(scope, query, async () => {
        const { limit, q: words, ...more } = query
        const found = await ordersAfter(pool, scope, { ...more, words, limit: limit + 1 })
        return cursorPage(found, limit, ({ placedAt }) => placedAt, listedV1)
      }),
    forget: (...owners) => cache.forget(...owners.map(nameOf)),
    forgetAll: cache.forgetAll,
  }
}

const nameOf = (owner: Owner): string => Object.entries(owner).flat().join(':')
