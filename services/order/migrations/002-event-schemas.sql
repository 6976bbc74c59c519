-- Which shape the payload has (events.ts): events are never rewritten, their readers translate them.
alter table order_events add column schema smallint not null default 1;
