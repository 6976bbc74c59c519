import { z } from 'zod'
import { limitQuery } from './page.ts'

/** A place in a list that is sorted by a key, and by id where keys are equal: just after this row. */
export type Cursor = { key: string; id: string }

/** Before the first row of a list that is sorted by time, newest first. */
export const NEWEST: Cursor = { key: 'infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }

const decoded = (key: z.ZodType<string>) =>
  z
    .string()
    .max(1_000)
    .transform((text, context): Cursor => {
      const place = z.tuple([key, z.uuid()]).safeParse(fromJson(Buffer.from(text, 'base64url')))
      if (place.success) return { key: place.data[0], id: place.data[1] }
      context.addIssue({ code: 'custom', message: 'is not one of ours' })
      return z.NEVER
    })

function fromJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return undefined
  }
}

/** Query fields of a v2 list whose keys look like this; add the list's own with `extend`. */
export const cursorQuery = (key: z.ZodType<string>) =>
  z.strictObject({ cursor: decoded(key).optional(), limit: limitQuery })

/** One page as v2 answers it. */
export const CursorPageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() })

/**
 * One page out of one row more than it shows. Unlike page numbers, cursors neither skip nor repeat
 * what moves while somebody reads on.
 */
export function cursorPage<Row extends { id: string }, Item>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => string,
  view: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  const place = last && Buffer.from(JSON.stringify([keyOf(last), last.id]))
  return { items: shown.map(view), nextCursor: place?.toString('base64url') ?? null }
}
