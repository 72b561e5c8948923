-- People, their household files, who answers for whom, and family quotients.
-- `*_key` columns hold names and addresses as they are compared: without accents, case or punctuation.

create extension if not exists btree_gist;

-- Everybody whom a file names, so that an adult and a child never share an id and each may stand in several files.
create table persons (
    person_id uuid primary key,
    kind text not null check (kind in ('adult', 'child')),
    created_at timestamptz not null,
    created_by uuid not null,
    unique (person_id, kind)
);

create table adults (
    adult_id uuid primary key,
    kind text not null generated always as ('adult') stored,
    civility text not null,
    first_name text not null,
    last_name text not null,
    name_key text collate "C" not null,
    email text,
    email_key text collate "C",
    phone text,
    is_invited boolean not null,
    revision integer not null default 1,
    foreign key (adult_id, kind) references persons (person_id, kind)
);
create index adults_by_name on adults (name_key);
-- An invited address opens one portal account, so it names one adult only.
create unique index adults_invited on adults (email_key) where is_invited;

create table children (
    child_id uuid primary key,
    kind text not null generated always as ('child') stored,
    first_name text not null,
    last_name text not null,
    -- As names are compared, and the place in lists.
    name_key text collate "C" not null,
    list_key text collate "C" not null,
    birth_on date not null,
    foreign key (child_id, kind) references persons (person_id, kind)
);

-- `next_turn_on`: the next day on which somebody begins to belong to the household or to pay for it, or does no longer: that is news then.
create table households (
    household_id uuid primary key,
    reference text not null unique,
    address_lines text[] not null,
    postal_code text not null,
    city text not null,
    -- Who pays today, or is nearest to it in time, and the key by which the file is sorted.
    payer_adult_id uuid references adults on delete set null,
    payer_key text collate "C" not null,
    search_words tsvector not null,
    next_turn_on date,
    created_at timestamptz not null,
    created_by uuid not null
);
create index households_payer on households (payer_adult_id);
create index households_by_payer on households (payer_key, household_id);
create index households_turning on households (next_turn_on) where next_turn_on is not null;
create index households_by_word on households using gin (search_words);

-- The last number that a file took: a counter's row goes back with a refused opening, as a sequence would not.
create table household_numbers (
    series text primary key,
    last_number integer not null
);

-- Who belongs to a household, and when. A person may belong to several.
create table household_members (
    household_id uuid not null references households,
    person_id uuid not null,
    kind text not null,
    position smallint not null,
    during daterange not null check (not isempty(during) and not lower_inf(during)),
    foreign key (person_id, kind) references persons (person_id, kind),
    exclude using gist (household_id with =, person_id with =, during with &&)
);
create index household_members_of_person on household_members (person_id, kind);

create table household_payers (
    household_id uuid not null references households,
    adult_id uuid not null references adults,
    during daterange not null check (not isempty(during) and not lower_inf(during)),
    exclude using gist (household_id with =, during with &&)
);
create index household_payers_adult on household_payers (adult_id);

-- What an adult is to a child; who entered it stands in the history. Roles and authorities grow, so that they are no closed list here.
create table responsibilities (
    child_id uuid not null references children,
    adult_id uuid not null references adults,
    role text not null,
    authority text not null,
    evidence text,
    during daterange not null check (not isempty(during) and not lower_inf(during)),
    exclude using gist (child_id with =, adult_id with =, role with =, during with &&)
);
create index responsibilities_adult on responsibilities (adult_id);

-- Where a child lives; `household_ids` in the order of the pattern.
create table residences (
    child_id uuid not null references children,
    pattern text not null,
    household_ids uuid[] not null check (cardinality(household_ids) between 1 and 2),
    anchor_on date,
    evidence text,
    during daterange not null check (not isempty(during) and not lower_inf(during)),
    exclude using gist (child_id with =, during with &&)
);

-- Children whose coming of age was told to their households.
create table comings_of_age (
    child_id uuid primary key references children,
    noted_at timestamptz not null
);

-- A quotient is never rewritten: a correction closes the row of the same day and adds another.
create table quotients (
    quotient_id uuid primary key,
    household_id uuid not null references households,
    effective_on date not null,
    value_cents integer not null check (value_cents >= 0),
    source text not null,
    recorded_at timestamptz not null,
    recorded_by uuid not null,
    replaced_at timestamptz
);
create unique index quotients_current on quotients (household_id, effective_on) where replaced_at is null;
create index quotients_of_household on quotients (household_id);
