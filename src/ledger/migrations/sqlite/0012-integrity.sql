-- What was proven of each image, and why decode was not where it was asked for; null in results of before.

alter table results add column integrity text;
alter table results add column not_decoded text;
