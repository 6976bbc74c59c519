import { z } from 'zod'
import { limitQuery } from './page.ts'

/** A place in a list that is newest first: just after this one. */
export type Cursor = { placedAt: string; id: string }

const Place = z.object({ placedAt: z.iso.datetime(), id: z.uuid() })

const decoded = z
  .string()
  .max(200)
  .transform((text, context): Cursor => {
    const [placedAt, id] = Buffer.from(text, 'base64url').toString().split(' ')
    const place = Place.safeParse({ placedAt, id })
    if (place.success) return place.data
    context.addIssue({ code: 'custom', message: 'is not one of ours' })
    return z.NEVER
  })

/** Query fields of every v2 list; add the list's own with `extend`. */
export const CursorQuery = z.strictObject({ cursor: decoded.optional(), limit: limitQuery })

/**
 * One page as v2 answers it, out of one row more than it shows. Unlike page numbers, cursors neither
 * skip nor repeat what moves while somebody reads on.
 */
export function cursorPage<Row extends Cursor, Item>(
  rows: readonly Row[],
  limit: number,
  view: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return {
    items: shown.map(view),
    nextCursor: last ? Buffer.from(`${last.placedAt} ${last.id}`).toString('base64url') : null,
  }
}
