-- Schedules take their visits from buckets and kept files too: the source is one JSON now, and what a bucket's runs took is remembered by key.
-- SQLite drops no column that a check names, so the table is made anew; its ids go on where they were.

create table new_schedules (
  id integer primary key autoincrement,
  tenant text not null,
  name text not null,
  cron text not null,
  time_zone text not null,
  -- JSON by its member `kind`; a file that is kept stands beside it too, so that it is known to be in use
  source text not null,
  source_file text,
  format text not null,
  options text not null,
  enabled integer not null default 1 check (enabled in (0, 1)),
  due_at integer not null,
  next_at integer not null,
  attempts integer not null default 0,
  token integer not null default 0,
  lease_until integer,
  created_at integer not null
) strict;
insert into new_schedules
select id, tenant, name, cron, time_zone,
       case when source_url is null then json_object('kind', 'text', 'text', source_text) else json_object('kind', 'url', 'url', source_url) end,
       null, format, options, enabled, due_at, next_at, attempts, token, lease_until, created_at
from schedules;
delete from sqlite_sequence where name = 'new_schedules';
update sqlite_sequence set name = 'new_schedules' where name = 'schedules';
drop table schedules;
alter table new_schedules rename to schedules;
create index schedules_next on schedules (next_at) where enabled = 1;
create index schedules_by_tenant on schedules (tenant, id);
create index schedules_by_file on schedules (source_file) where source_file is not null;

-- Keys of a bucket that a run took, or tried to: `digest` is of the object's address, `token` of the attempt. One is taken when its attempt is.
create table schedule_keys (
  schedule integer not null,
  digest blob not null,
  token integer not null,
  primary key (schedule, digest)
) strict, without rowid;

-- Attempts whose job was sealed.
create table schedule_takes (
  schedule integer not null,
  token integer not null,
  primary key (schedule, token)
) strict, without rowid;
