-- Jobs, visits, images, chunks and results. Released: never edit, add a new number.
-- As in SQLite, save that: text compares by its bytes (collate "C"), whatever the database's language; sizes are bigint, since some formats
-- go beyond 2^31; what changes often keeps room in its pages (fillfactor), so that counting rewrites no index.

-- Epoch milliseconds. The one clock of the ledger: a fleet's machines may disagree, the database agrees with itself.
create function storewalk_now() returns bigint language sql volatile
as $$ select (extract(epoch from clock_timestamp()) * 1000)::bigint $$;

create table stores (
  id text collate "C" primary key,
  name text not null,
  area text collate "C" not null
);
create index stores_by_area on stores (area, id);

-- An identity: an id is never given twice, not even after its job was removed.
create table jobs (
  id bigint generated always as identity primary key,
  status text not null check (status in ('preparing', 'ongoing', 'paused', 'completed', 'failed', 'cancelled')),
  priority integer not null check (priority between 0 and 9),
  integrity text not null check (integrity in ('header', 'complete', 'decode')),
  visits integer not null default 0,
  images integer not null default 0,
  chunks_left integer not null default 0 check (chunks_left >= 0),
  created_at bigint not null,
  started_at bigint,
  finished_at bigint,
  check ((finished_at is not null) = (status in ('completed', 'failed', 'cancelled'))),
  check (status not in ('completed', 'failed') or chunks_left = 0)
) with (fillfactor = 80);
-- Few jobs are alive at a time; the index holds only those.
create index jobs_alive on jobs (status, id) where status in ('preparing', 'ongoing', 'paused');

create table visits (
  job bigint not null,
  no integer not null,
  store_id text collate "C" not null,
  store_known boolean not null,
  visit_time text collate "C" not null,
  visit_date text collate "C",
  first_image integer not null,
  last_image integer not null check (last_image >= first_image),
  primary key (job, no)
);
create index visits_by_store on visits (store_id, visit_date);

create table images (
  job bigint not null,
  no integer not null,
  visit integer not null,
  url text not null,
  primary key (job, no)
);

create table chunks (
  job bigint not null,
  no integer not null,
  first integer not null,
  last integer not null check (last >= first),
  state text not null check (state in ('pending', 'queued', 'running', 'done', 'split', 'cancelled')),
  token integer not null default 0,
  -- claims since the last recorded result: at 3 the chunk is split into single images
  attempts integer not null default 0,
  -- deaths of a worker thread that its surviving process saw, since the last recorded result
  crashes integer not null default 0,
  -- the lease of a running chunk; the moment of queueing of a queued one
  lease_until bigint,
  queued_at bigint,
  done integer not null default 0,
  failed integer not null default 0,
  primary key (job, no),
  check (done <= last - first + 1),
  check (failed <= done),
  check (state <> 'done' or done = last - first + 1),
  check ((state = 'running') = (lease_until is not null)),
  check ((state = 'queued') = (queued_at is not null))
) with (fillfactor = 50);
create index chunks_pending on chunks (job, no) where state = 'pending';
create index chunks_in_flight on chunks (job, no) where state in ('queued', 'running');
create index chunks_suspect on chunks (job, no) where state = 'pending' and attempts >= 3;

-- One row for each image that has its outcome. Insert-only: no statement of the program updates or replaces a row.
create table results (
  job bigint not null,
  image integer not null,
  width bigint,
  height bigint,
  perimeter bigint,
  format text,
  bytes bigint,
  code text,
  detail text,
  attempts integer not null check (attempts >= 0),
  finished_at bigint not null,
  primary key (job, image),
  check ((code is null) = (perimeter is not null)),
  check (code is not null or perimeter = 2 * (width + height))
);
create index results_failed on results (job, image) where code is not null;

-- Failed images counted by chunk and code, in the same transaction as their results: status reads sum these few rows.
create table failures (
  job bigint not null,
  chunk integer not null,
  code text collate "C" not null,
  images integer not null check (images > 0),
  primary key (job, chunk, code)
);
