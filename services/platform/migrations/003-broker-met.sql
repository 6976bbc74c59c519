-- Since when the broker bears this service's mark. A broker that has lost it has lost its disk.
create table broker_met (met_at timestamptz not null);
