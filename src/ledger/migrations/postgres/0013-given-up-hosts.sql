-- Hosts that somebody gave up, for the jobs that were running then.
create table given_up_hosts (
  job bigint not null,
  host text collate "C" not null,
  -- stands in the details of its images
  sentence text not null,
  decided_by text,
  decided_at bigint not null,
  primary key (job, host)
);

-- JSON: the hosts in trouble that this member sees
alter table members add column hosts text not null default '[]';
