-- Every attempt at a delivery, as long as the delivery is kept. Of those before this table the last one of each that is over is known, but not
-- how long it took.

create table webhook_attempts (
  delivery integer not null references webhook_deliveries (no) on delete cascade,
  attempt integer not null,
  -- by the ledger's clock, when the answer was there or nobody waited for one any more
  ended_at integer not null,
  took_ms integer,
  status integer,
  error text,
  -- the beginning of the answer
  body text,
  primary key (delivery, attempt)
) strict, without rowid;

insert into webhook_attempts (delivery, attempt, ended_at, status, error, body)
select no, attempts, finished_at, last_status, last_error, last_body from webhook_deliveries where finished_at is not null and attempts > 0;
