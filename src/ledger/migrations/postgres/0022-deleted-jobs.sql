-- From now on `pruned_at` may lie ahead: nobody reads a deleted job, and until then it can be restored.
create index jobs_deleted on jobs (pruned_at) where pruned_at is not null;
