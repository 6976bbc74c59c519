-- Whose address is unknown may still be told to us; who has left is not written to. They have no name.
alter table recipients add column has_left boolean not null default false;
update recipients set has_left = true where email is null and name = '';
