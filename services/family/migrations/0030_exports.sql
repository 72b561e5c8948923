-- The whole file of an adult, on its way and for some days; what it holds is sealed with the key of the adult, and goes with it.
create table exports (
    export_id uuid primary key,
    household_id uuid not null references households on delete cascade,
    adult_id uuid not null references adults on delete cascade,
    created_at timestamptz not null,
    created_by uuid not null,
    ends_on date not null,
    archive bytea
);
create index exports_of_adult on exports (adult_id, export_id);
create index exports_of_household on exports (household_id);

create table export_parts (
    export_id uuid not null references exports on delete cascade,
    service text not null,
    sealed bytea not null,
    primary key (export_id, service)
);
