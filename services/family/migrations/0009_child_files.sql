-- What is known of a child's health, and what its parents authorize. All that is said stands sealed with the child's own key (`history_keys`).

-- `sealed` is what the family says, in its `revision`; `proof` what was seen of the vaccinations.
create table health_files (
    child_id uuid primary key references children,
    revision integer not null default 0 check (revision >= 0),
    sealed bytea,
    changed_at timestamptz,
    changed_by uuid,
    proof bytea,
    check ((sealed is null) = (revision = 0)),
    check ((changed_at is null) = (sealed is null)),
    check ((changed_by is null) = (changed_at is null))
);

-- What each parent says for the school year that begins in `school_year`.
create table authorization_answers (
    child_id uuid not null references children,
    school_year smallint not null,
    adult_id uuid not null references adults,
    sealed bytea not null,
    primary key (child_id, school_year, adult_id)
);
create index authorization_answers_of_adult on authorization_answers (adult_id);

-- Which parent said when that a child's file is right for a school year.
create table file_confirmations (
    child_id uuid not null references children,
    school_year smallint not null,
    adult_id uuid not null references adults,
    confirmed_at timestamptz not null,
    primary key (child_id, school_year, adult_id)
);
create index file_confirmations_of_adult on file_confirmations (adult_id);

-- A replica: with which key the booking service, as long as it has a child in care, can read what it needs to know.
create table care_readers (
    child_id uuid primary key,
    version bigint not null,
    public_key text not null
);
