-- Keys of clients, sessions of people in browsers, tenants, and who changed what.

alter table jobs add column tenant text not null default 'default';
create index jobs_by_tenant on jobs (tenant, id);
alter table webhook_endpoints add column tenant text not null default 'default';
alter table webhook_deliveries add column tenant text not null default 'default';
create index webhook_deliveries_by_tenant on webhook_deliveries (tenant, no);

-- Two tenants may choose the same key for a request: it is kept behind the tenant's name.
update idempotency set key = 'default ' || key;

create table api_keys (
  id text primary key,
  tenant text not null,
  name text not null,
  -- separated by commas
  scopes text not null,
  -- of the secret, which is nowhere
  digest text not null,
  created_at integer not null,
  expires_at integer,
  revoked_at integer,
  last_used_at integer
) strict;

create table sessions (
  digest text primary key,
  key_id text not null,
  expires_at integer not null
) strict;
create index sessions_by_end on sessions (expires_at);

create table audit_log (
  no integer primary key autoincrement,
  at integer not null,
  tenant text not null,
  -- a key's id; null where no keys are asked for
  actor text,
  action text not null,
  target text not null,
  address text not null,
  request_id text not null
) strict;
create index audit_log_by_tenant on audit_log (tenant, no);
