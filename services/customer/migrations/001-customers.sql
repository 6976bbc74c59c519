-- A deleted account keeps its row as a tombstone: the id and nothing about the person.
create table customers (
  id uuid primary key,
  name text,
  email text,
  password text,
  role text not null check (role in ('customer', 'restaurant', 'admin')),
  version int not null default 1,
  created_at timestamptz not null,
  deleted_at timestamptz,
  check (deleted_at is null or num_nonnulls(name, email, password) = 0),
  check (deleted_at is not null or num_nulls(name, email, password) = 0)
);
create unique index customers_email on customers (email);

-- A family is one sign-in; rotation adds a row and marks the one before as used.
create table refresh_tokens (
  token_hash bytea primary key,
  family uuid not null,
  customer_id uuid not null references customers (id),
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  revoked_at timestamptz
);
create index refresh_tokens_family on refresh_tokens (family);
create index refresh_tokens_customer on refresh_tokens (customer_id);
