-- Activities and their days, enrollments, bookings, and the replica of households.

create table activities (
    id uuid primary key,
    kind text not null,
    label text not null,
    site_label text not null,
    tariff_code text not null,
    age_min smallint not null,
    age_max smallint not null,
    starts_on date not null,
    ends_on date not null,
    cutoff_days_before smallint not null,
    cutoff_at time not null,
    check (age_min <= age_max),
    check (starts_on <= ends_on)
);

-- The fill factor leaves room beside each row for its next version: `taken` changes often and is in no index.
create table slots (
    id uuid primary key,
    activity_id uuid not null references activities,
    service_on date not null,
    capacity integer not null,
    taken integer not null default 0,
    closed_at timestamptz,
    unique (activity_id, service_on),
    constraint slots_never_oversold check (taken between 0 and capacity)
) with (fillfactor = 50);

create table enrollments (
    id uuid primary key,
    household_id uuid not null,
    child_id uuid not null,
    activity_id uuid not null references activities,
    status text not null check (status in ('requested', 'validated', 'refused', 'ended')),
    starts_on date not null,
    ends_on date not null,
    requested_by uuid not null,
    requested_at timestamptz not null,
    decided_by uuid,
    decided_at timestamptz,
    reason text,
    check (starts_on <= ends_on),
    check ((decided_by is null) = (decided_at is null))
);
create unique index enrollments_one_live on enrollments (child_id, activity_id)
where status in ('requested', 'validated');
create index enrollments_of_child on enrollments (child_id, activity_id, requested_at desc);
create index enrollments_of_activity on enrollments (activity_id);
create index enrollments_of_household on enrollments (household_id, id);
create index enrollments_to_decide on enrollments (id) where status = 'requested';

create table bookings (
    id uuid primary key,
    basket_id uuid not null,
    household_id uuid not null,
    child_id uuid not null,
    activity_id uuid not null,
    slot_id uuid not null references slots,
    service_on date not null,
    status text not null check (status in ('confirmed', 'cancelled')),
    booked_by uuid not null,
    confirmed_at timestamptz not null,
    cancelled_by uuid,
    cancelled_at timestamptz,
    attendance text,
    recorded_attendance text,
    check ((cancelled_by is null) = (cancelled_at is null))
);
create unique index bookings_one_live on bookings (slot_id, child_id) where status = 'confirmed';
create index bookings_of_household on bookings (household_id, service_on, id);

-- Replicas of people, each from a topic of its own: nothing here refers to a row that another topic brings.
-- `version` is the sequence of the state that was applied last.
create table households (
    household_id uuid primary key,
    version bigint not null
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

create view children as
select m.household_id, c.child_id, c.first_name, c.last_name, c.birth_on
from household_children m join child_records c on c.child_id = m.child_id;
