import type { Role } from '#platform/auth.ts'
import { type Db, statement } from '#platform/sql.ts'
import type { Customer, NewAccount, RefreshGrant } from './customer.ts'
import { emailTaken } from './problems.ts'

type CustomerRow = { id: string; name: string; email: string; role: Role; version: number }
type ChangedRow = Omit<CustomerRow, 'name' | 'email'> & {
  name: string | null
  email: string | null
  is_new: boolean
}
type CredentialsRow = CustomerRow & { password: string }

const COLUMNS = 'id, name, email, role, version'

const INSERT = statement(
  'customer-insert',
  `insert into customers (id, name, email, password, role, created_at, changed_at)
   values ($1, $2, $3, $4, $5, $6, now()) on conflict do nothing returning ${COLUMNS}`,
)
const FIND = statement(
  'customer-find',
  `select ${COLUMNS} from customers where id = $1 and deleted_at is null`,
)
const CREDENTIALS = statement(
  'customer-credentials',
  `select ${COLUMNS}, password from customers where email = $1`,
)
const UPDATE = statement(
  'customer-update',
  `update customers
   set name = coalesce($2, name), email = coalesce($3, email), version = version + 1,
     changed_at = now()
   where id = $1 and deleted_at is null returning ${COLUMNS}`,
)
const BURY = statement(
  'customer-bury',
  `update customers
   set name = null, email = null, password = null, deleted_at = $2, version = version + 1,
     changed_at = now()
   where id = $1 and deleted_at is null returning version`,
)
const CHANGED = statement(
  'customer-changed',
  `select ${COLUMNS}, created_at >= $1 as is_new from customers
   where changed_at >= $1 and id > $2 order by id limit $3`,
)
const END_SIGN_INS = statement(
  'customer-end-sign-ins',
  'delete from refresh_tokens where customer_id = $1',
)
const GRANT = statement(
  'customer-grant',
  `insert into refresh_tokens (token_hash, family, customer_id, issued_at, expires_at)
   select $1, $2, id, $4, $5 from customers where id = $3 and deleted_at is null for share`,
)

// One statement: of two copies of one token that arrive at once, the row's lock lets one through.
const ROTATE = statement(
  'customer-rotate',
  `with used as (
     update refresh_tokens set used_at = $2
     where token_hash = $1 and used_at is null and revoked_at is null and expires_at > $2
     returning family, customer_id
   ), holder as (
     select u.family, c.id, c.role from used u
     join customers c on c.id = u.customer_id and c.deleted_at is null
   ), next as (
     insert into refresh_tokens (token_hash, family, customer_id, issued_at, expires_at)
     select $3, family, id, $2, $4 from holder
   )
   select id, role from holder`,
)
const REVOKE_FAMILY = statement(
  'customer-revoke-family',
  `update refresh_tokens set revoked_at = $2
   where family = (select family from refresh_tokens where token_hash = $1) and revoked_at is null`,
)

const FORGET_EXPIRED = statement(
  'customer-forget-expired',
  `delete from refresh_tokens where token_hash in
     (select token_hash from refresh_tokens where expires_at < $1 limit $2 for update skip locked)`,
)

/** `undefined`: the id or the e-mail address is taken. `password` is a hash. */
export async function insertCustomer(
  tx: Db,
  id: string,
  { name, email, password, role }: NewAccount,
  now: Date,
): Promise<Customer | undefined> {
  const { rows } = await tx.query<CustomerRow>(INSERT(id, name, email, password, role, now))
  return rows[0]
}

export async function findCustomer(db: Db, id: string): Promise<Customer | undefined> {
  return (await db.query<CustomerRow>(FIND(id))).rows[0]
}

export async function findCredentials(
  db: Db,
  email: string,
): Promise<{ customer: Customer; passwordHash: string } | undefined> {
  const row = (await db.query<CredentialsRow>(CREDENTIALS(email))).rows[0]
  if (!row) return undefined
  const { password, ...customer } = row
  return { customer, passwordHash: password }
}

/** Throws `email-taken`, also when the other one is changing at this very moment. */
export async function updateCustomer(
  tx: Db,
  id: string,
  { name, email }: { name?: string; email?: string },
): Promise<Customer | undefined> {
  try {
    return (await tx.query<CustomerRow>(UPDATE(id, name, email))).rows[0]
  } catch (error) {
    if ((error as { constraint?: string }).constraint === 'customers_email') throw emailTaken()
    throw error
  }
}

/** Leaves the tombstone and answers its version; `undefined` when there was nobody. */
export async function buryCustomer(tx: Db, id: string, now: Date): Promise<number | undefined> {
  const { rows } = await tx.query<{ version: number }>(BURY(id, now))
  // A statement of its own: it sees the grants that held the row's lock while BURY waited for it.
  await tx.query(END_SIGN_INS(id))
  return rows[0]?.version
}

/** An account as it is now; without its customer when it was deleted. */
export type ChangedAccount = Pick<Customer, 'id' | 'version'> & {
  customer?: Customer
  isNew: boolean
}

/** In the order of their ids; new are those that were opened since then. */
export async function changedSince(
  db: Db,
  since: Date,
  { after, limit }: { after: string; limit: number },
): Promise<ChangedAccount[]> {
  const { rows } = await db.query<ChangedRow>(CHANGED(since, after, limit))
  return rows.map(({ is_new, name, email, ...row }) => ({
    ...{ id: row.id, version: row.version, isNew: is_new },
    ...(name !== null && email !== null && { customer: { ...row, name, email } }),
  }))
}

/** False: the account has gone meanwhile. */
export async function insertGrant(db: Db, grant: RefreshGrant): Promise<boolean> {
  const { tokenHash, family, customerId, issuedAt, expiresAt } = grant
  const { rowCount } = await db.query(GRANT(tokenHash, family, customerId, issuedAt, expiresAt))
  return rowCount === 1
}

/** Uses a refresh token up and puts the next one in its place. `undefined`: it was no good any more. */
export async function rotateGrant(
  db: Db,
  tokenHash: Buffer,
  next: Pick<RefreshGrant, 'tokenHash' | 'issuedAt' | 'expiresAt'>,
): Promise<Pick<Customer, 'id' | 'role'> | undefined> {
  const rotate = ROTATE(tokenHash, next.issuedAt, next.tokenHash, next.expiresAt)
  return (await db.query<Pick<CustomerRow, 'id' | 'role'>>(rotate)).rows[0]
}

/** How many tokens that were no good any more have gone, at most `limit`. */
export async function forgetExpired(db: Db, now: Date, limit: number): Promise<number> {
  return (await db.query(FORGET_EXPIRED(now, limit))).rowCount ?? 0
}

/** Ends the sign-in that this token descends from, whichever of its tokens this is. */
export async function revokeFamily(db: Db, tokenHash: Buffer, now: Date): Promise<void> {
  await db.query(REVOKE_FAMILY(tokenHash, now))
}
