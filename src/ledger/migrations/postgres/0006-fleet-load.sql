-- How busy the members are: places of their GPUs, and those that are taken.

alter table members add column gpu_places integer not null default 0;
alter table members add column gpu_busy integer not null default 0;
