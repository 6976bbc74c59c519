-- `id` is that of the message it answers: hearing it twice cannot say it twice.
create table notifications (
  id uuid primary key,
  customer_id uuid not null,
  order_id uuid,
  kind text not null,
  text text not null,
  sent_at timestamptz not null
);
create index notifications_customer on notifications (customer_id, sent_at desc, id desc);
