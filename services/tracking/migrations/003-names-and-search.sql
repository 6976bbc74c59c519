-- Whose orders they are, kept in one place: who leaves has a name in no list any more.
create table customers (
  id uuid primary key,
  name text,
  version int not null
);

-- What an order is found by: its restaurant and its dishes, which never change. Written once, so that the
-- updates of an order touch no index. Rows from before have none until `make rebuild S=tracking`.
alter table orders add column words tsvector;
create index orders_words on orders using gin (words);
