-- `version` counts every change of the restaurant or its menu: the menu is part of the aggregate.
create table restaurants (
  id uuid primary key,
  owner_id uuid not null,
  name text not null,
  cuisine text,
  address text,
  open boolean not null default true,
  version int not null default 1,
  created_at timestamptz not null default now(),
  deleted_at timestamptz
);
create index restaurants_listed on restaurants (name, id) where deleted_at is null;

create table menu_items (
  id uuid primary key,
  restaurant_id uuid not null references restaurants (id),
  name text not null,
  price_cents int not null check (price_cents >= 0),
  description text,
  initial_stock int check (initial_stock >= 0)
);
create index menu_items_restaurant on menu_items (restaurant_id, id);
