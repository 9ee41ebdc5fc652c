-- What tenants send to hosts that ask who is there.
create table host_access (
  id text primary key,
  tenant text not null,
  -- which URLs it is for
  pattern text not null,
  -- JSON: its kind, and what of it anybody may see
  settings text not null,
  -- AES-256-GCM under a key that is not in the database
  sealed text,
  created_at integer not null,
  rotated_at integer not null,
  unique (tenant, pattern)
) strict;
