-- What is known of stores besides, and the versions of the store master.

alter table stores add column route text;
alter table stores add column type text;
alter table stores add column opened text;
-- from this day on the store is no more
alter table stores add column closed text;

create table store_versions (
  no integer primary key autoincrement,
  -- merge, replace, undo
  kind text not null,
  undoes integer,
  actor text,
  at integer not null,
  added integer not null,
  changed integer not null,
  closed integer not null,
  reopened integer not null,
  removed integer not null,
  -- open stores from then on
  stores integer not null
) strict;

-- What made the latest version, as JSON, so that it can be taken back.
create table store_changes (
  version integer not null,
  id text not null,
  before text,
  after text,
  primary key (version, id)
) strict, without rowid;

-- the version that its stores were checked against; null where there was none
alter table jobs add column store_version integer;
