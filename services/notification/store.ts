import type { Gathered } from '#platform/gather.ts'
import type { Slice } from '#platform/http/page.ts'
import { type Message, OUTBOX_COLUMNS, OUTBOX_RECORD, outboxRow } from '#platform/outbox.ts'
import { type Db, statement, type Tx } from '#platform/sql.ts'
import type { Notification } from './notification.ts'

type NotificationRow = {
  id: string
  customer_id: string
  order_id: string | null
  kind: Notification['kind']
  text: string
  sent_at: Date
}

// Many at a time, and one statement for the notifications and the messages about those that are new.
const INSERT = statement(
  'notification-insert',
  `with told as (
     select * from json_to_recordset($1) as n (
       id uuid, customer_id uuid, order_id uuid, kind text, text text, sent_at timestamptz, said json)
   ), fresh as (
     insert into notifications (id, customer_id, order_id, kind, text, sent_at)
     select id, customer_id, order_id, kind, text, sent_at from told
     on conflict (id) do nothing returning id
   ), messages as (
     insert into outbox ${OUTBOX_COLUMNS}
     select m.* from told join fresh using (id), json_to_record(said) as m ${OUTBOX_RECORD}
   )
   select id from fresh`,
)
const LIST = statement(
  'notification-list',
  `select id, customer_id, order_id, kind, text, sent_at from notifications
   where customer_id = $1 order by sent_at desc, id desc limit $2 offset $3`,
)
const COUNT = statement(
  'notification-count',
  'select count(*) from notifications where customer_id = $1',
)

/** Keeps it and puts the message about it into the outbox. The ids that are new are known after the commit. */
export function insertNotification(
  tx: Tx,
  { id, customerId, orderId, kind, text, sentAt }: Notification,
  message: Message,
): Gathered<{ id: string }> {
  return tx.gather(INSERT, {
    ...{ id, customer_id: customerId, order_id: orderId, kind, text, sent_at: sentAt },
    said: outboxRow(message),
  })
}

/** Newest first. */
export async function listNotifications(
  db: Db,
  customerId: string,
  { limit, offset }: { limit: number; offset: number },
): Promise<Slice<Notification>> {
  const [page, count] = await Promise.all([
    db.query<NotificationRow>(LIST(customerId, limit, offset)),
    db.query<{ count: number }>(COUNT(customerId)),
  ])
  return { items: page.rows.map(fromRow), total: count.rows[0]!.count }
}

const fromRow = (row: NotificationRow): Notification => ({
  id: row.id,
  customerId: row.customer_id,
  orderId: row.order_id ?? undefined,
  kind: row.kind,
  text: row.text,
  sentAt: row.sent_at,
})
