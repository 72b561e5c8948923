-- The town's copy of the national address base, which addresses belong to which school, and derogations from that.

-- From which file the copy was made; one row at most.
create table address_bases (
    label text primary key,
    loaded_at timestamptz not null,
    street_count integer not null,
    address_count integer not null
);
create unique index address_bases_alone on address_bases ((true));

-- `street_key` and `city_keys` are compared (`addresses/domain.py`); a commune has another name on letters, now and then.
create table base_streets (
    street_id integer primary key,
    name text not null,
    postal_code text not null,
    city text not null,
    street_key text collate "C" not null,
    city_keys text[] not null
);
create index base_streets_by_key on base_streets (street_key, postal_code);

-- By what a street is found: rows, not a column under GIN, which the planner would read past for so few streets.
create table base_street_marks (
    mark text collate "C" not null,
    street_id integer not null references base_streets on delete cascade,
    primary key (mark, street_id)
);
create index base_street_marks_of_street on base_street_marks (street_id);

-- `address_id` is the identifier of the base itself. A place without numbers has none.
create table base_addresses (
    address_id text primary key,
    street_id integer not null references base_streets on delete cascade,
    number integer check (number between 0 and 99999),
    suffix text not null,
    suffix_key text collate "C" not null
);
create index base_addresses_of_street on base_addresses (street_id, number);

-- Which address of the base a household's is, if it is one: no reference, for the copy is replaced whole. A protected address has none.
alter table households add column base_address_id text;
create index households_unverified on households (payer_key, household_id)
    where base_address_id is null and address_lines is not null and country is null;

-- Since when the sectors of a school year count.
create table sector_plans (
    school_year smallint primary key check (school_year between 2000 and 2100),
    published_at timestamptz,
    published_by uuid,
    check ((published_at is null) = (published_by is null))
);

-- Segments of the plan that agents work on, and of the published one. Levels are places among `SectorLevel`, from 0; without a street, what no other
-- segment says of the commune.
create table sector_segments (
    segment_id uuid not null,
    is_published boolean not null,
    school_year smallint not null references sector_plans,
    school text not null,
    first_level smallint not null,
    last_level smallint not null,
    city text not null,
    street text,
    side text not null check (side in ('both', 'odd', 'even')),
    from_number integer,
    until_number integer,
    primary key (segment_id, is_published),
    check (first_level <= last_level),
    check (street is not null or (side = 'both' and from_number is null and until_number is null)),
    check (from_number <= until_number)
);
create index sector_segments_of_year on sector_segments (school_year, is_published);

-- What a family asks for, and what became of it. `sealed` holds what was written, with the child's own key.
create table derogations (
    derogation_id uuid primary key,
    child_id uuid not null references children,
    school_year smallint not null check (school_year between 2000 and 2100),
    school text not null,
    sector_schools text[] not null,
    reason text not null,
    status text not null check (status in ('waiting', 'granted', 'refused', 'withdrawn')),
    asked_on date not null,
    sealed bytea not null,
    recorded_at timestamptz not null,
    recorded_by uuid not null,
    decided_at timestamptz,
    decided_by uuid,
    check ((decided_at is null) = (decided_by is null)),
    check ((status in ('granted', 'refused')) <= (decided_at is not null)),
    check ((status = 'waiting') <= (decided_at is null))
);
create index derogations_of_child on derogations (child_id);
create index derogations_listed on derogations (asked_on, derogation_id);
-- One open request for each child and year.
create unique index derogations_open on derogations (child_id, school_year) where status = 'waiting';
