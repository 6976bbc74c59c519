import { isDeepStrictEqual } from 'node:util'
import type { OrderState } from '../../services/contracts/order.ts'
import { replay } from '../../services/order/replay.ts'
import type { EventRow, Facts, Finding, Witness } from './facts.ts'

/** What was acknowledged and is not there. */
export function lost({ events }: Facts, { intents }: Witness): Finding[] {
  const lives = livesOf(events)
  return intents.flatMap(({ id, note, cancelled }) => {
    if (id === undefined) return []
    const life = lives.get(id)
    if (!life) return [{ what: `${note} was acknowledged and has no events`, ids: [id] }]
    const kept = !cancelled || life.some(({ type }) => type === 'cancelled')
    return kept ? [] : [{ what: `${note} is not cancelled, which was acknowledged`, ids: [id] }]
  })
}

/** One wish, two orders. */
export function doubled({ snapshots }: Facts, { intents }: Witness): Finding[] {
  const wanted = new Set(intents.map(({ note }) => note))
  const byNote = Map.groupBy(snapshots, ({ state }) => state.note ?? '')
  return [...byNote]
    .filter(([note, orders]) => wanted.has(note) && orders.length > 1)
    .map(([note, orders]) => ({
      what: `${note} became ${orders.length} orders`,
      ids: orders.map(({ id }) => id),
    }))
}

/** What has not come to its end, and will not by itself. */
export function stuck({ snapshots, sagas, payments, reservations }: Facts): Finding[] {
  const known = new Set(sagas.map(({ orderId }) => orderId))
  const cancelled = new Set(
    snapshots.filter(({ state }) => state.status === 'cancelled').map(({ id }) => id),
  )
  return [
    ...sagas
      .filter(({ over, waitsForPayment }) => !over && !waitsForPayment)
      .map(({ orderId, state }) => ({ what: `a saga is still in ${state}`, ids: [orderId] })),
    ...snapshots
      .filter(({ id }) => !known.has(id))
      .map(({ id }) => ({ what: 'an order has no saga', ids: [id] })),
    ...payments
      .filter(({ status }) => status === 'pending')
      .map(({ id, orderId }) => ({ what: 'a payment is pending', ids: [id, orderId] })),
    ...reservations
      .filter(({ orderId, status }) => status === 'reserved' && cancelled.has(orderId))
      .map(({ orderId }) => ({ what: 'a cancelled order holds stock', ids: [orderId] })),
  ]
}

/** Snapshot and read model are what the events add up to, for every order and no other. */
export function readModel({ events, snapshots, readModel }: Facts): Finding[] {
  const written = new Map(snapshots.map(({ id, state }) => [id, state]))
  const read = new Map(readModel.map(({ id, state }) => [id, state]))
  const lives = livesOf(events)
  const strangers = [...written.keys(), ...read.keys()].filter((id) => !lives.has(id))
  return [
    ...[...lives].flatMap(([id, life]) => differences(id, life, written.get(id), read.get(id))),
    ...[...new Set(strangers)].map((id) => ({ what: 'an order has no events', ids: [id] })),
  ]
}

function differences(
  id: string,
  life: readonly EventRow[],
  written: OrderState | undefined,
  read: OrderState | undefined,
): Finding[] {
  const truth = truthOf(life)
  if (typeof truth === 'string') return [{ what: truth, ids: [id] }]
  const differs = (name: string, state: OrderState | undefined) =>
    isDeepStrictEqual(state, truth)
      ? []
      : [{ what: `${name} is ${brief(state)}, its events say ${brief(truth)}`, ids: [id] }]
  return [...differs('snapshot', written), ...differs('read model', read)]
}

function truthOf(life: readonly EventRow[]): OrderState | string {
  const gap = life.findIndex(({ version }, i) => version !== i + 1)
  if (gap >= 0) return `event ${gap + 1} is missing`
  try {
    return replay(life).at(-1)!.order
  } catch (error) {
    return (error as Error).message
  }
}

const brief = (state: OrderState | undefined) =>
  state ? `${state.status} at version ${state.version}` : 'missing'

/** One notification for every event of every order, and none for what did not happen. */
export function notifications({ events, notifications }: Facts): Finding[] {
  const key = (orderId: string, kind: string) => `${orderId} ${kind}`
  const sent = Map.groupBy(
    notifications.filter(({ orderId }) => orderId !== null),
    ({ orderId, kind }) => key(orderId!, kind),
  )
  const happened = new Set(
    events.flatMap(({ orderId, type }) => [
      key(orderId, `order.${type}`),
      // Asked later how the meal was.
      ...(type === 'delivered' ? [key(orderId, 'order.follow-up')] : []),
    ]),
  )
  const missing = [...happened].filter((name) => !sent.has(name))
  return [
    ...missing.map((name) => ({ what: `nobody was told: ${name}`, ids: [name.split(' ')[0]!] })),
    ...[...sent].flatMap(([name, all]) => {
      const [orderId] = name.split(' ') as [string]
      if (!happened.has(name))
        return [{ what: `told what did not happen: ${name}`, ids: [orderId] }]
      if (all.length === 1) return []
      return [
        { what: `told ${all.length} times: ${name}`, ids: [orderId, ...all.map(({ id }) => id)] },
      ]
    }),
  ]
}

const livesOf = (events: readonly EventRow[]): Map<string, EventRow[]> =>
  Map.groupBy(
    events.toSorted((a, b) => a.version - b.version),
    ({ orderId }) => orderId,
  )
