-- What tenants send to hosts that ask who is there.
create table host_access (
  id text collate "C" primary key,
  tenant text collate "C" not null,
  -- which URLs it is for
  pattern text collate "C" not null,
  -- JSON: its kind, and what of it anybody may see
  settings text not null,
  -- AES-256-GCM under a key that is not in the database
  sealed text,
  created_at bigint not null,
  rotated_at bigint not null,
  unique (tenant, pattern)
);
