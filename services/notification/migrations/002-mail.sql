-- What still has to go out by e-mail, and nothing else: a mail that has gone leaves. Jobs in Redis only
-- carry it there and may be lost. `failure` set: given up, until somebody asks for another try.
create table unsent_mail (
  notification_id uuid primary key,
  due_at timestamptz not null,
  failure text
);

-- Where to, as customer says in its events. Without an address: the customer has left.
create table recipients (
  customer_id uuid primary key,
  version int not null,
  name text not null,
  email text
);
