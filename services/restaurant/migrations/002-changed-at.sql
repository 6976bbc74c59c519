-- For what is said again to a broker that has lost everything: when the restaurant or its menu changed last.
alter table restaurants add column changed_at timestamptz not null default now();
create index restaurants_changed on restaurants (changed_at);
