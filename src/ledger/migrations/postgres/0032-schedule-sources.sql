-- Schedules take their visits from buckets and kept files too: the source is one JSON now, and what a bucket's runs took is remembered by key.

-- JSON by its member `kind`; a file that is kept stands beside it too, so that it is known to be in use
alter table schedules add column source text;
alter table schedules add column source_file text collate "C";
update schedules
set source = case when source_url is null then json_build_object('kind', 'text', 'text', source_text) else json_build_object('kind', 'url', 'url', source_url) end::text;
alter table schedules alter column source set not null;
-- The check of both goes with them.
alter table schedules drop column source_url, drop column source_text;
create index schedules_by_file on schedules (source_file) where source_file is not null;

-- Keys of a bucket that a run took, or tried to: `digest` is of the object's address, `token` of the attempt. One is taken when its attempt is.
create table schedule_keys (
  schedule bigint not null,
  digest bytea not null,
  token bigint not null,
  primary key (schedule, digest)
);

-- Attempts whose job was sealed.
create table schedule_takes (
  schedule bigint not null,
  token bigint not null,
  primary key (schedule, token)
);
