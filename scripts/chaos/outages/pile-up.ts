import amqplib from 'amqplib'
import { serverUrls } from '../../../deploy/host/urls.ts'
import { SCHEMA_VERSION } from '../../../services/contracts/messages.ts'
import { shapeOf } from '../../../services/order/events.ts'
import { eventMessages } from '../../../services/order/messages.ts'
import { fold, type OrderEvent } from '../../../services/order/order.ts'
import { exampleMenu, placedEvent } from '../../../services/order/testing.ts'
import { createPublisher } from '../../../services/platform/broker/publisher.ts'
import type { Message } from '../../../services/platform/outbox.ts'
import { broker } from '../../../services/topology.ts'
import type { Scene } from './outage.ts'
import { asSuperuser } from './superuser.ts'

const LATER: readonly OrderEvent[] = [
  { type: 'reserved' },
  { type: 'cancelled', reason: 'payment-timeout' },
]
/** Their first events, then their second ones: events of one order are never neighbours. */
const TOGETHER = 500

const ORDERS = `with life as (
    select * from json_to_recordset($1) as l (id uuid, version int, state jsonb, events jsonb)
  ), placed as (
    insert into orders (id, version, status, state, updated_at)
    select id, version, state ->> 'status', state, now() from life
  ), happened as (
    insert into order_events (order_id, version, type, schema, payload, at)
    select l.id, e.version, e.payload ->> 'type', e.schema, e.payload, now()
    from life l, jsonb_to_recordset(l.events) as e (version int, schema int, payload jsonb)
  )
  insert into sagas (order_id, state, saga, carried, started_at, finished_at)
  select id, 'cancelled', '{}', '{}', now(), now() from life`
const TOLD = `insert into notifications (id, customer_id, order_id, kind, text, sent_at)
  select id, customer_id, order_id, kind, 'told before', now()
  from json_to_recordset($1) as t (id uuid, customer_id uuid, order_id uuid, kind text)`

/**
 * Three events each of so many orders that came to nothing, in one queue: its consumer was away while
 * everybody else heard them. They are real to whoever reads them: rows and messages as the services
 * write them, none of them known to the inbox. Returns them as they lie there.
 */
export async function pileUp(
  { profile, secrets }: Scene,
  queue: string,
  orders: number,
): Promise<Message[]> {
  const model = await amqplib.connect(serverUrls(profile, secrets).rabbitmq)
  const publisher = createPublisher(broker)
  await publisher.use(model)
  const menu = exampleMenu([1_599])
  const piled: Message[] = []
  for (let begun = 0; begun < orders; begun += TOGETHER) {
    const lives = Array.from({ length: Math.min(TOGETHER, orders - begun) }, () => [
      placedEvent(menu),
      ...LATER,
    ])
    const said = lives.map((events) => eventMessages(undefined, events))
    const messages = [0, 1, 2].flatMap((nth) => said.map((life) => life[nth]!))
    await write({ profile, secrets }, 'order', ORDERS, lives.map(orderRow))
    await write({ profile, secrets }, 'notification', TOLD, messages.map(toldRow))
    const outcomes = await Promise.all(
      messages.map((message) => publisher.move(queue, outgoing(message))),
    )
    if (outcomes.some((outcome) => outcome !== 'confirmed')) {
      throw new Error('the broker did not take the whole backlog')
    }
    piled.push(...messages)
  }
  await model.close()
  return piled
}

const write = (
  place: Pick<Scene, 'profile' | 'secrets'>,
  database: string,
  text: string,
  rows: readonly object[],
) => asSuperuser(place, (sql) => sql(text, [JSON.stringify(rows)]), database)

function orderRow(events: readonly OrderEvent[]) {
  const state = fold(events)
  const rows = events.map((payload, i) => ({
    ...{ version: i + 1, schema: shapeOf(payload.type), payload },
  }))
  return { id: state.id, version: state.version, state, events: rows }
}

const toldRow = ({ id, name, aggregateId, payload }: Message) => ({
  ...{ id, kind: name, order_id: aggregateId },
  customer_id: 'order' in payload ? payload.order.customerId : undefined,
})

const outgoing = ({ id, name, aggregateId, version, payload }: Message) => ({
  ...{ id: id!, name, writtenAt: new Date(), body: Buffer.from(JSON.stringify(payload)) },
  headers: {
    ...{ 'aggregate-id': aggregateId, 'aggregate-version': version },
    'schema-version': SCHEMA_VERSION,
  },
})
