-- What people want to be told of, and what they were told: a cause once while it lasts.

create table alerts (
  id bigint generated always as identity primary key,
  tenant text collate "C" not null,
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
  tells_end bigint not null check (tells_end in (0, 1)),
  enabled bigint not null default 1 check (enabled in (0, 1)),
  -- up to there the ends of jobs were looked at
  last_end bigint not null,
  -- grows with each that takes it
  token bigint not null default 0,
  next_at bigint not null,
  checked_at bigint,
  told_at bigint,
  created_at bigint not null,
  check ((quiet_from is null) = (quiet_to is null))
);
create index alerts_next on alerts (next_at) where enabled = 1;
create index alerts_by_tenant on alerts (tenant, id);

-- `told_in` and `over_in` are the tokens of the rounds that decided to tell it, and its end: the numbers of their messages.
create table alert_causes (
  alert bigint not null,
  cause text collate "C" not null,
  detail text not null,
  facts text not null,
  since bigint not null,
  missed_at bigint,
  ended_at bigint,
  told_in bigint,
  told_at bigint,
  over_in bigint,
  primary key (alert, cause)
);

alter table webhook_deliveries add column alert bigint;
alter table webhook_deliveries add column alert_no bigint;
create unique index webhook_deliveries_once_an_alert on webhook_deliveries (alert, alert_no, event, endpoint) where alert is not null;
