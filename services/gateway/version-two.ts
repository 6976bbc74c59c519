import { Writable } from 'node:stream'
import type { Response } from 'express'

/** Fields that hold money, in every resource: a decimal number in version 1. */
const MONEY = new Set(['amount', 'price', 'refundedAmount', 'totalAmount', 'unitPrice'])
const CURRENCY = 'EUR'

type Json = Record<string, unknown>

/** What version 1 answers, as version 2 shows it: money as `{amountCents, currency}`. */
export const toVersionTwo = (value: unknown, currency = CURRENCY): unknown =>
  mapped(value, (name, field, { currency: own }) =>
    MONEY.has(name) && typeof field === 'number'
      ? { amountCents: Math.round(field * 100), currency: own ?? currency }
      : toVersionTwo(field, currency),
  )

/** What version 2 is asked, as version 1 takes it. What is no money stays, and is refused where it is parsed. */
export const toVersionOne = (value: unknown): unknown =>
  mapped(value, (name, field) =>
    MONEY.has(name) && isMoney(field) ? field.amountCents / 100 : toVersionOne(field),
  )

const MONEY_SCHEMA = {
  type: 'object',
  required: ['amountCents', 'currency'],
  properties: { amountCents: { type: 'integer', minimum: 0 }, currency: { const: CURRENCY } },
}

/** A schema of version 1, or anything that holds some, as it is in version 2. */
export const schemaOfVersionTwo = (schema: unknown): unknown =>
  mapped(schema, (name, field) =>
    MONEY.has(name) && (field as Json | null)?.type === 'number'
      ? MONEY_SCHEMA
      : schemaOfVersionTwo(field),
  )

const isMoney = (value: unknown): value is { amountCents: number } =>
  typeof value === 'object' &&
  value !== null &&
  Number.isSafeInteger((value as Json).amountCents) &&
  (value as Json).currency === CURRENCY

function mapped(value: unknown, field: (name: string, value: unknown, all: Json) => unknown) {
  if (Array.isArray(value)) return value.map((item): unknown => mapped(item, field))
  if (typeof value !== 'object' || value === null) return value
  const all = value as Json
  return Object.fromEntries(
    Object.entries(all).map(([name, each]) => [name, field(name, each, all)]),
  )
}

type Headers = Record<string, string | string[]>

/** Begins an answer; what is written here reaches the client in the version it asked for. */
export function passOn(res: Response, status: number, headers: Headers): Writable {
  const json = /^application\/json/.test(String(headers['content-type']))
  if (res.locals.version === 'v2' && json) return rewritten(res, status, headers)
  res.writeHead(status, headers)
  return res
}

/** Takes an answer of version 1 and sends it on as version 2. Its ETag stays: it changes when this does. */
function rewritten(res: Response, status: number, headers: Headers): Writable {
  const chunks: Buffer[] = []
  return new Writable({
    write(chunk, _encoding, done) {
      chunks.push(chunk)
      done()
    },
    final(done) {
      const { 'content-length': _, location, ...rest } = headers
      if (location) rest.location = String(location).replace('/api/v1/', '/api/v2/')
      const body = JSON.stringify(toVersionTwo(JSON.parse(Buffer.concat(chunks).toString())))
      res.writeHead(status, { ...rest, 'content-length': Buffer.byteLength(body) })
      res.end(body, () => done())
    },
  })
}
