-- Hosts that somebody gave up, for the jobs that were running then.
create table given_up_hosts (
  job integer not null,
  host text not null,
  -- stands in the details of its images
  sentence text not null,
  decided_by text,
  decided_at integer not null,
  primary key (job, host)
) strict, without rowid;
