-- Who insures a child for the school year that begins in `school_year`: sealed with the child's own key (`history_keys`), but for the last day.
create table insurances (
    child_id uuid not null references children,
    school_year smallint not null,
    revision integer not null check (revision > 0),
    ends_on date not null,
    sealed bytea not null,
    primary key (child_id, school_year)
);
create index insurances_by_year on insurances (school_year);

-- The picture of somebody around children, one for all of them: a small JPEG, sealed with a key of its own, that goes with the last row of `entourage`.
create table portraits (
    contact_id uuid primary key,
    sealed bytea not null
);
