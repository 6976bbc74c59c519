-- The relay deletes what the broker has confirmed: marking it copied every message once more.
-- Both partial indexes go with the column they are about; the primary key finds what is left.
delete from outbox where published_at is not null;
alter table outbox drop column published_at;
