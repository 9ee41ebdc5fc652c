-- Windows of sketches by bucket, 9 bytes each, under one number: the part's times 2^22, and the bucket's. Under a text and a number, in a table
-- without rowid, ten million photos took 70 bytes a photo more. `print_buckets` holds those of photos that a version before inspected, 10 bytes
-- each, and empties with them; `prints.buckets` too: which buckets a photo is in is worked out of its sketch.
create table print_entries (
  place integer primary key,
  entries blob not null
) strict;

-- A part is for one tenant's photos of 2^24 numbers, so that an entry names a photo in three bytes.
create table print_parts (
  no integer primary key autoincrement,
  tenant text not null,
  span integer not null,
  unique (tenant, span)
) strict;
