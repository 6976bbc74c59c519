-- Derived from events and nothing else: it may be dropped and rebuilt at any time.
create table orders (
  id uuid primary key,
  customer_id uuid not null,
  restaurant_id uuid not null,
  owner_id uuid not null,
  status text not null,
  version int not null,
  placed_at timestamptz not null,
  state json not null
);
-- Every list is newest first, and `id` breaks ties, so that a cursor can stand on (placed_at, id).
create index orders_customer on orders (customer_id, placed_at desc, id desc);
create index orders_restaurant on orders (restaurant_id, placed_at desc, id desc);
create index orders_owner on orders (owner_id, placed_at desc, id desc);
create index orders_newest on orders (placed_at desc, id desc);

create table restaurants (
  id uuid primary key,
  owner_id uuid not null,
  name text not null,
  deleted boolean not null,
  version int not null
);
