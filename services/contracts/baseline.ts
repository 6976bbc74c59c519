import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { breaks, type JsonSchema } from './compatible.ts'
import { messages } from './messages.ts'

/** Schemas by name, as they were when somebody last agreed to them. */
export type Schemas = Readonly<Record<string, JsonSchema>>

export const MESSAGES_BASELINE = `${import.meta.dirname}/messages.baseline.json`

export const jsonSchema = (schema: z.ZodType): JsonSchema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' })
  return rest as JsonSchema
}

export const messageSchemas = (): Schemas =>
  Object.fromEntries(
    Object.entries(messages).map(([name, { payload }]) => [name, jsonSchema(payload)]),
  )

export const readBaseline = (file: string): Schemas =>
  existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}

/** Why today's schemas are not what was agreed: an agreed one is gone or has become another one. */
export function breaksOf(baseline: Schemas, today: Schemas): string[] {
  return Object.entries(baseline).flatMap(([name, before]) => {
    const after = today[name]
    return after ? breaks(before, after).map((each) => `${name}: ${each}`) : [`${name} is gone`]
  })
}
