-- Requests that carry a key, so that one which is sent again makes no second job. Without a job the request is running, under a holder that renews it.

create table idempotency (
  key text primary key,
  holder text not null,
  fingerprint text,
  job integer,
  -- of a running request the end of its hold, of one that made a job the end of the time for which the key is known
  until integer not null,
  check ((job is null) = (fingerprint is null))
) strict, without rowid;
create index idempotency_by_end on idempotency (until);
create index idempotency_by_job on idempotency (job) where job is not null;
