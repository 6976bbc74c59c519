import { OUTBOX_COLUMNS, OUTBOX_RECORD, outboxRow } from '#platform/outbox.ts'
import { type Db, statement } from '#platform/sql.ts'
import type { Recipient } from './mail.ts'
import type { Notification } from './notification.ts'

export type UnsentMail = Pick<Notification, 'id' | 'customerId' | 'kind' | 'text'> & {
  /** Undefined: customer has not told us yet, or they have left. */
  recipient?: Recipient
  hasLeft: boolean
}
export type DueMail = Pick<Notification, 'id' | 'kind'>
export type FailedMail = { id: string; kind: string; dueAt: Date; failure: string }

type UnsentRow = {
  id: string
  customer_id: string
  kind: Notification['kind']
  text: string
  name: string | null
  email: string | null
  has_left: boolean
}

const FIND = statement(
  'mail-find',
  `select n.id, n.customer_id, n.kind, n.text, r.name, r.email,
     coalesce(r.has_left, false) as has_left
   from unsent_mail u join notifications n on n.id = u.notification_id
   left join recipients r using (customer_id)
   where u.notification_id = any($1::uuid[]) and u.failure is null`,
)
// The message that it was sent leaves with it.
const REMOVE = statement(
  'mail-remove',
  `with said as (
     select * from json_to_recordset($1) as m ${OUTBOX_RECORD}
   ), gone as (
     delete from unsent_mail where notification_id in (select aggregate_id from said)
     returning notification_id
   )
   insert into outbox ${OUTBOX_COLUMNS}
   select said.* from said join gone on notification_id = aggregate_id`,
)
const DROP = statement('mail-drop', 'delete from unsent_mail where notification_id = $1')
const FAIL = statement(
  'mail-fail',
  'update unsent_mail set failure = $2 where notification_id = $1 and failure is null',
)
const DUE = statement(
  'mail-due',
  `select n.id, n.kind from unsent_mail u join notifications n on n.id = u.notification_id
   where u.failure is null and u.due_at < now() - make_interval(secs => $1)
   order by u.due_at limit $2`,
)
const COUNT = statement(
  'mail-count',
  `select count(*) filter (where failure is null) as pending,
          count(*) filter (where failure is not null) as failed from unsent_mail`,
)
const FAILED = statement(
  'mail-failed',
  `select n.id, n.kind, u.due_at as "dueAt", u.failure
   from unsent_mail u join notifications n on n.id = u.notification_id
   where u.failure is not null order by u.due_at limit 100`,
)
const RETRY = statement(
  'mail-retry',
  'update unsent_mail set failure = null where failure is not null',
)
const KNOW = statement(
  'recipient-know',
  `insert into recipients (customer_id, version, name, email, has_left)
   values ($1, $2, $3, $4, $5)
   on conflict (customer_id) do update
     set version = excluded.version, name = excluded.name, has_left = excluded.has_left,
         email = case when excluded.has_left then null else coalesce(excluded.email, recipients.email) end
     where recipients.version < excluded.version`,
)

/** Those of these that are still to be sent. */
export async function findUnsent(db: Db, ids: readonly string[]): Promise<UnsentMail[]> {
  const { rows } = await db.query<UnsentRow>(FIND(ids))
  return rows.map(({ id, customer_id, kind, text, name, email, has_left }) => ({
    ...{ id, customerId: customer_id, kind, text, hasLeft: has_left },
    ...(name !== null && email !== null && { recipient: { name, email } }),
  }))
}

/** Crosses these off, and says so. */
export async function removeSent(db: Db, mails: readonly UnsentMail[]): Promise<void> {
  const said = mails.map(({ id, customerId, kind }) =>
    outboxRow({
      ...{ name: 'notification.sent', aggregateId: id, version: 1 },
      payload: { notificationId: id, customerId, kind },
    }),
  )
  await db.query(REMOVE(JSON.stringify(said)))
}

/** Crosses it off without a word: nobody gets it. False: somebody else was quicker. */
export async function dropUnsent(db: Db, id: string): Promise<boolean> {
  return (await db.query(DROP(id))).rowCount === 1
}

/** False: it has been given up, or sent, by somebody else meanwhile. */
export async function failUnsent(tx: Db, id: string, failure: string): Promise<boolean> {
  return (await tx.query(FAIL(id, failure))).rowCount === 1
}

/** What should have gone `lateSecs` ago, oldest first. */
export async function dueMail(db: Db, lateSecs: number, limit: number): Promise<DueMail[]> {
  return (await db.query<DueMail>(DUE(lateSecs, limit))).rows
}

export async function countUnsent(db: Db): Promise<{ pending: number; failed: number }> {
  return (await db.query<{ pending: number; failed: number }>(COUNT())).rows[0]!
}

/** At most a hundred. */
export async function failedMail(db: Db): Promise<FailedMail[]> {
  return (await db.query<FailedMail>(FAILED())).rows
}

/** All of them; how many there were. */
export async function retryFailed(db: Db): Promise<number> {
  return (await db.query(RETRY())).rowCount ?? 0
}

type Known = { customerId: string; version: number; name: string; email?: string; left?: boolean }

/** What was said last counts, whatever is heard last. Who has left is remembered without an address. */
export async function knowRecipient(
  tx: Db,
  { customerId, version, name, email, left = false }: Known,
): Promise<void> {
  await tx.query(KNOW(customerId, version, name, email, left))
}
