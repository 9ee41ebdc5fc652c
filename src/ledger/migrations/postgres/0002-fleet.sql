-- What many processes, the end of jobs and retention need.

-- A job in preparation that nobody touches any more was left by a process that died.
alter table jobs add column touched_at bigint;
-- Set when the job's removal begins: from then on nobody reads it, and nothing is added to it.
alter table jobs add column pruned_at bigint;
create index jobs_over on jobs (finished_at) where finished_at is not null;
create index jobs_pruned on jobs (id) where pruned_at is not null;

-- One row for each job that is over. An identity alone would not keep the order: a later number may be committed first, and a reader
-- that goes on behind it would never see the earlier. Whoever inserts here holds a lock until its commit.
create table job_ends (
  no bigint generated always as identity primary key,
  job bigint not null,
  status text not null check (status in ('completed', 'failed', 'cancelled')),
  ended_at bigint not null
);
create unique index job_ends_once on job_ends (job);
insert into job_ends (job, status, ended_at)
select id, status, finished_at from jobs where finished_at is not null order by finished_at, id;

-- Processes with a worker. SQLite has no such table: there only one process exists.
create table members (
  id text collate "C" primary key,
  window_images integer not null,
  window_chunks integer not null,
  threads integer not null,
  alive_until bigint not null
);
