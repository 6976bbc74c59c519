import type { Cursor } from '#platform/http/cursor.ts'
import type { Slice } from '#platform/http/page.ts'
import { type Db, statement } from '#platform/sql.ts'
import type { NewRestaurant, Restaurant, RestaurantChange } from './restaurant.ts'

type RestaurantRow = {
  id: string
  owner_id: string
  name: string
  cuisine: string | null
  address: string | null
  open: boolean
}

const COLUMNS = 'id, owner_id, name, cuisine, address, open'
const CHANGED = 'version = version + 1, changed_at = now()'
const LISTED = `deleted_at is null and ($1::text is null or name ilike $1 or cuisine ilike $1)`

const INSERT = statement(
  'restaurant-insert',
  `insert into restaurants (id, owner_id, name, cuisine, address) values ($1, $2, $3, $4, $5)
   on conflict (id) do nothing`,
)
const FIND = statement(
  'restaurant-find',
  `select ${COLUMNS} from restaurants where id = $1 and deleted_at is null`,
)
const LOCK = statement(
  'restaurant-lock',
  `select ${COLUMNS} from restaurants where id = $1 and deleted_at is null for update`,
)
const LIST = statement(
  'restaurant-list',
  `select ${COLUMNS} from restaurants where ${LISTED} order by name, id limit $2 offset $3`,
)
// A comparison of rows, as the index is ordered: each page starts where the last one ended.
const LIST_AFTER = statement(
  'restaurant-list-after',
  `select ${COLUMNS} from restaurants
   where ${LISTED} and ($3::text is null or (name, id) > ($3, $4::uuid))
   order by name, id limit $2`,
)
const COUNT = statement('restaurant-count', `select count(*) from restaurants where ${LISTED}`)
const UPDATE = statement(
  'restaurant-update',
  `update restaurants
   set name = coalesce($2, name), cuisine = coalesce($3, cuisine),
       address = coalesce($4, address), open = coalesce($5, open), ${CHANGED}
   where id = $1 returning ${COLUMNS}`,
)
const DELETE = statement(
  'restaurant-delete',
  `update restaurants set open = false, deleted_at = now(), ${CHANGED} where id = $1`,
)
const BUMP = statement('restaurant-bump', `update restaurants set ${CHANGED} where id = $1`)
const SINCE = statement(
  'restaurant-changed-since',
  `select id, deleted_at is not null as deleted from restaurants
   where changed_at >= $1 and id > $2 order by id limit $3`,
)

/** False: this id exists already. */
export async function insertRestaurant(
  tx: Db,
  id: string,
  ownerId: string,
  { name, cuisine, address }: NewRestaurant,
): Promise<boolean> {
  return (await tx.query(INSERT(id, ownerId, name, cuisine, address))).rowCount === 1
}

export async function findRestaurant(db: Db, id: string): Promise<Restaurant | undefined> {
  const { rows } = await db.query<RestaurantRow>(FIND(id))
  return rows[0] && fromRow(rows[0])
}

/** Locks the row until the transaction ends, so that versions and the menus they carry agree. */
export async function lockRestaurant(tx: Db, id: string): Promise<Restaurant | undefined> {
  const { rows } = await tx.query<RestaurantRow>(LOCK(id))
  return rows[0] && fromRow(rows[0])
}

/** By name; `search` finds a part of the name or the cuisine, whatever the case. */
export async function listRestaurants(
  db: Db,
  search: string | undefined,
  { limit, offset }: { limit: number; offset: number },
): Promise<Slice<Restaurant>> {
  const pattern = patternOf(search)
  const [page, count] = await Promise.all([
    db.query<RestaurantRow>(LIST(pattern, limit, offset)),
    db.query<{ count: number }>(COUNT(pattern)),
  ])
  return { items: page.rows.map(fromRow), total: count.rows[0]!.count }
}

/** By name, those after the cursor, whose key is the name. */
export async function restaurantsAfter(
  db: Db,
  { q, limit, cursor }: { q?: string; limit: number; cursor?: Cursor },
): Promise<Restaurant[]> {
  const { rows } = await db.query<RestaurantRow>(
    LIST_AFTER(patternOf(q), limit, cursor?.key, cursor?.id),
  )
  return rows.map(fromRow)
}

const patternOf = (search: string | undefined) =>
  search === undefined ? null : `%${search.replace(/[\\%_]/g, '\\$&')}%`

export async function updateRestaurant(
  tx: Db,
  id: string,
  { name, cuisine, address, open }: RestaurantChange,
): Promise<Restaurant> {
  const { rows } = await tx.query<RestaurantRow>(UPDATE(id, name, cuisine, address, open))
  return fromRow(rows[0]!)
}

export async function deleteRestaurant(tx: Db, id: string): Promise<void> {
  await tx.query(DELETE(id))
}

/** Call it with the row locked: a change of the menu is a change of the restaurant. */
export async function bumpVersion(tx: Db, id: string): Promise<void> {
  await tx.query(BUMP(id))
}

/** In the order of their ids. */
export async function changedSince(
  db: Db,
  since: Date,
  { after, limit }: { after: string; limit: number },
): Promise<{ id: string; deleted: boolean }[]> {
  return (await db.query<{ id: string; deleted: boolean }>(SINCE(since, after, limit))).rows
}

const fromRow = (row: RestaurantRow): Restaurant => ({
  id: row.id,
  ownerId: row.owner_id,
  name: row.name,
  cuisine: row.cuisine ?? undefined,
  address: row.address ?? undefined,
  open: row.open,
})
