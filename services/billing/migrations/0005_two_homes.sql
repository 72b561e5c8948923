-- When a child changes homes, as `contracts/family/residence.py` reads it.
alter table residences add column change_weekday smallint;
alter table residences add column second_home_days smallint[] not null default '{}';
alter table residences add column holiday_zone text;
alter table residences add column holiday_even_first_id uuid;
