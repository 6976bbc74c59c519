-- What every service with a database has: its outbox, its inbox, and its idempotency keys.
create table outbox (
  seq bigint generated always as identity primary key,
  id uuid not null,
  message text not null,
  aggregate_id uuid not null,
  aggregate_version int not null,
  payload json not null,
  headers json not null,
  created_at timestamptz not null default now(),
  published_at timestamptz
);
create index outbox_pending on outbox (seq) where published_at is null;
create index outbox_published on outbox (published_at) where published_at is not null;

create function outbox_written() returns trigger language plpgsql as $$
begin
  notify outbox;
  return null;
end $$;
create trigger outbox_written after insert on outbox
  for each statement execute function outbox_written();

create table inbox (
  queue text not null,
  message_id uuid not null,
  received_at timestamptz not null default now(),
  primary key (queue, message_id)
);
create index inbox_age on inbox (received_at);

create table idempotency_keys (
  principal text not null,
  key text not null,
  fingerprint text not null,
  resource_id uuid not null,
  locked_until timestamptz not null,
  status int,
  headers json,
  body text,
  created_at timestamptz not null default now(),
  primary key (principal, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);
