import type { z } from 'zod'
import { invalidRequest } from './problem.ts'

/** The one door through which outside data becomes typed data. Throws 400 `invalid-request` with each field's path. */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const result = schema.safeParse(value ?? {})
  if (result.success) return result.data
  const errors = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          path: [...issue.path, key].join('.'),
          message: 'unknown field',
        }))
      : [{ path: issue.path.join('.'), message: issue.message }],
  )
  const [first] = errors
  throw invalidRequest(`${first?.path || 'body'}: ${first?.message}`, errors)
}
