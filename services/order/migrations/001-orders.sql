-- The truth: what happened to an order, in order. Nothing updates or deletes these rows.
create table order_events (
  order_id uuid not null,
  version int not null,
  type text not null,
  payload jsonb not null,
  at timestamptz not null,
  primary key (order_id, version)
);

-- The fold of the events, for reads and as the row that writers of one order queue for.
create table orders (
  id uuid primary key,
  version int not null,
  status text not null,
  state jsonb not null,
  updated_at timestamptz not null
);

create table sagas (
  order_id uuid primary key references orders (id),
  state text not null,
  saga jsonb not null,
  -- correlation id and trace of the request that placed the order, for timers that act on its behalf
  carried json not null,
  started_at timestamptz not null,
  deadline_at timestamptz,
  finished_at timestamptz
);
create index sagas_due on sagas (deadline_at) where deadline_at is not null;
create index sagas_open on sagas (state) where finished_at is null;
