import type { Slice } from '#platform/http/page.ts'
import { type Db, statement } from '#platform/sql.ts'
import type { Notification } from './notification.ts'

type NotificationRow = {
  id: string
  customer_id: string
  order_id: string | null
  kind: Notification['kind']
  text: string
  sent_at: Date
}

const INSERT = statement(
  'notification-insert',
  `insert into notifications (id, customer_id, order_id, kind, text, sent_at)
   values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing`,
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

/** False: it has been sent before. */
export async function insertNotification(
  tx: Db,
  { id, customerId, orderId, kind, text, sentAt }: Notification,
): Promise<boolean> {
  const { rowCount } = await tx.query(INSERT(id, customerId, orderId, kind, text, sentAt))
  return rowCount === 1
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
