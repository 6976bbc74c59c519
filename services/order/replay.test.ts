import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { shapeOf } from './events.ts'
import { apply, fold, type OrderEvent } from './order.ts'
import { replay, type StoredEvent } from './replay.ts'
import { placedEvent } from './testing.ts'

const stored = (event: OrderEvent, version: number, schema = shapeOf(event.type)): StoredEvent => ({
  ...{ version, type: event.type, schema, at: new Date(version * 1_000) },
  payload: JSON.parse(JSON.stringify(event)),
})

const because = (text: RegExp) => (error: unknown) => text.test(String((error as Error).cause))

test('the replay of any life ends where the life did', () => {
  const events = fc.array(
    fc.oneof(
      fc.constantFrom<OrderEvent['type']>('reserved', 'paid', 'accepted', 'ready', 'delivered'),
      fc.constant('cancelled' as const),
      fc.constant('refunded' as const),
    ),
    { maxLength: 12 },
  )
  fc.assert(
    fc.property(events, (types) => {
      const life: OrderEvent[] = [placedEvent()]
      for (const type of types) {
        const event = {
          ...{ type, reason: 'rejected', amountCents: 1_000 },
        } as unknown as OrderEvent
        try {
          apply(fold(life), event)
        } catch {
          continue // the order's life forbids it
        }
        life.push(event)
      }
      const moments = replay(life.map((event, i) => stored(event, i + 1)))
      assert.deepEqual(moments.at(-1)!.order, fold(life))
      assert.deepEqual(
        moments.map(({ order }) => order.version),
        life.map((_, i) => i + 1),
      )
    }),
  )
})

test('a refund stored before amounts were is a refund of everything', () => {
  const old = {
    ...stored({ type: 'refunded', amountCents: 1 }, 3, 1),
    payload: { type: 'refunded' },
  }
  const cancelled: OrderEvent = { type: 'cancelled', reason: 'rejected' }
  const { event, order } = replay([stored(placedEvent(), 1), stored(cancelled, 2), old]).at(-1)!
  assert.deepEqual(event, { type: 'refunded', amountCents: order.totalCents })
  assert.deepEqual([order.refunded, order.refundedCents], [true, order.totalCents])
})

test('a missing event, one of an unknown shape, and one that cannot follow are refused', () => {
  const placed = stored(placedEvent(), 1)
  const reserved: OrderEvent = { type: 'reserved' }
  assert.throws(() => replay([placed, stored(reserved, 3)]), because(/should be event 2/))
  assert.throws(() => replay([stored(reserved, 1)]), because(/first event/))
  assert.throws(() => replay([placed, stored({ type: 'delivered' }, 2)]), because(/cannot go/))
  assert.throws(() => replay([placed, stored(reserved, 2, 9)]), because(/no shape 9/))
  const unknown = { ...stored(reserved, 2), type: 'constructor' }
  assert.throws(() => replay([placed, unknown]), because(/nobody knows/))
})
