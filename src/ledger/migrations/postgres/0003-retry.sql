-- A job that ended can run again for some of its failed images: each such time is a run, and what it replaces is kept.

alter table jobs add column run integer not null default 1;
alter table job_ends add column run integer not null default 1;
drop index job_ends_once;
create unique index job_ends_once on job_ends (job, run);

-- Milliseconds from the first request for the image to its measure; null when none was sent.
alter table results add column fetch_ms integer;

-- Failed results of earlier runs. `chunk` is the one that counted the result.
create table past_results (
  job bigint not null,
  image integer not null,
  run integer not null,
  chunk integer not null,
  code text collate "C" not null,
  detail text,
  attempts integer not null,
  finished_at bigint not null,
  primary key (job, image, run)
);
