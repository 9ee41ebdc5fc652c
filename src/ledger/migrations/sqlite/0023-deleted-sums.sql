-- The sums of a deleted job go at once, and come back when it is restored; rows that go later are not in them any more.

alter table jobs add column is_out_of_sums integer not null default 0 check (is_out_of_sums in (0, 1));

create trigger jobs_out_of_sums after update of is_out_of_sums on jobs when old.is_out_of_sums <> new.is_out_of_sums begin
  insert into sum_changes (job, image, sign, perimeter, code)
  select job, image, 1 - 2 * new.is_out_of_sums, perimeter, code from results where job = new.id;
  insert into sum_changes (job, image, sign, marks)
  select job, image, 1 - 2 * new.is_out_of_sums, marks from flagged where job = new.id and marks <> 0 and state <> 2;
end;

drop trigger results_went;
create trigger results_went after delete on results
when not exists (select 1 from jobs where id = old.job and is_out_of_sums = 1) begin
  insert into sum_changes (job, image, sign, perimeter, code) values (old.job, old.image, -1, old.perimeter, old.code);
end;

drop trigger marks_came;
create trigger marks_came after insert on flagged
when new.marks <> 0 and new.state <> 2 and not exists (select 1 from jobs where id = new.job and is_out_of_sums = 1) begin
  insert into sum_changes (job, image, sign, marks) values (new.job, new.image, 1, new.marks);
end;
drop trigger marks_went;
create trigger marks_went after delete on flagged
when old.marks <> 0 and old.state <> 2 and not exists (select 1 from jobs where id = old.job and is_out_of_sums = 1) begin
  insert into sum_changes (job, image, sign, marks) values (old.job, old.image, -1, old.marks);
end;
drop trigger marks_changed;
create trigger marks_changed after update on flagged
when iif(old.state = 2, 0, old.marks) <> iif(new.state = 2, 0, new.marks)
  and not exists (select 1 from jobs where id = old.job and is_out_of_sums = 1) begin
  insert into sum_changes (job, image, sign, marks)
  select old.job, old.image, -1, old.marks where old.marks <> 0 and old.state <> 2;
  insert into sum_changes (job, image, sign, marks)
  select new.job, new.image, 1, new.marks where new.marks <> 0 and new.state <> 2;
end;

update jobs set is_out_of_sums = 1 where pruned_at > finished_at;
