-- How long a job stood still since it began, and since when it stands still now: its rate leaves that time out.

alter table jobs add column still_ms integer not null default 0;
alter table jobs add column still_since integer;
update jobs set still_since = finished_at where finished_at is not null;
