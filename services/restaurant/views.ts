import type { Pool } from 'pg'
import { cacheAside } from '#platform/cache.ts'
import type { Encoded } from '#platform/http/etag.ts'
import type { Redis } from '#platform/redis.ts'
import { findMenu } from './menu-store.ts'
import { menuV1, restaurantV1 } from './restaurant.ts'
import { findRestaurant } from './store.ts'

type View = (restaurantId: string) => Promise<Encoded | undefined>

/** What is read far more often than it changes, as the bytes that go out. */
export type Views = {
  restaurant: View
  menu: View
  menuInCents: View
  /** After every commit that changed the restaurant or its menu. Throws while Redis is away. */
  forget: (restaurantId: string) => Promise<void>
}

export function cachedViews({ pool, redis }: { pool: Pool; redis: Redis }): Views {
  const restaurants = cacheAside('restaurant', redis)
  const menus = cacheAside('menu', redis)
  const menusInCents = cacheAside('menu-in-cents', redis)
  return {
    restaurant: (id) =>
      restaurants.read(id, async () => {
        const restaurant = await findRestaurant(pool, id)
        return restaurant && restaurantV1(restaurant)
      }),
    menu: (id) =>
      menus.read(id, async () => {
        const menu = await findMenu(pool, id)
        return menu && menuV1(menu)
      }),
    menuInCents: (id) => menusInCents.read(id, () => findMenu(pool, id)),
    async forget(id) {
      await Promise.all([restaurants, menus, menusInCents].map(({ forget }) => forget(id)))
    },
  }
}
