-- What people want to be told of, and what they were told: a cause once while it lasts.

create table alerts (
  id integer primary key autoincrement,
  tenant text not null,
  name text not null,
  kind text not null,
  -- a decimal number
  threshold text not null,
  -- ids of webhooks, each between commas
  webhooks text not null,
  -- HH:MM, both or none; by whose clock, null for the tenant's
  quiet_from text,
  quiet_to text,
  time_zone text,
  tells_end integer not null check (tells_end in (0, 1)),
  enabled integer not null default 1 check (enabled in (0, 1)),
  -- up to there the ends of jobs were looked at
  last_end integer not null,
  -- grows with each that takes it
  token integer not null default 0,
  next_at integer not null,
  checked_at integer,
  told_at integer,
  created_at integer not null,
  check ((quiet_from is null) = (quiet_to is null))
) strict;
create index alerts_next on alerts (next_at) where enabled = 1;
create index alerts_by_tenant on alerts (tenant, id);

-- `told_in` and `over_in` are the tokens of the rounds that decided to tell it, and its end: the numbers of their messages.
create table alert_causes (
  alert integer not null,
  cause text not null,
  detail text not null,
  facts text not null,
  since integer not null,
  missed_at integer,
  ended_at integer,
  told_in integer,
  told_at integer,
  over_in integer,
  primary key (alert, cause)
) strict;

alter table webhook_deliveries add column alert integer;
alter table webhook_deliveries add column alert_no integer;
create unique index webhook_deliveries_once_an_alert on webhook_deliveries (alert, alert_no, event, endpoint) where alert is not null;
