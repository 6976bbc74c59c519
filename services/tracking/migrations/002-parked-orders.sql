-- Events that could not be projected, the latest one of each order. The order is parked for as long as
-- the read model has not come as far as this version; rows that it has overtaken mean nothing.
create table parked_orders (
  order_id uuid primary key,
  version int not null,
  reason text not null,
  parked_at timestamptz not null default now()
);
