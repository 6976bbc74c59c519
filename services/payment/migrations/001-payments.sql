create table payments (
  id uuid primary key,
  order_id uuid not null,
  customer_id uuid not null,
  amount_cents int not null check (amount_cents >= 0),
  currency text not null,
  method text not null,
  -- Kept only while the outcome is unknown.
  token text,
  status text not null check (status in ('pending', 'captured', 'declined', 'refunded')),
  charge_id text,
  created_at timestamptz not null,
  settled_at timestamptz
);
-- An order is paid once; a declined card may be followed by another one.
create unique index payments_live on payments (order_id) where status <> 'declined';
create index payments_order on payments (order_id, created_at);
create index payments_pending on payments (created_at) where status = 'pending';

-- Orders that were cancelled: nothing may be charged for them any more.
create table voided_orders (
  order_id uuid primary key,
  at timestamptz not null default now()
);
