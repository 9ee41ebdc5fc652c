-- Photos that came with a submission: one file for each content, and the jobs that use it. A file that has no row may go.

create table uploads (
  sha256 text primary key,
  -- its name in the upload folder
  file text not null unique,
  touched_at integer not null
) strict;

create table upload_uses (
  job integer not null,
  file text not null,
  primary key (job, file)
) strict, without rowid;
create index upload_uses_by_file on upload_uses (file);
