import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import {
  breaksOf,
  jsonSchema,
  MESSAGES_BASELINE,
  messageSchemas,
  readBaseline,
} from './baseline.ts'
import { breaks } from './compatible.ts'

const agreed = z.object({
  id: z.uuid(),
  note: z.string().optional(),
  state: z.enum(['placed', 'paid']),
  lines: z.array(z.object({ quantity: z.int().min(1) })),
})
const against = (changed: z.ZodType) => breaks(jsonSchema(agreed), jsonSchema(changed))

test('a message may gain an optional field, at any depth', () => {
  const lines = z.array(z.object({ quantity: z.int().min(1), spice: z.string().optional() }))
  assert.deepEqual(against(agreed.extend({ tip: z.int().optional(), lines })), [])
})

test('every other change is a break, and is named', () => {
  const quantities = (quantity: z.ZodType) => ({ lines: z.array(z.object({ quantity })) })
  for (const [changed, expected] of [
    [agreed.omit({ note: true }), /^note is gone$/],
    [agreed.extend({ tip: z.int() }), /^tip is new and required$/],
    [agreed.extend({ note: z.string() }), /^note has become required$/],
    [agreed.extend({ id: z.uuid().optional() }), /^id has become optional$/],
    [agreed.extend({ id: z.string() }), /^id was .*uuid/],
    [agreed.extend({ state: z.enum(['placed']) }), /^state was /],
    // Also more: a reader of yesterday does not know the third.
    [agreed.extend({ state: z.enum(['placed', 'paid', 'lost']) }), /^state was /],
    [agreed.extend(quantities(z.int().min(2))), /^lines\[\]\.quantity was /],
    [agreed.extend(quantities(z.string())), /^lines\[\]\.quantity was /],
    [agreed.extend({ lines: z.string() }), /^lines was /],
  ] as const) {
    const found = against(changed)
    assert.match(found[0] ?? 'nothing', expected)
  }
})

test('no message has changed into another one since it was agreed', () => {
  const found = breaksOf(readBaseline(MESSAGES_BASELINE), messageSchemas())
  assert.deepEqual(found, [], 'give the changed message a new name, and keep the old one')
})

test('every message has been agreed as it is today', () => {
  const [agreed, today] = [readBaseline(MESSAGES_BASELINE), messageSchemas()]
  const news = Object.keys(today).filter((name) => !isDeepStrictEqual(agreed[name], today[name]))
  assert.deepEqual(news, [], 'compatible, but not agreed yet: make agree')
})
