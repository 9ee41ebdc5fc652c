-- Photos that came with a submission: one file for each content, and the jobs that use it. A file that has no row may go.

create table uploads (
  sha256 text collate "C" primary key,
  -- its name in the upload folder
  file text collate "C" not null unique,
  touched_at bigint not null
);

create table upload_uses (
  job bigint not null,
  file text collate "C" not null,
  primary key (job, file)
);
create index upload_uses_by_file on upload_uses (file);
