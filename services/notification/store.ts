import type { Gathered } from '#platform/gather.ts'
import { type Cursor, NEWEST } from '#platform/http/cursor.ts'
import type { Slice } from '#platform/http/page.ts'
import { type Db, statement, type Tx } from '#platform/sql.ts'
import { mailFor } from './mail.ts'
import type { Notification, Told } from './notification.ts'

type NotificationRow = {
  id: string
  customer_id: string
  order_id: string | null
  kind: Notification['kind']
  text: string
  sent_at: Date
  status: Told['status']
}

// Many at a time, and one statement for the notifications and the mails of those that are new.
const INSERT = statement(
  'notification-insert',
  `with told as (
     select * from json_to_recordset($1) as n (
       id uuid, customer_id uuid, order_id uuid, kind text, text text, sent_at timestamptz, mailed boolean)
   ), fresh as (
     insert into notifications (id, customer_id, order_id, kind, text, sent_at)
     select id, customer_id, order_id, kind, text, sent_at from told
     on conflict (id) do nothing returning id
   ), mails as (
     insert into unsent_mail (notification_id, due_at)
     select id, sent_at from told join fresh using (id) where mailed
   )
   select id from fresh`,
)
const READABLE = `select id, customer_id, order_id, kind, text, sent_at,
          case when u.failure is not null then 'failed'
               when u.notification_id is not null then 'pending' else 'sent' end as status
   from notifications left join unsent_mail u on u.notification_id = id
   where customer_id = $1 and sent_at <= $2`
const LIST = statement(
  'notification-list',
  `${READABLE} order by sent_at desc, id desc limit $3 offset $4`,
)
// A comparison of rows, as the index is ordered: each page starts where the last one ended.
const LIST_AFTER = statement(
  'notification-list-after',
  `${READABLE} and (sent_at, id) < ($4::timestamptz, $5::uuid)
   order by sent_at desc, id desc limit $3`,
)
const COUNT = statement(
  'notification-count',
  'select count(*) from notifications where customer_id = $1 and sent_at <= $2',
)

/** Keeps it, and that its mail is to be sent. The ids that are new are known after the commit. */
export function insertNotification(
  tx: Tx,
  { id, customerId, orderId, kind, text, sentAt }: Notification,
): Gathered<{ id: string }> {
  return tx.gather(INSERT, {
    ...{ id, customer_id: customerId, order_id: orderId, kind, text, sent_at: sentAt },
    mailed: mailFor(kind) !== undefined,
  })
}

/** Newest first, without those whose time has not come. */
export async function listNotifications(
  db: Db,
  customerId: string,
  { limit, offset, now }: { limit: number; offset: number; now: Date },
): Promise<Slice<Told>> {
  const [page, count] = await Promise.all([
    db.query<NotificationRow>(LIST(customerId, now, limit, offset)),
    db.query<{ count: number }>(COUNT(customerId, now)),
  ])
  return { items: page.rows.map(fromRow), total: count.rows[0]!.count }
}

/** The same, those after the cursor, whose key is `sentAt`. */
export async function notificationsAfter(
  db: Db,
  customerId: string,
  { limit, cursor = NEWEST, now }: { limit: number; cursor?: Cursor; now: Date },
): Promise<Told[]> {
  const { rows } = await db.query<NotificationRow>(
    LIST_AFTER(customerId, now, limit, cursor.key, cursor.id),
  )
  return rows.map(fromRow)
}

const fromRow = (row: NotificationRow): Told => ({
  id: row.id,
  customerId: row.customer_id,
  orderId: row.order_id ?? undefined,
  kind: row.kind,
  text: row.text,
  sentAt: row.sent_at,
  status: row.status,
})
