-- Sums over jobs by day, week and month. What changes them is noted by triggers, in the transaction that changes it and whoever does, and is
-- added to them a moment later by one process at a time: writers of results never wait for each other's rows.

-- The field agent, by the member of the metadata that the tenant named when the visit came.
alter table visits add column agent text collate "C";
update visits
set agent = nullif(cast(metadata as json) ->> coalesce(
  (select cast(settings as json) ->> 'agentKey' from truth_settings where tenant = (select tenant from jobs where id = visits.job)), 'agent'), '')
where metadata is not null and position('\u0000' in metadata) = 0 and position('\ud' in metadata) = 0;

-- '' for a visit without a readable date: nulls would sort to the other end in the other database.
create index visits_by_date on visits (coalesce(visit_date, ''), job, no);

-- Results and marks that came (sign 1) or went (−1) and are not in the sums yet. Of a result `perimeter` or `code`, of a flagged image `marks`.
create table sum_changes (
  no bigint generated always as identity primary key,
  job bigint not null,
  image bigint not null,
  sign integer not null check (sign in (1, -1)),
  perimeter bigint,
  code text,
  marks bigint,
  -- null in what was there before the sums were
  finished_at bigint
);

-- Results of the last day by the ten seconds in which they came: epoch milliseconds / 10,000.
create table throughput (
  slot bigint not null,
  tenant text collate "C" not null,
  images bigint not null,
  primary key (slot, tenant)
);

create table sums (
  tenant text collate "C" not null,
  -- all, area, store, host, agent
  dimension text collate "C" not null,
  -- day, week (its Monday), month (its first day), or none: visits without a date
  grain text collate "C" not null,
  day text collate "C" not null,
  key text collate "C" not null,
  visits bigint not null,
  images bigint not null,
  failed bigint not null,
  perimeter bigint not null,
  flagged bigint not null,
  primary key (tenant, dimension, grain, day, key)
) with (fillfactor = 70);

-- Failed images by code, flagged images by `flag:` and the flag.
create table cause_sums (
  tenant text collate "C" not null,
  dimension text collate "C" not null,
  grain text collate "C" not null,
  day text collate "C" not null,
  key text collate "C" not null,
  cause text collate "C" not null,
  images bigint not null,
  primary key (tenant, dimension, grain, day, key, cause)
) with (fillfactor = 70);

-- Once for a statement, whatever number of rows it has.
create function storewalk_note_results() returns trigger language plpgsql as $$
begin
  insert into sum_changes (job, image, sign, perimeter, code, finished_at)
  select job, image, case tg_op when 'INSERT' then 1 else -1 end, perimeter, code, finished_at from changed;
  return null;
end $$;
create trigger results_came after insert on results referencing new table as changed
  for each statement execute function storewalk_note_results();
create trigger results_went after delete on results referencing old table as changed
  for each statement execute function storewalk_note_results();

-- Flags that somebody dismissed (state 2) do not count.
create function storewalk_note_marks() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' and old.marks <> 0 and old.state <> 2 then
    insert into sum_changes (job, image, sign, marks) values (old.job, old.image, -1, old.marks);
  end if;
  if tg_op <> 'DELETE' and new.marks <> 0 and new.state <> 2 then
    insert into sum_changes (job, image, sign, marks) values (new.job, new.image, 1, new.marks);
  end if;
  return null;
end $$;
create trigger marks_came after insert or delete on flagged
  for each row execute function storewalk_note_marks();
create trigger marks_changed after update on flagged for each row
  when (case old.state when 2 then 0 else old.marks end <> case new.state when 2 then 0 else new.marks end)
  execute function storewalk_note_marks();

insert into sum_changes (job, image, sign, perimeter, code) select job, image, 1, perimeter, code from results;
insert into sum_changes (job, image, sign, marks) select job, image, 1, marks from flagged where marks <> 0 and state <> 2;
