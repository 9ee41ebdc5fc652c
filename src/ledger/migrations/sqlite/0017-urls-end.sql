-- When the first signed URL of a job ends, by what the URLs say; null without one. Whose end comes first goes first among equals.
alter table jobs add column urls_end_at integer;
