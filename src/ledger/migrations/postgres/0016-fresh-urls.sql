-- Fresh URLs for images that failed: gathered beside their job, put in their places all at once.

create table fresh_urls (
  -- a job in preparation that never becomes one
  draft bigint not null,
  image integer not null,
  -- of the list that gives it
  line integer not null,
  url text not null,
  primary key (draft, image)
);

-- the URL at which it failed, where a fresh one took its place
alter table past_results add column url text;

-- the URL that the image had then, where a fresh one took its place before it was added up
alter table sum_changes add column url text;

create index images_by_external_id on images (job, external_id) where external_id is not null;
