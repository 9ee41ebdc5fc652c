-- Where PostgreSQL is the queue: which queued chunks must not wait behind the others.
alter table chunks add column urgent boolean not null default false;
