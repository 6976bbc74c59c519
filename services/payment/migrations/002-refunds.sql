-- What an admin gave back of a payment, apart from what cancelling its order gives back.
create table refunds (
  id uuid primary key,
  payment_id uuid not null references payments (id),
  amount_cents int not null check (amount_cents > 0),
  reason text not null,
  status text not null check (status in ('pending', 'done')),
  created_at timestamptz not null
);
create index refunds_pending on refunds (created_at) where status = 'pending';

-- The sum of them, pending ones included: what is promised to one caller cannot be promised to another.
alter table payments add column returned_cents int not null default 0
  check (returned_cents between 0 and amount_cents);
