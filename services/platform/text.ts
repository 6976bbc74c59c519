import { z } from 'zod'

/** A line of text from outside: trimmed, 1 to `max` characters, and storable by PostgreSQL. */
export const text = (max: number) =>
  z.string().trim().min(1).max(max).refine(isStorable, 'holds characters that cannot be stored')

// PostgreSQL refuses U+0000 in text, and half a surrogate pair in jsonb: 400 here beats 500 there.
function isStorable(value: string): boolean {
  return value.isWellFormed() && !value.includes('\0')
}
