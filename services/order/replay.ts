import type { OrderState } from '#contracts/order.ts'
import type { Log } from '#platform/log.ts'
import { EVENT_SHAPES } from './events.ts'
import { apply, type OrderEvent } from './order.ts'

/** One row of `order_events`. */
export type StoredEvent = {
  version: number
  type: string
  schema: number
  payload: unknown
  at: Date
}

/** An event as it would be written today, and the order as it was just after it. */
export type Moment = { version: number; at: Date; event: OrderEvent; order: OrderState }

type Translation = (event: object, order: OrderState) => object

/** Per type: from shape 1 to 2, from 2 to 3, and so on. */
const TRANSLATIONS: Partial<Record<string, readonly Translation[]>> = {
  // Shape 1 did not say how much went back: it was everything.
  refunded: [(event, { totalCents }) => ({ ...event, amountCents: totalCents })],
}

/** An order's life, from its events alone. Throws when they do not add up to one. */
export function replay(stored: readonly StoredEvent[]): Moment[] {
  let order: OrderState | undefined
  return stored.map((row) => {
    try {
      const event = understand(row, order)
      order = apply(order, event)
      if (order.version !== row.version) throw new Error(`it should be event ${order.version}`)
      return { version: row.version, at: row.at, event, order }
    } catch (cause) {
      throw new Error(`event ${row.version} (${row.type}) does not follow from those before it`, {
        cause,
      })
    }
  })
}

/** The same; undefined, and logged, when they do not: one such order must not keep the others from being read. */
export function replayOrTell(
  log: Log,
  { orderId, events }: { orderId: string; events: readonly StoredEvent[] },
): Moment[] | undefined {
  try {
    return replay(events)
  } catch (err) {
    log.error({ err, order_id: orderId }, 'the events do not make an order')
    return undefined
  }
}

function understand({ type, schema, payload }: StoredEvent, before?: OrderState): OrderEvent {
  if (!Object.hasOwn(EVENT_SHAPES, type)) throw new Error(`nobody knows events of type ${type}`)
  const shapes = EVENT_SHAPES[type as OrderEvent['type']]
  const shape = shapes[schema - 1]
  if (!shape) throw new Error(`${type} has no shape ${schema}: a newer version wrote it`)
  const translations = (TRANSLATIONS[type] ?? []).slice(schema - 1)
  const translated = translations.reduce<object>(
    (event, translate) => translate(event, before!),
    shape.parse(payload),
  )
  return shapes.at(-1)!.parse(translated) as OrderEvent
}
