-- Jobs that repeat. One process at a time runs a schedule, under a lease whose token grows with each that is taken.

create table schedules (
  id bigint generated always as identity primary key,
  tenant text collate "C" not null,
  name text not null,
  cron text not null,
  time_zone text not null,
  -- exactly one of both: where the manifest is fetched from, or the manifest
  source_url text,
  source_text text,
  format text not null,
  -- JSON: options of its submissions
  options text not null,
  enabled bigint not null default 1 check (enabled in (0, 1)),
  -- the run that is next, by its schedule, and when it is tried: later after an attempt that failed
  due_at bigint not null,
  next_at bigint not null,
  attempts bigint not null default 0,
  token bigint not null default 0,
  lease_until bigint,
  created_at bigint not null,
  check ((source_url is null) <> (source_text is null))
);
create index schedules_next on schedules (next_at) where enabled = 1;
create index schedules_by_tenant on schedules (tenant, id);

-- What became of each run; a run that failed and is tried again has its last attempt here.
create table schedule_runs (
  schedule bigint not null,
  due_at bigint not null,
  ended_at bigint not null,
  job bigint,
  -- why there is no job
  error text,
  primary key (schedule, due_at)
);
