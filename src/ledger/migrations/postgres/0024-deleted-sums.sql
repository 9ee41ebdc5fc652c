-- The sums of a deleted job go at once, and come back when it is restored; rows that go later are not in them any more.

alter table jobs add column is_out_of_sums boolean not null default false;

create function storewalk_note_job() returns trigger language plpgsql as $$
declare by_sign integer := case when new.is_out_of_sums then -1 else 1 end;
begin
  insert into sum_changes (job, image, sign, perimeter, code)
  select job, image, by_sign, perimeter, code from results where job = new.id;
  insert into sum_changes (job, image, sign, marks)
  select job, image, by_sign, marks from flagged where job = new.id and marks <> 0 and state <> 2;
  return null;
end $$;
create trigger jobs_out_of_sums after update of is_out_of_sums on jobs for each row
  when (old.is_out_of_sums <> new.is_out_of_sums) execute function storewalk_note_job();

create or replace function storewalk_note_results() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into sum_changes (job, image, sign, perimeter, code, finished_at)
    select job, image, 1, perimeter, code, finished_at from changed;
  else
    insert into sum_changes (job, image, sign, perimeter, code)
    select job, image, -1, perimeter, code from changed
    where not exists (select 1 from jobs where id = changed.job and is_out_of_sums);
  end if;
  return null;
end $$;

create or replace function storewalk_note_marks() returns trigger language plpgsql as $$
declare of_job bigint := case when tg_op = 'DELETE' then old.job else new.job end;
begin
  if exists (select 1 from jobs where id = of_job and is_out_of_sums) then return null; end if;
  if tg_op <> 'INSERT' and old.marks <> 0 and old.state <> 2 then
    insert into sum_changes (job, image, sign, marks) values (old.job, old.image, -1, old.marks);
  end if;
  if tg_op <> 'DELETE' and new.marks <> 0 and new.state <> 2 then
    insert into sum_changes (job, image, sign, marks) values (new.job, new.image, 1, new.marks);
  end if;
  return null;
end $$;

update jobs set is_out_of_sums = true where pruned_at > finished_at;
