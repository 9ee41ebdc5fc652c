-- Sums of each grain lie together: a year of 5,000 stores by month was read from among its days and weeks, a page of the table for every ten rows.

alter table sums rename to sums_of_all_grains;
alter index sums_pkey rename to sums_of_all_grains_pkey;
create table sums (
  like sums_of_all_grains,
  primary key (tenant, dimension, grain, day, key)
) partition by list (grain);
create table sums_day partition of sums for values in ('day') with (fillfactor = 70);
create table sums_week partition of sums for values in ('week') with (fillfactor = 70);
create table sums_month partition of sums for values in ('month') with (fillfactor = 70);
create table sums_none partition of sums for values in ('none') with (fillfactor = 70);
insert into sums select * from sums_of_all_grains;
drop table sums_of_all_grains;

alter table cause_sums rename to cause_sums_of_all_grains;
alter index cause_sums_pkey rename to cause_sums_of_all_grains_pkey;
create table cause_sums (
  like cause_sums_of_all_grains,
  primary key (tenant, dimension, grain, day, key, cause)
) partition by list (grain);
create table cause_sums_day partition of cause_sums for values in ('day') with (fillfactor = 70);
create table cause_sums_week partition of cause_sums for values in ('week') with (fillfactor = 70);
create table cause_sums_month partition of cause_sums for values in ('month') with (fillfactor = 70);
create table cause_sums_none partition of cause_sums for values in ('none') with (fillfactor = 70);
insert into cause_sums select * from cause_sums_of_all_grains;
drop table cause_sums_of_all_grains;

-- Nobody has read them yet, and no statistics tell how many there are.
analyze sums, cause_sums;
