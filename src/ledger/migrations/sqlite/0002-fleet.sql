-- What many processes, the end of jobs and retention need. Members of a fleet have no table here: an embedded ledger has one process.

-- A job in preparation that nobody touches any more was left by a process that died.
alter table jobs add column touched_at integer;
-- Set when the job's removal begins: from then on nobody reads it.
alter table jobs add column pruned_at integer;
create index jobs_over on jobs (finished_at) where finished_at is not null;

-- One row for each job that is over, in the order in which they ended.
create table job_ends (
  no integer primary key autoincrement,
  job integer not null,
  status text not null check (status in ('completed', 'failed', 'cancelled')),
  ended_at integer not null
) strict;
create unique index job_ends_once on job_ends (job);
insert into job_ends (job, status, ended_at)
select id, status, finished_at from jobs where finished_at is not null order by finished_at, id;
