import { v7 as uuidv7 } from 'uuid'
import type { MessageName, Payload } from '#contracts/messages.ts'
import { statement, type Tx } from './sql.ts'
import { carry } from './trace-context.ts'

/** One message about one aggregate; `version` is that of the aggregate after the change it reports. */
export type Message<Name extends MessageName = MessageName> = {
  [N in Name]: {
    /** For messages that may be said again: whoever has heard it knows it by its id. */
    id?: string
    name: N
    aggregateId: string
    version: number
    payload: Payload<N>
  }
}[Name]

/** The columns of a row as `outboxRow` makes it, and the same as a record of `json_to_recordset`. */
export const OUTBOX_COLUMNS = '(id, message, aggregate_id, aggregate_version, payload, headers)'
export const OUTBOX_RECORD =
  '(id uuid, message text, aggregate_id uuid, aggregate_version int, payload json, headers json)'

export const INSERT_MESSAGES = statement(
  'outbox-insert',
  `insert into outbox ${OUTBOX_COLUMNS}
   select m.* from json_to_recordset($1) as m ${OUTBOX_RECORD}`,
)

/** Call it with the same `tx` as the state change, or the message may lie. */
export function appendMessages(tx: Tx, messages: readonly Message[]): void {
  if (messages.length > 0) tx.gather(INSERT_MESSAGES, ...outboxRows(messages))
}

/** Rows for statements that insert them in a CTE of their own. */
export const outboxRows = (messages: readonly Message[]): object[] => messages.map(outboxRow)

export const outboxRow = ({ id, name, aggregateId, version, payload }: Message): object => ({
  id: id ?? uuidv7(),
  message: name,
  aggregate_id: aggregateId,
  aggregate_version: version,
  payload,
  // The relay publishes outside the request: without these the trace would end here.
  headers: carry(),
})
