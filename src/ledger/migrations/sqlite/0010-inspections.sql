-- What photos look like, so that one used again is told, and what inspections found. Flags never fail an image.

alter table jobs add column inspect text not null default 'off';

-- JSON; null without an inspection
alter table results add column findings text;

-- Of stores whose place is known.
create table store_places (
  id text primary key,
  latitude real not null,
  longitude real not null
) strict;

-- In order of arrival, once for each image.
create table prints (
  no integer primary key autoincrement,
  tenant text not null,
  job integer not null,
  image integer not null,
  -- of sketch and codes; only equal versions are compared
  version integer not null,
  -- SHA-256 of the whole file in hex, null where it was not fetched
  digest text,
  -- 64 x 64 grey values, null where the photo shows nothing
  sketch blob,
  -- what the sketch was made of
  rests_on text,
  -- the camera's wall clock, seconds since 1970 on that clock, and its offset from UTC in minutes
  taken_clock integer,
  taken_offset integer,
  unique (job, image)
) strict;
create index prints_by_digest on prints (tenant, digest, no) where digest is not null;

-- Windows of sketches by the first signs of their codes: 10 bytes each, one after the other in order of arrival. One row for
-- many windows: at ten million photos a row and an index entry for each would cost three times the bytes.
create table print_buckets (
  tenant text not null,
  bucket integer not null,
  entries blob not null,
  primary key (tenant, bucket)
) strict, without rowid;

create table reuses (
  -- the later photo
  job integer not null,
  image integer not null,
  earlier_job integer not null,
  earlier_image integer not null,
  kind text not null,
  score real not null,
  weight text not null,
  why text not null,
  primary key (job, image, earlier_job, earlier_image)
) strict, without rowid;
create index reuses_by_earlier on reuses (earlier_job, earlier_image);
