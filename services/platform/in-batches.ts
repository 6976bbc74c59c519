const BEFORE_ALL = '00000000-0000-0000-0000-000000000000'

/** All there is in the order of ids, so many at a time as `next` answers; `after`: of the last one before. */
export async function* inBatches<Row>(
  next: (after: string) => Promise<Row[]>,
  idOf: (row: Row) => string,
  first = BEFORE_ALL,
): AsyncGenerator<Row[]> {
  for (let after = first; ; ) {
    const rows = await next(after)
    if (rows.length === 0) return
    yield rows
    after = idOf(rows.at(-1)!)
  }
}
