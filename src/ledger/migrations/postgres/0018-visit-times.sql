-- Times of visits as they were read, and how tenants write theirs.

-- RFC 3339, where the text as submitted does not say it so
alter table visits add column visit_at text;

create table tenant_times (
  tenant text primary key,
  -- dmy, mdy, ymd
  dates text,
  time_zone text
);
