import type { OrderState } from '../../services/contracts/order.ts'
import type { StoredEvent } from '../../services/order/replay.ts'

/** What the databases, the card network and the broker hold, as rows. `orderId` null: about no order. */
export type Facts = {
  events: readonly EventRow[]
  snapshots: readonly Snapshot[]
  sagas: readonly { orderId: string; state: string; over: boolean; waitsForPayment: boolean }[]
  payments: readonly { id: string; orderId: string; amountCents: number; status: string }[]
  /** The card network's own book; `key` is the payment's id. */
  charges: readonly { key: string; status: string; amountCents: number; refundedCents: number }[]
  reservations: readonly { orderId: string; status: string; lines: readonly Line[] }[]
  stock: readonly { menuItemId: string; available: number | null; reserved: number }[]
  notifications: readonly { id: string; orderId: string | null; kind: string }[]
  /** E-mails that have not gone. `failure`: given up; `due`: their time has come. */
  unsentMail: readonly { id: string; kind: string; failure: string | null; due: boolean }[]
  readModel: readonly Snapshot[]
  outbox: readonly { service: string; id: string; message: string }[]
  /** Undefined: the broker does not say. */
  queues: readonly { queue: string; messages: number | undefined }[]
}

export type EventRow = StoredEvent & { orderId: string }
export type Snapshot = { id: string; state: OrderState }
export type Line = { menuItemId: string; quantity: number }

/** What is known from outside: whoever placed the orders kept a record of them. */
export type Witness = {
  /** Every order that was asked for, by the note it carries; `id` as far as it was acknowledged. */
  intents: readonly { note: string; id?: string; cancelled?: boolean }[]
  /** What lay on the shelf before the first order. */
  shelf: Readonly<Record<string, number>>
}

export type Finding = { what: string; ids: readonly string[] }
