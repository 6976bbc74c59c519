-- Since now `customer.changed` says where to write to: who is here already is announced once more.
insert into outbox (id, message, aggregate_id, aggregate_version, payload, headers)
select gen_random_uuid(), 'customer.changed', id, version,
       json_build_object('customerId', id, 'name', name, 'email', email, 'deleted', false), '{}'
from customers where deleted_at is null;
