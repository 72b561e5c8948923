-- Sites, activities with their groups and units, the places of each day, enrollments, bookings, attendance, and the replica of households.

create extension if not exists btree_gist;

create table sites (
    code text primary key,
    label text not null
);

create table activities (
    id uuid primary key,
    kind text not null,
    label text not null,
    tariff_code text not null,
    age_min smallint not null,
    age_max smallint not null,
    starts_on date not null,
    ends_on date not null,
    cutoff_days_before smallint not null,
    cutoff_at time not null,
    required_documents text[] not null,
    check (age_min <= age_max),
    check (starts_on <= ends_on)
);

-- A unit of the day. It takes its places from the pools of the units that it `implies`, or from one of its own name; a child who
-- has one that it `excludes` cannot have it on the same day. Times of day exclude the end.
create table units (
    activity_id uuid not null references activities,
    code text not null,
    label text not null,
    starts_at time not null,
    ends_at time not null,
    implies text[] not null,
    excludes text[] not null,
    span int4range not null generated always as (
        int4range((extract(epoch from starts_at) / 60)::int, (extract(epoch from ends_at) / 60)::int)
    ) stored,
    parts text[] not null generated always as (case when implies = '{}' then array[code] else implies end) stored,
    primary key (activity_id, code),
    check (starts_at < ends_at)
);

-- Children of one age or class at a site. Each site of an activity has one that is its default.
create table groups (
    id uuid primary key,
    activity_id uuid not null references activities,
    site_code text not null references sites,
    code text not null,
    label text not null,
    is_default boolean not null,
    unique (activity_id, site_code, code),
    unique (id, activity_id, site_code)
);
create unique index groups_one_default on groups (activity_id, site_code) where is_default;
create index groups_of_site on groups (site_code);

-- Places of a group in a part of a day. The fill factor leaves room beside each row for its next version: `taken` changes often
-- and is in no index.
create table pools (
    id uuid primary key,
    group_id uuid not null references groups,
    service_on date not null,
    part text not null,
    capacity integer not null,
    taken integer not null default 0,
    unique (group_id, service_on, part),
    constraint pools_never_oversold check (taken between 0 and capacity)
) with (fillfactor = 50);

-- `pool_ids` are the pools of its unit's parts. Whoever changes what is booked of a slot holds its `lock_ids`: those pools, and those
-- of the units that its unit excludes. None of them ever changes, nor do the slot's other keys. `marks_version` counts the changes of its
-- sheet: a line that went with its booking and came back does not bear a number that it bore before.
create table slots (
    id uuid primary key,
    activity_id uuid not null,
    site_code text not null,
    group_id uuid not null,
    unit_code text not null,
    service_on date not null,
    pool_ids uuid[] not null check (pool_ids <> '{}'),
    lock_ids uuid[] not null check (lock_ids @> pool_ids),
    closed_at timestamptz,
    marks_version integer not null default 0,
    unique (group_id, service_on, unit_code),
    unique (id, service_on),
    foreign key (group_id, activity_id, site_code) references groups (id, activity_id, site_code),
    foreign key (activity_id, unit_code) references units
);
create index slots_of_unit on slots (activity_id, unit_code, service_on);
create index slots_by_day on slots (service_on, id);

create table enrollments (
    id uuid primary key,
    household_id uuid not null,
    child_id uuid not null,
    activity_id uuid not null references activities,
    status text not null check (status in ('requested', 'validated', 'refused', 'ended')),
    days daterange not null check (not isempty(days) and not lower_inf(days) and not upper_inf(days)),
    requested_by uuid not null,
    requested_at timestamptz not null,
    decided_by uuid,
    decided_at timestamptz,
    reason text,
    ended_by uuid,
    ended_at timestamptz,
    end_reason text,
    constraint enrollments_apart exclude using gist (child_id with =, activity_id with =, household_id with =, days with &&)
        where (status in ('requested', 'validated')),
    check ((decided_by is null) = (decided_at is null)),
    check ((ended_by is null) = (ended_at is null)),
    check ((ended_at is null) = (end_reason is null))
);
create index enrollments_of_child on enrollments (child_id, activity_id, requested_at desc);
create index enrollments_of_activity on enrollments (activity_id);
create index enrollments_of_household on enrollments (household_id, id);
create index enrollments_to_decide on enrollments (id) where status = 'requested';

-- The group that an enrolled child is in, day by day; together they cover the days of the enrollment.
create table placements (
    id uuid primary key,
    enrollment_id uuid not null references enrollments,
    group_id uuid not null references groups,
    during daterange not null check (not isempty(during) and not lower_inf(during) and not upper_inf(during)),
    constraint placements_apart exclude using gist (enrollment_id with =, during with &&)
);
create index placements_of_group on placements (group_id);

-- Partitions hold a school year each (`open_school_year`), here and below. A booking that is held, requested or confirmed is live: the child is there
-- in those minutes of the day (end excluded), and nowhere else. The child comes first in that constraint, for it tells more rows apart than the day.
create table bookings (
    id uuid not null,
    service_on date not null,
    basket_id uuid not null,
    household_id uuid not null,
    child_id uuid not null,
    activity_id uuid not null,
    slot_id uuid not null,
    span int4range not null check (not isempty(span) and not lower_inf(span) and not upper_inf(span)),
    status text not null,
    booked_by uuid not null,
    confirmed_at timestamptz not null,
    cancelled_by uuid,
    cancelled_at timestamptz,
    primary key (service_on, id),
    foreign key (slot_id, service_on) references slots (id, service_on),
    check ((cancelled_by is null) = (cancelled_at is null)),
    constraint bookings_one_place exclude using gist (child_id with =, service_on with =, span with &&)
        where (status in ('held', 'requested', 'confirmed'))
) partition by range (service_on);
create index bookings_of_slot on bookings (slot_id, child_id) where status in ('held', 'requested', 'confirmed');
create index bookings_of_household on bookings (household_id, service_on, id);

-- What was seen of a child on a day; without `booking_id` it came unbooked. `device_mark_ids` are the marks of devices that were noted
-- here, so that one that is sent again is known; `version` is the `marks_version` of its slot at the last change.
create table attendances (
    slot_id uuid not null,
    service_on date not null,
    child_id uuid not null,
    household_id uuid not null,
    booking_id uuid,
    mark text not null,
    arrived_at timestamptz,
    left_at timestamptz,
    marked_by uuid not null,
    marked_at timestamptz not null,
    device_mark_ids uuid[] not null,
    version integer not null,
    primary key (service_on, slot_id, child_id),
    foreign key (slot_id, service_on) references slots (id, service_on),
    foreign key (service_on, booking_id) references bookings
) partition by range (service_on);
create index attendances_of_booking on attendances (service_on, booking_id);
create index attendances_unbooked on attendances (child_id, service_on) where mark = 'unbooked';

-- What the closings of a sheet published last of a child, under each source: a booking, or the home for which it came unbooked. Others
-- have acted on it, so a row stays when the child has another source on the sheet: it is taken back by the next closing.
create table attendance_records (
    attendance_id uuid not null,
    slot_id uuid not null,
    service_on date not null,
    child_id uuid not null,
    household_id uuid not null,
    booking_id uuid,
    mark text not null,
    arrived_at timestamptz,
    left_at timestamptz,
    primary key (service_on, attendance_id),
    foreign key (slot_id, service_on) references slots (id, service_on),
    foreign key (service_on, booking_id) references bookings
) partition by range (service_on);
create index attendance_records_of_slot on attendance_records (slot_id);
create index attendance_records_of_booking on attendance_records (service_on, booking_id);

-- Makes the partitions of the school year that begins on 1 September of `year`, unless they are there. They are built apart and then
-- attached, so that nobody waits who reads. For their foreign keys, whoever writes slots, bookings or what was seen waits until the
-- transaction that makes them ends: a job makes those of the next year while nobody needs them.
create function open_school_year(year integer) returns void language plpgsql as $$
declare
    whole text;
    place text;
begin
    if to_regclass(format('bookings_%s', year)) is not null then
        return;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('school years', 0));
    if to_regclass(format('bookings_%s', year)) is not null then
        return;
    end if;
    foreach whole in array array['bookings', 'attendances', 'attendance_records'] loop
        place := format('%s_%s', whole, year);
        execute format('create table %I (like %I including all)', place, whole);
        execute format(
            'alter table %I attach partition %I for values from (%L) to (%L)',
            whole, place, make_date(year, 9, 1), make_date(year + 1, 9, 1)
        );
    end loop;
end
$$;
select open_school_year(extract(year from current_date - interval '8 months')::int + ahead) from generate_series(0, 1) ahead;

-- Replicas of people, each from a topic of its own: nothing here refers to a row that another topic brings.
-- `version` is the sequence of the state that was applied last.
create table households (
    household_id uuid primary key,
    version bigint not null,
    reference text not null
);

create table household_adults (
    household_id uuid not null references households on delete cascade,
    adult_id uuid not null,
    days datemultirange not null,
    primary key (household_id, adult_id)
);

create table household_children (
    household_id uuid not null references households on delete cascade,
    child_id uuid not null,
    days datemultirange not null,
    primary key (household_id, child_id)
);
create index household_children_child on household_children (child_id);

create table child_records (
    child_id uuid primary key,
    version bigint not null,
    first_name text not null,
    last_name text not null,
    birth_on date not null
);

create table custody (
    child_id uuid primary key,
    version bigint not null
);

create table responsibilities (
    child_id uuid not null references custody on delete cascade,
    adult_id uuid not null,
    role text not null,
    authority text not null,
    days datemultirange not null,
    primary key (child_id, adult_id, role, authority)
);

-- Derived: an adult acts for a child in a household on the days on which both belong to it and the adult answers for the child. It goes
-- with whichever of the two it was derived from.
create table guardianships (
    household_id uuid not null references households on delete cascade,
    adult_id uuid not null,
    child_id uuid not null references custody on delete cascade,
    days datemultirange not null check (not isempty(days)),
    primary key (adult_id, child_id, household_id)
);
create index guardianships_of_household on guardianships (household_id);
create index guardianships_of_child on guardianships (child_id);

-- A child as a household calls it, and the days on which it belongs to it: what is done for it is done for a household of the day.
create view children as
select m.household_id, m.days, c.child_id, c.first_name, c.last_name, c.birth_on
from household_children m join child_records c on c.child_id = m.child_id;
