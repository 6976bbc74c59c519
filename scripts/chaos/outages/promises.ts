import { topology } from '../../../services/topology.ts'
import type { Facts } from '../../verify/facts.ts'
import { disorder, type Heard, unheard } from '../heard.ts'
import type { Promised } from './outage.ts'

const NAMED = 3

/** Whoever orders notices nothing. */
export const servedAtOnce: Promised = ({ lines }) =>
  brief(
    'POST /orders failed',
    lines
      .filter(({ op, path }) => op === 'post' && path === '/orders')
      .filter(({ status, attempt }) => status !== 201 || attempt !== 1)
      .map((line) => JSON.stringify(line)),
  )

/** Whoever repeats an order under its key is served in the end. */
export const servedInTheEnd: Promised = ({ lines }) =>
  brief(
    'orders were not accepted',
    lines
      .filter(({ op, fate }) => op === 'fate' && fate !== 'acknowledged')
      .map(({ note, fate }) => `${note} ${fate}`),
  )

/** Every consumer has handled each event that is meant for it. */
export const heardByAll: Promised = ({ facts, heard }) =>
  brief('never handled', unheard(heard, eventsToHear(facts)))

/** And in its order, which nobody can promise whose handling fails: what failed comes again later. */
export const heardInOrder: Promised = ({ heard }) => brief('events out of order', disorder(heard))

export const atMost =
  (figure: string, most: number): Promised =>
  ({ figures }) =>
    figures[figure]! <= most ? [] : [`${figure} is ${figures[figure]}, at most ${most} is promised`]

export const atLeast =
  (figure: string, least: number): Promised =>
  ({ figures }) =>
    figures[figure]! >= least ? [] : [`${figure} is ${figures[figure]}, less than ${least}`]

function brief(title: string, all: readonly string[]): string[] {
  return all.length === 0 ? [] : [`${title}: ${all.length}, ${all.slice(0, NAMED).join('; ')}`]
}

/** Each event at every queue that is bound to it: the read side's, and the notifications'. */
const eventsToHear = ({ events }: Facts): Heard[] =>
  topology.flatMap(({ queue, bindings }) => {
    const bound = new Set(bindings.map(({ message }) => message))
    return events
      .filter(({ type }) => bound.has(`order.${type}`))
      .map(({ orderId, version }) => ({ queue, orderId, version }))
  })
