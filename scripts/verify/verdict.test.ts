import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shapeOf } from '../../services/order/events.ts'
import { fold, type OrderEvent } from '../../services/order/order.ts'
import type { Facts, Witness } from './facts.ts'
import { type CheckName, judge } from './verdict.ts'

const PAID = '00000000-0000-7000-8000-000000000001'
const CANCELLED = '00000000-0000-7000-8000-000000000002'
const SOMEBODY = '00000000-0000-7000-8000-00000000000c'
const DISH = '00000000-0000-7000-8000-00000000000d'

const placed = (id: string): OrderEvent => ({
  type: 'placed',
  order: {
    ...{
      id,
      customerId: SOMEBODY,
      restaurantId: SOMEBODY,
      ownerId: SOMEBODY,
      note: `note of ${id}`,
    },
    lines: [{ menuItemId: DISH, name: 'Pizza', quantity: 2, unitCents: 950 }],
    ...{ totalCents: 1_900, currency: 'EUR', placedAt: '2026-01-01T12:00:00.000Z' },
  },
})

const LIVES: Record<string, OrderEvent[]> = {
  [PAID]: [placed(PAID), { type: 'reserved' }, { type: 'paid' }],
  [CANCELLED]: [
    ...[placed(CANCELLED), { type: 'reserved' } as const],
    { type: 'cancelled', reason: 'customer-request' },
    { type: 'refunded', amountCents: 1_900 },
  ],
}
const IDS = Object.keys(LIVES)
const lines = [{ menuItemId: DISH, quantity: 2 }]

/** One paid order, one that was cancelled and made good; a fresh copy, to be spoilt. */
const evening = () => ({
  events: IDS.flatMap((orderId) =>
    LIVES[orderId]!.map((payload, i) => ({
      ...{
        orderId,
        version: i + 1,
        type: payload.type as string,
        schema: shapeOf(payload.type),
        payload,
        at: new Date(0),
      },
    })),
  ),
  snapshots: IDS.map((id) => ({ id, state: fold(LIVES[id]!) })),
  sagas: [
    { orderId: PAID, state: 'completed', over: true, waitsForPayment: false },
    { orderId: CANCELLED, state: 'cancelled', over: true, waitsForPayment: false },
  ],
  payments: [
    { id: 'pay-1', orderId: PAID, amountCents: 1_900, status: 'captured' },
    { id: 'pay-2', orderId: CANCELLED, amountCents: 1_900, status: 'refunded' },
  ],
  charges: [
    { key: 'pay-1', status: 'captured', amountCents: 1_900, refundedCents: 0 },
    { key: 'pay-2', status: 'captured', amountCents: 1_900, refundedCents: 1_900 },
  ],
  reservations: [
    { orderId: PAID, status: 'committed', lines },
    { orderId: CANCELLED, status: 'released', lines },
  ],
  stock: [{ menuItemId: DISH, available: 8 as number | null, reserved: 0 }],
  notifications: IDS.flatMap((orderId) =>
    LIVES[orderId]!.map(({ type }) => ({
      id: `${orderId} ${type}`,
      orderId,
      kind: `order.${type}`,
    })),
  ),
  unsentMail: [
    { id: 'later', kind: 'order.follow-up', failure: null as string | null, due: false },
  ],
  readModel: IDS.map((id) => ({ id, state: fold(LIVES[id]!) })),
  outbox: [] as { service: string; id: string; message: string }[],
  queues: [
    { queue: 'payment.charge', messages: 0 as number | undefined },
    { queue: 'payment.charge.dead', messages: 0 as number | undefined },
  ],
})

type Evening = ReturnType<typeof evening>

const WITNESS: Witness = {
  intents: [
    { note: `note of ${PAID}`, id: PAID },
    { note: `note of ${CANCELLED}`, id: CANCELLED, cancelled: true },
    { note: 'never acknowledged' },
  ],
  shelf: { [DISH]: 10 },
}

const redOf = (facts: Facts, witness = WITNESS) =>
  Object.entries(judge(facts, witness).found)
    .filter(([, count]) => count > 0)
    .map(([name]) => name)

test('a consistent evening is green', () => {
  assert.equal(judge(evening(), WITNESS).verdict, 'green')
  assert.deepEqual(redOf(evening()), [])
})

const DEFECTS: [string, CheckName, (evening: Evening) => void][] = [
  ['a saga that never ended', 'stuck', ({ sagas }) => (sagas[0]!.over = false)],
  ['an order without a saga', 'stuck', ({ sagas }) => sagas.pop()],
  ['a payment without an outcome', 'stuck', ({ payments }) => (payments[0]!.status = 'pending')],
  [
    'a basket that a cancelled order still holds',
    'stuck',
    ({ reservations, stock }) => {
      reservations[1]!.status = 'reserved'
      Object.assign(stock[0]!, { available: 6, reserved: 2 })
    },
  ],
  [
    'a card that was charged twice for one order',
    'money',
    ({ payments, charges }) => {
      payments.push({ ...payments[0]!, id: 'pay-3' })
      charges.push({ ...charges[0]!, key: 'pay-3' })
    },
  ],
  ['a paid order that was never charged', 'money', ({ charges }) => charges.shift()],
  [
    'a refund that never reached the card',
    'money',
    ({ charges }) => (charges[1]!.refundedCents = 0),
  ],
  [
    'a charge nobody knows of',
    'money',
    ({ charges }) => charges.push({ ...charges[0]!, key: 'stranger' }),
  ],
  ['a portion that vanished', 'stock', ({ stock }) => (stock[0]!.available = 7)],
  ['a portion set aside for nobody', 'stock', ({ stock }) => (stock[0]!.reserved = 1)],
  [
    'a cancelled order that keeps its basket',
    'stock',
    ({ reservations, stock }) => {
      reservations[1]!.status = 'committed'
      stock[0]!.available = 6
    },
  ],
  ['an order the read side never heard of', 'readModel', ({ readModel }) => readModel.pop()],
  [
    'an order only the read side knows',
    'readModel',
    ({ readModel }) => readModel.push({ ...readModel[0]!, id: 'ghost' }),
  ],
  [
    'a read model that stood still',
    'readModel',
    ({ readModel }) => (readModel[0]!.state = fold(LIVES[PAID]!.slice(0, 2))),
  ],
  [
    'a snapshot that differs from its events',
    'readModel',
    ({ snapshots }) => (snapshots[0]!.state = { ...snapshots[0]!.state, version: 2 }),
  ],
  ['an event nobody was told of', 'notifications', ({ notifications }) => notifications.pop()],
  [
    'a customer who was told twice',
    'notifications',
    ({ notifications }) => notifications.push({ ...notifications[0]!, id: 'again' }),
  ],
  [
    'news of what did not happen',
    'notifications',
    ({ notifications }) => notifications.push({ id: 'x', orderId: PAID, kind: 'order.delivered' }),
  ],
  ['a mail that never went', 'mail', ({ unsentMail }) => (unsentMail[0]!.due = true)],
  ['a mail that was given up', 'mail', ({ unsentMail }) => (unsentMail[0]!.failure = '550')],
  [
    'a message that was never published',
    'outbox',
    ({ outbox }) => outbox.push({ service: 'order', id: 'm', message: 'order.placed' }),
  ],
  ['a queue with a message in it', 'queues', ({ queues }) => (queues[0]!.messages = 1)],
  [
    'a queue the broker is silent about',
    'queues',
    ({ queues }) => (queues[0]!.messages = undefined),
  ],
  ['a dead letter', 'deadLetters', ({ queues }) => (queues[1]!.messages = 1)],
]

for (const [name, check, spoil] of DEFECTS) {
  test(`${name}: exactly ${check} is red`, () => {
    const facts = evening()
    spoil(facts)
    assert.deepEqual(redOf(facts), [check])
  })
}

test('an acknowledged order that nobody has is lost', () => {
  const intents = [...WITNESS.intents, { note: 'gone', id: '00000000-0000-7000-8000-000000000003' }]
  assert.deepEqual(redOf(evening(), { ...WITNESS, intents }), ['lost'])
})

test('an acknowledged cancellation that did not happen is lost', () => {
  const intents = [{ note: `note of ${PAID}`, id: PAID, cancelled: true }]
  assert.deepEqual(redOf(evening(), { ...WITNESS, intents }), ['lost'])
})

test('two orders for one wish are doubled', () => {
  const facts = evening()
  for (const { state } of facts.snapshots) state.note = 'the same'
  for (const { state } of facts.readModel) state.note = 'the same'
  for (const { payload } of facts.events) {
    if (payload.type === 'placed') payload.order = { ...payload.order, note: 'the same' }
  }
  assert.deepEqual(redOf(facts, { ...WITNESS, intents: [{ note: 'the same', id: PAID }] }), [
    'doubled',
  ])
})

test('an order that waits for its customer to pay is not stuck', () => {
  const facts = evening()
  Object.assign(facts.sagas[0]!, { over: false, waitsForPayment: true })
  assert.deepEqual(redOf(facts), [])
})

test('a finding names whom it is about, and a gap in the events is said', () => {
  const facts = evening()
  facts.events.splice(1, 1)
  const { findings } = judge(facts, WITNESS)
  assert.deepEqual(
    findings.find(({ check }) => check === 'readModel'),
    { check: 'readModel', what: 'event 2 is missing', ids: [PAID] },
  )
})
