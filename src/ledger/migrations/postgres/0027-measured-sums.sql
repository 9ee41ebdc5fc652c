-- What the measured images of a chunk come to, for the summary of a job: by host, format and class of size (the places among the labels of domain/megapixels.ts).
-- Results of before are in none: their jobs are summed up from the results.

create table measured_sums (
  job bigint not null,
  chunk integer not null,
  host text collate "C" not null,
  format text collate "C" not null,
  size integer not null,
  images integer not null,
  -- those whose time is known, their milliseconds together, and the longest
  timed integer not null,
  total_ms bigint not null,
  worst_ms integer not null,
  primary key (job, chunk, host, format, size)
);
