-- Whether a job is out of the sums is a value to look up: asked with "exists", PostgreSQL reads all jobs once there are many.

create or replace function storewalk_note_results() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into sum_changes (job, image, sign, perimeter, code, finished_at)
    select job, image, 1, perimeter, code, finished_at from changed;
  else
    insert into sum_changes (job, image, sign, perimeter, code)
    select job, image, -1, perimeter, code from changed
    where (select is_out_of_sums from jobs where id = changed.job) is not true;
  end if;
  return null;
end $$;
