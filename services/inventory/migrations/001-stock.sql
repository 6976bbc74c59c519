create table menus (
  restaurant_id uuid primary key,
  owner_id uuid not null,
  version int not null
);

-- available null: made to order, never runs out.
create table stock (
  menu_item_id uuid primary key,
  restaurant_id uuid not null,
  available int check (available >= 0),
  reserved int not null default 0 check (reserved >= 0),
  on_menu boolean not null default true
);
create index stock_restaurant on stock (restaurant_id);

-- One per order. 'released' without lines is a tombstone: a reserve that comes after it is refused.
create table reservations (
  order_id uuid primary key,
  status text not null check (status in ('reserved', 'rejected', 'released', 'committed')),
  lines jsonb not null,
  version int not null default 1,
  updated_at timestamptz not null default now()
);
