-- Whether a job has a visit already that the client calls so.
create index visits_by_external_id on visits (job, external_id) where external_id is not null;
