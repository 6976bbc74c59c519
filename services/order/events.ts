import { z } from 'zod'
import { jsonSchema, type Schemas } from '#contracts/baseline.ts'
import { CANCEL_REASONS, OrderState } from '#contracts/order.ts'
import type { OrderEvent } from './order.ts'

const bare = <Type extends string>(type: Type) => z.object({ type: z.literal(type) })

/**
 * Every shape an event has ever been stored in, oldest first; the last one is what is written. A shape
 * may gain optional fields. Any other change is a new shape behind it, and a translation in replay.ts.
 */
export const EVENT_SHAPES = {
  placed: [bare('placed').extend({ order: OrderState.omit({ status: true, version: true }) })],
  reserved: [bare('reserved')],
  paid: [bare('paid')],
  accepted: [bare('accepted')],
  ready: [bare('ready')],
  delivered: [bare('delivered')],
  cancelled: [bare('cancelled').extend({ reason: z.enum(CANCEL_REASONS) })],
  refunded: [bare('refunded'), bare('refunded').extend({ amountCents: z.int().min(1) })],
} as const satisfies Record<OrderEvent['type'], readonly z.ZodType[]>

/** The shape that events of this type are written in, counted from 1. */
export const shapeOf = (type: OrderEvent['type']): number => EVENT_SHAPES[type].length

export const EVENTS_BASELINE = `${import.meta.dirname}/events.baseline.json`

/** Every stored shape by its name, `refunded@2`. */
export const eventSchemas = (): Schemas =>
  Object.fromEntries(
    Object.entries(EVENT_SHAPES).flatMap(([type, shapes]) =>
      shapes.map((shape, i) => [`${type}@${i + 1}`, jsonSchema(shape)]),
    ),
  )
