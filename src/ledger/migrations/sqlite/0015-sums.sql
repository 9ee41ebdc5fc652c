-- Sums over jobs by day, week and month. What changes them is noted by triggers, in the transaction that changes it and whoever does, and is
-- added to them a moment later by one process at a time: writers of results never wait for each other's rows.

-- The field agent, by the member of the metadata that the tenant named when the visit came.
alter table visits add column agent text;
update visits
set agent = nullif(metadata ->> coalesce(
  (select settings ->> 'agentKey' from truth_settings where tenant = (select tenant from jobs where id = visits.job)), 'agent'), '')
where metadata is not null;

-- '' for a visit without a readable date: nulls would sort to the other end in the other database.
create index visits_by_date on visits (coalesce(visit_date, ''), job, no);

-- Results and marks that came (sign 1) or went (−1) and are not in the sums yet. Of a result `perimeter` or `code`, of a flagged image `marks`.
create table sum_changes (
  no integer primary key,
  job integer not null,
  image integer not null,
  sign integer not null check (sign in (1, -1)),
  perimeter integer,
  code text,
  marks integer,
  -- null in what was there before the sums were
  finished_at integer
) strict;

-- Results of the last day by the ten seconds in which they came: epoch milliseconds / 10,000.
create table throughput (
  slot integer not null,
  tenant text not null,
  images integer not null,
  primary key (slot, tenant)
) strict, without rowid;

create table sums (
  tenant text not null,
  -- all, area, store, host, agent
  dimension text not null,
  -- day, week (its Monday), month (its first day), or none: visits without a date
  grain text not null,
  day text not null,
  key text not null,
  visits integer not null,
  images integer not null,
  failed integer not null,
  perimeter integer not null,
  flagged integer not null,
  primary key (tenant, dimension, grain, day, key)
) strict, without rowid;

-- Failed images by code, flagged images by `flag:` and the flag.
create table cause_sums (
  tenant text not null,
  dimension text not null,
  grain text not null,
  day text not null,
  key text not null,
  cause text not null,
  images integer not null,
  primary key (tenant, dimension, grain, day, key, cause)
) strict, without rowid;

create trigger results_came after insert on results begin
  insert into sum_changes (job, image, sign, perimeter, code, finished_at)
  values (new.job, new.image, 1, new.perimeter, new.code, new.finished_at);
end;
create trigger results_went after delete on results begin
  insert into sum_changes (job, image, sign, perimeter, code) values (old.job, old.image, -1, old.perimeter, old.code);
end;

-- Flags that somebody dismissed (state 2) do not count.
create trigger marks_came after insert on flagged when new.marks <> 0 and new.state <> 2 begin
  insert into sum_changes (job, image, sign, marks) values (new.job, new.image, 1, new.marks);
end;
create trigger marks_went after delete on flagged when old.marks <> 0 and old.state <> 2 begin
  insert into sum_changes (job, image, sign, marks) values (old.job, old.image, -1, old.marks);
end;
create trigger marks_changed after update on flagged
when iif(old.state = 2, 0, old.marks) <> iif(new.state = 2, 0, new.marks) begin
  insert into sum_changes (job, image, sign, marks)
  select old.job, old.image, -1, old.marks where old.marks <> 0 and old.state <> 2;
  insert into sum_changes (job, image, sign, marks)
  select new.job, new.image, 1, new.marks where new.marks <> 0 and new.state <> 2;
end;

insert into sum_changes (job, image, sign, perimeter, code) select job, image, 1, perimeter, code from results;
insert into sum_changes (job, image, sign, marks) select job, image, 1, marks from flagged where marks <> 0 and state <> 2;
