-- What people make of flagged photos, the rules by which photos are flagged, and what a pair of photos is laid over each other with.

-- JSON; null where photos are not inspected
alter table jobs add column rules text;

-- the likeness that was asked for
alter table reuses add column threshold double precision;
-- JSON: nine numbers that map a point of the later photo onto the earlier one
alter table reuses add column lay_over text;

-- the buckets that its windows are in, so that they can be taken out again: 3 bytes each
alter table prints add column buckets bytea;

-- One row for each image with a flag, in the transaction that finds it.
create table flagged (
  job bigint not null,
  image bigint not null,
  tenant text collate "C" not null,
  visit bigint not null,
  store_id text collate "C" not null,
  visit_date text collate "C",
  -- bits: flags from 0 on, kinds of re-use from 16 on
  marks bigint not null,
  -- 0 open, 1 accepted, 2 dismissed
  state bigint not null,
  note text,
  decided_by text,
  decided_at bigint,
  primary key (job, image)
);
create index flagged_by_tenant on flagged (tenant, job, image);
create index flagged_by_state on flagged (tenant, state, job, image);
create index flagged_by_store on flagged (store_id, job, image);

-- Flagged images of a job counted, in the same transaction. In 16 parts, so that those who record one job do not wait for each other.
create table flag_counts (
  job bigint not null,
  part bigint not null,
  marks bigint not null,
  state bigint not null,
  images bigint not null,
  primary key (job, part, marks, state)
);

-- What became of a flagged image, one after the other: nothing that somebody decided is ever lost.
create table review_history (
  no bigint generated always as identity primary key,
  job bigint not null,
  image bigint not null,
  state bigint not null,
  -- decided, undone, new_evidence
  why text not null,
  note text,
  actor text,
  at bigint not null
);
create index review_history_by_image on review_history (job, image, no);

create table truth_settings (
  tenant text collate "C" primary key,
  -- JSON
  settings text not null,
  changed_by text,
  changed_at bigint not null
);
