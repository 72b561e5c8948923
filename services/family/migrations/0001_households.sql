-- Household files. `*_key` columns hold names and addresses as they are compared: without accents, case or punctuation.

create sequence household_references;

create table households (
    household_id uuid primary key,
    reference text not null unique,
    address_lines text[] not null,
    postal_code text not null,
    city text not null,
    payer_guardian_id uuid not null,
    payer_key text collate "C" not null,
    search_words tsvector not null,
    created_at timestamptz not null,
    created_by uuid not null
);
create index households_by_payer on households (payer_key, household_id);
create index households_by_word on households using gin (search_words);

create table guardians (
    guardian_id uuid primary key,
    household_id uuid not null references households,
    position smallint not null,
    civility text not null,
    first_name text not null,
    last_name text not null,
    name_key text collate "C" not null,
    email text,
    email_key text collate "C",
    phone text,
    is_invited boolean not null,
    unique (household_id, position)
);
create index guardians_by_name on guardians (name_key);
-- An invited address opens one portal account, so it stands in one file only.
create unique index guardians_invited on guardians (email_key) where is_invited;
alter table households add foreign key (payer_guardian_id) references guardians deferrable initially deferred;

create table children (
    child_id uuid primary key,
    household_id uuid not null references households,
    position smallint not null,
    first_name text not null,
    last_name text not null,
    name_key text collate "C" not null,
    birth_on date not null,
    unique (household_id, position)
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
