-- Who is told of the ends of jobs, and what became of each telling.

alter table jobs add column callback_url text;

create table webhook_endpoints (
  id bigint generated always as identity primary key,
  url text not null,
  -- names of events, separated by commas
  events text not null,
  description text not null,
  enabled integer not null default 1 check (enabled in (0, 1)),
  disabled_reason text,
  secret text not null,
  -- still signs beside the new one until then
  old_secret text,
  old_secret_until bigint,
  created_at bigint not null
);

-- `endpoint` is 0 for the callback of one job; `job_end` is null for a ping or a replay.
create table webhook_deliveries (
  no bigint generated always as identity primary key,
  endpoint bigint not null,
  job_end bigint,
  job bigint,
  event text collate "C" not null,
  url text not null,
  payload text not null,
  state text not null check (state in ('pending', 'delivered', 'failed')),
  attempts integer not null default 0,
  -- of a pending one: not before then
  next_at bigint not null,
  last_status integer,
  last_error text,
  last_body text,
  created_at bigint not null,
  finished_at bigint,
  check ((state = 'pending') = (finished_at is null))
);
create unique index webhook_deliveries_once on webhook_deliveries (job_end, endpoint) where job_end is not null;
create index webhook_deliveries_due on webhook_deliveries (next_at) where state = 'pending';
create index webhook_deliveries_by_job on webhook_deliveries (job, no);
create index webhook_deliveries_by_endpoint on webhook_deliveries (endpoint, no);

-- One row: the last end whose deliveries are all there. Those before this table existed are told to nobody.
create table webhook_progress (last_end bigint not null);
insert into webhook_progress (last_end) select coalesce(max(no), 0) from job_ends;
