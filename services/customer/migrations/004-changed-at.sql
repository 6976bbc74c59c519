-- For what is said again to a broker that has lost everything. Null: it was said under an id that nobody knows.
alter table customers add column changed_at timestamptz;
create index customers_changed on customers (changed_at);
