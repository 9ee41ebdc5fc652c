-- What a client calls its jobs, visits and images, echoed and never looked into. `metadata` is a JSON object of texts, null for none.

alter table jobs add column external_id text collate "C";
alter table jobs add column metadata text;
alter table visits add column external_id text;
alter table visits add column metadata text;
alter table images add column external_id text;
alter table images add column metadata text;
create index jobs_by_external_id on jobs (external_id, id) where external_id is not null;
