-- What photos look like, so that one used again is told, and what inspections found. Flags never fail an image.

alter table jobs add column inspect text not null default 'off';

-- JSON; null without an inspection
alter table results add column findings text;

-- Of stores whose place is known.
create table store_places (
  id text collate "C" primary key,
  latitude double precision not null,
  longitude double precision not null
);

-- In order of arrival, once for each image.
create table prints (
  no bigint generated always as identity primary key,
  tenant text collate "C" not null,
  job bigint not null,
  image bigint not null,
  -- of sketch and codes; only equal versions are compared
  version bigint not null,
  -- SHA-256 of the whole file in hex, null where it was not fetched
  digest text collate "C",
  -- 64 x 64 grey values, null where the photo shows nothing
  sketch bytea,
  -- what the sketch was made of
  rests_on text,
  -- the camera's wall clock, seconds since 1970 on that clock, and its offset from UTC in minutes
  taken_clock bigint,
  taken_offset bigint,
  unique (job, image)
);
create index prints_by_digest on prints (tenant, digest, no) where digest is not null;

-- Windows of sketches by the first signs of their codes: 10 bytes each, one after the other in order of arrival. One row for
-- many windows: at ten million photos a row and an index entry for each would cost three times the bytes.
create table print_buckets (
  tenant text collate "C" not null,
  bucket bigint not null,
  entries bytea not null,
  primary key (tenant, bucket)
);

create table reuses (
  -- the later photo
  job bigint not null,
  image bigint not null,
  earlier_job bigint not null,
  earlier_image bigint not null,
  kind text not null,
  score double precision not null,
  weight text not null,
  why text not null,
  primary key (job, image, earlier_job, earlier_image)
);
create index reuses_by_earlier on reuses (earlier_job, earlier_image);
