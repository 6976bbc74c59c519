import { v7 as uuidv7 } from 'uuid'
import type { MessageName, Payload } from '#contracts/messages.ts'
import { type Db, statement } from './sql.ts'
import { carry } from './trace-context.ts'

/** One message about one aggregate; `version` is that of the aggregate after the change it reports. */
export type Message<Name extends MessageName = MessageName> = {
  [N in Name]: { name: N; aggregateId: string; version: number; payload: Payload<N> }
}[Name]

const INSERT = statement(
  'outbox-insert',
  `insert into outbox (id, message, aggregate_id, aggregate_version, payload, headers)
   select id, message, aggregate_id, aggregate_version, payload, headers
   from json_to_recordset($1) as m
     (id uuid, message text, aggregate_id uuid, aggregate_version int, payload json, headers json)`,
)

/** Call it with the same `tx` as the state change, or the message may lie. */
export async function appendMessages(tx: Db, messages: readonly Message[]): Promise<void> {
  if (messages.length > 0) await tx.query(INSERT(JSON.stringify(outboxRows(messages))))
}

/** The rows as `json_to_recordset` wants them, for statements that insert them in a CTE of their own. */
export function outboxRows(messages: readonly Message[]): object[] {
  // The relay publishes outside the request: without these the trace would end here.
  const headers = carry()
  return messages.map(({ name, aggregateId, version, payload }) => ({
    id: uuidv7(),
    message: name,
    aggregate_id: aggregateId,
    aggregate_version: version,
    payload,
    headers,
  }))
}
