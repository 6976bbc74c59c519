import { z } from 'zod'
import type { Problem } from '../problem.ts'

const Id = z.uuid().toLowerCase()

/** The id in a path. One that is no UUID names nothing: `notFound`, not 400. */
export function pathId(value: unknown, notFound: (id: string) => Problem): string {
  const result = Id.safeParse(value)
  if (!result.success) throw notFound(String(value).slice(0, 64))
  return result.data
}
