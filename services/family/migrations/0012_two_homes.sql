-- What an entry about custody rests on: a judgment, an agreement or a declaration, its date, and words by which it is found again.
alter table responsibilities add column evidence_kind text check (evidence_kind in ('judgment', 'agreement', 'declaration'));
alter table responsibilities add column evidence_on date;
alter table residences add column evidence_kind text check (evidence_kind in ('judgment', 'agreement', 'declaration'));
alter table residences add column evidence_on date;

-- When a child changes homes: the ISO day of the week, the hour (none: after school), the days of a fortnight at the second home, and who has
-- the first half of the holidays that begin in an even year, by the calendar of a school zone.
alter table residences add column change_weekday smallint check (change_weekday between 1 and 7);
alter table residences add column change_hour time;
alter table residences add column second_home_days smallint[] not null default '{}';
alter table residences add column holiday_zone text;
alter table residences add column holiday_even_first_id uuid;
alter table residences add check ((holiday_zone is null) = (holiday_even_first_id is null));

-- Days by hand: they lie above the pattern.
create table home_swaps (
    child_id uuid not null references children,
    household_id uuid not null references households,
    during daterange not null check (not isempty(during) and not lower_inf(during) and not upper_inf(during)),
    exclude using gist (child_id with =, during with &&)
);
create index home_swaps_household on home_swaps (household_id);
