-- One row per key: whatever the caller repeats, a card is charged once.
create table charges (
  id uuid primary key,
  key text not null unique,
  status text not null check (status in ('captured', 'declined')),
  amount_cents int not null check (amount_cents >= 0),
  currency text not null,
  token text not null,
  created_at timestamptz not null default now()
);

create table refunds (
  id uuid primary key,
  charge_id uuid not null references charges (id),
  key text not null,
  amount_cents int not null check (amount_cents >= 0),
  created_at timestamptz not null default now(),
  unique (charge_id, key)
);

-- How often a flaky card has failed under one key.
create table failures (
  key text primary key,
  count int not null
);
