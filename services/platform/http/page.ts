import { z } from 'zod'

const whole = z
  .string()
  .regex(/^\d{1,9}$/, 'is not a whole number')
  .transform(Number)

export const limitQuery = whole.pipe(z.int().min(1).max(100)).default(20)

/** Query fields of every v1 list; add the list's own with `extend`. */
export const PageQuery = z.strictObject({
  page: whole.pipe(z.int().min(1)).default(1),
  limit: limitQuery,
})

export type PageQuery = z.infer<typeof PageQuery>

/** Some rows of a list, and how many there are in all. */
export type Slice<Item> = { items: Item[]; total: number }
export type Page<Item> = Slice<Item> & PageQuery

/** One page as v1 answers it. */
export const PageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), page: z.int(), limit: z.int(), total: z.int() })

export const offsetOf = ({ page, limit }: PageQuery): number => (page - 1) * limit

export const pageOf = <Row, Item>(
  { items, total }: Slice<Row>,
  { page, limit }: PageQuery,
  view: (row: Row) => Item,
): Page<Item> => ({ items: items.map(view), page, limit, total })
