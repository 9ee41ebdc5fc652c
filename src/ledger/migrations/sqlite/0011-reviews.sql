-- What people make of flagged photos, the rules by which photos are flagged, and what a pair of photos is laid over each other with.

-- JSON; null where photos are not inspected
alter table jobs add column rules text;

-- the likeness that was asked for
alter table reuses add column threshold real;
-- JSON: nine numbers that map a point of the later photo onto the earlier one
alter table reuses add column lay_over text;

-- the buckets that its windows are in, so that they can be taken out again: 3 bytes each
alter table prints add column buckets blob;

-- One row for each image with a flag, in the transaction that finds it.
create table flagged (
  job integer not null,
  image integer not null,
  tenant text not null,
  visit integer not null,
  store_id text not null,
  visit_date text,
  -- bits: flags from 0 on, kinds of re-use from 16 on
  marks integer not null,
  -- 0 open, 1 accepted, 2 dismissed
  state integer not null,
  note text,
  decided_by text,
  decided_at integer,
  primary key (job, image)
) strict, without rowid;
create index flagged_by_tenant on flagged (tenant, job, image);
create index flagged_by_state on flagged (tenant, state, job, image);
create index flagged_by_store on flagged (store_id, job, image);

-- Flagged images of a job counted, in the same transaction. In 16 parts, so that those who record one job do not wait for each other.
create table flag_counts (
  job integer not null,
  part integer not null,
  marks integer not null,
  state integer not null,
  images integer not null,
  primary key (job, part, marks, state)
) strict, without rowid;

-- What became of a flagged image, one after the other: nothing that somebody decided is ever lost.
create table review_history (
  no integer primary key autoincrement,
  job integer not null,
  image integer not null,
  state integer not null,
  -- decided, undone, new_evidence
  why text not null,
  note text,
  actor text,
  at integer not null
) strict;
create index review_history_by_image on review_history (job, image, no);

create table truth_settings (
  tenant text primary key,
  -- JSON
  settings text not null,
  changed_by text,
  changed_at integer not null
) strict, without rowid;
