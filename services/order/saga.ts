import type { MessageName } from '#contracts/messages.ts'
import type { CancelReason, OrderState } from '#contracts/order.ts'
import { apply, type OrderEvent } from './order.ts'
import { sagaEnded } from './problems.ts'
import {
  type Command,
  type Compensation,
  STEPS,
  type Step,
  type StepName,
  UNDO,
  UNDO_ATTEMPTS,
  UNDO_WITHIN_MS,
} from './saga-steps.ts'

export type Saga = {
  orderId: string
  state: StepName | 'undoing' | 'completed' | 'cancelled' | 'parked'
  /** Came with the order; without it the saga waits for `POST /payments`. */
  payment?: { method: string; token: string }
  /** Came without: it ends when people pay, however long that takes. */
  paysLater?: boolean
  /** Money may come before the stock does, when the customer pays at once. */
  paidEarly?: boolean
  /** Compensations whose reply is still missing. */
  undoing: readonly Compensation[]
  /** How often the commands of the present state have been sent. */
  attempt: number
  deadlineAt?: Date
}

export type SagaMessage =
  | { name: 'start' }
  | { name: 'deadline' }
  | { name: 'cancel'; reason: CancelReason }
  /** An operator's: go on where the saga stands, or undo what it has done. */
  | { name: 'retry' }
  | { name: 'compensate' }
  | {
      name: Extract<MessageName, `stock.${string}` | `payment.${string}`>
      amountCents?: number
      /** Given back by hand: no answer to a command of ours. */
      refundId?: string
    }

export type Outcome = {
  saga: Saga
  order: OrderState
  events: readonly OrderEvent[]
  commands: readonly (Command | Compensation)[]
}

type Now = { saga: Saga; order: OrderState; at: Date; paymentWithinMs: number }

/**
 * What follows from one message: the next state of saga and order, the order's new events, and the
 * commands to send. Pure. A message that means nothing (any more) changes nothing: duplicates and
 * late replies are normal. Throws 409 `illegal-step` for a cancellation the order's life forbids,
 * `saga-ended` for an operator who comes too late.
 */
export function next(now: Now, message: SagaMessage): Outcome {
  const { saga } = now
  if (message.name === 'start') return enter(now, STEPS[0]!)
  if (message.name === 'cancel') return cancel(now, message.reason, compensationsOf(saga))
  if (message.name === 'deadline') return overdue(now)
  const step = stepOf(saga)
  if (message.name === 'retry' || message.name === 'compensate') return operated(now, step, message)
  if (message.refundId) return returnedByHand(now, message.amountCents ?? 0)
  return step ? replied(now, step, message.name) : undone(now, message)
}

/** Where a saga stands; a parked one where it gave up, so that an answer that comes after all still counts. */
function stepOf({ state, undoing }: Saga): Step | undefined {
  const gaveUp = state === 'parked' && undoing.length === 0
  return STEPS.find(({ name }) => name === (gaveUp ? 'commit-stock' : state))
}

function operated(now: Now, step: Step | undefined, { name }: { name: 'retry' | 'compensate' }) {
  const { saga } = now
  if (saga.state === 'completed' || saga.state === 'cancelled') throw sagaEnded(saga.state)
  if (!step) return undo(now, saga.undoing, [])
  return name === 'retry' ? enter(now, step) : cancel(now, 'rejected', compensationsOf(saga))
}

const unchanged = ({ saga, order }: Now): Outcome => ({ saga, order, events: [], commands: [] })

function replied(now: Now, step: Step, reply: MessageName): Outcome {
  if (reply === step.done) return advance(now, step)
  if (reply === step.refused) {
    const others = compensationsOf(now.saga).filter((undo) => undo !== step.compensation)
    return cancel(now, step.refusal!, others)
  }
  if (step.name !== 'reserve-stock') return unchanged(now)
  // POST /payments was quicker than the stock.
  if (reply === 'payment.captured') {
    return { ...unchanged(now), saga: { ...now.saga, paidEarly: true } }
  }
  return reply === 'payment.declined'
    ? cancel(now, 'payment-declined', ['stock.release'])
    : unchanged(now)
}

function advance(now: Now, step: Step): Outcome {
  const events: OrderEvent[] = step.event ? [{ type: step.event }] : []
  const order = events.reduce<OrderState>(apply, now.order)
  const following = STEPS[STEPS.indexOf(step) + 1]
  if (!following) {
    const saga = { ...now.saga, state: 'completed' as const, attempt: 0, deadlineAt: undefined }
    return { saga, order, events, commands: [] }
  }
  const entered = { ...now, order }
  const outcome =
    now.saga.paidEarly && following.name === 'process-payment'
      ? advance({ ...entered, saga: { ...now.saga, paidEarly: undefined } }, following)
      : enter(entered, following)
  return { ...outcome, events: [...events, ...outcome.events] }
}

function enter({ saga, order, at, paymentWithinMs }: Now, step: Step): Outcome {
  const waits = step.name === 'process-payment' && !saga.payment
  const withinMs = waits ? paymentWithinMs : step.withinMs
  return {
    saga: {
      ...saga,
      // The card token is kept no longer than it is needed.
      payment: step.name === 'commit-stock' ? undefined : saga.payment,
      state: step.name,
      attempt: 1,
      deadlineAt: later(at, withinMs),
    },
    order,
    events: [],
    commands: waits ? [] : [step.command],
  }
}

function overdue(now: Now): Outcome {
  const { saga, order, at } = now
  const step = STEPS.find(({ name }) => name === saga.state)
  if (!step && saga.state !== 'undoing') return unchanged(now)
  const waits = step?.name === 'process-payment' && !saga.payment
  if (!waits && saga.attempt < (step?.attempts ?? UNDO_ATTEMPTS)) {
    // Every command is idempotent by its order: a second one costs nothing and may be the first to arrive.
    const deadlineAt = later(at, step?.withinMs ?? UNDO_WITHIN_MS)
    const commands = step ? [step.command] : saga.undoing
    return { saga: { ...saga, attempt: saga.attempt + 1, deadlineAt }, order, events: [], commands }
  }
  if (step?.silence) return cancel(now, step.silence, compensationsOf(saga))
  return { ...unchanged(now), saga: { ...saga, state: 'parked', deadlineAt: undefined } }
}

/** What has to be undone from here: everything that may have happened, known or not. */
function compensationsOf({ state, paidEarly }: Saga): Compensation[] {
  if (state === 'reserve-stock' && !paidEarly) return ['stock.release']
  return ['payment.refund', 'stock.release']
}

function cancel(now: Now, reason: CancelReason, undoing: readonly Compensation[]): Outcome {
  const event: OrderEvent = { type: 'cancelled', reason }
  const order = apply(now.order, event)
  return undo({ ...now, order }, undoing, [event])
}

function undo(
  { saga, order, at }: Now,
  undoing: readonly Compensation[],
  events: readonly OrderEvent[],
): Outcome {
  const over = undoing.length === 0
  return {
    saga: {
      ...saga,
      state: over ? 'cancelled' : 'undoing',
      payment: undefined,
      paidEarly: undefined,
      undoing,
      attempt: over ? 0 : 1,
      deadlineAt: over ? undefined : later(at, UNDO_WITHIN_MS),
    },
    order,
    events,
    commands: undoing,
  }
}

function undone(now: Now, message: Extract<SagaMessage, { name: MessageName }>): Outcome {
  const { saga, order } = now
  if (message.name === 'payment.captured' && isOwed(now)) {
    return undo(now, [...saga.undoing, 'payment.refund'], [])
  }
  const undoing = saga.undoing.filter((command) => UNDO[command] !== message.name)
  if (undoing.length === saga.undoing.length) return unchanged(now)
  const amountCents = message.name === 'payment.refunded' ? (message.amountCents ?? 0) : 0
  const events = refundEvents(order, amountCents)
  const over = undoing.length === 0
  return {
    saga: {
      ...saga,
      undoing,
      state: over ? 'cancelled' : saga.state,
      deadlineAt: over ? undefined : saga.deadlineAt,
    },
    order: events.reduce<OrderState>(apply, order),
    events,
    commands: [],
  }
}

function returnedByHand(now: Now, amountCents: number): Outcome {
  const { saga, order } = now
  const events = refundEvents(order, amountCents)
  if (events.length === 0) return unchanged(now)
  // A new saga, though nothing of it changes: by that the caller sees that there is something to store.
  return { saga: { ...saga }, order: events.reduce<OrderState>(apply, order), events, commands: [] }
}

/** Never more than the order cost, whatever comes twice. */
function refundEvents({ totalCents, refundedCents = 0 }: OrderState, amountCents: number) {
  const amount = Math.min(amountCents, totalCents - refundedCents)
  return amount > 0 ? [{ type: 'refunded' as const, amountCents: amount }] : []
}

/** Paid after it was cancelled, and nobody is giving it back yet. */
const isOwed = ({ saga, order }: Now): boolean =>
  order.status === 'cancelled' && !order.refunded && !saga.undoing.includes('payment.refund')

const later = (at: Date, ms: number) => new Date(at.getTime() + ms)
