-- Imports of households: runs with their lines, and which households and children came from which keys of the former software.

create table household_imports (
    run_id uuid primary key,
    label text not null,
    status text not null check (status in ('examining', 'proposed', 'running', 'done')),
    is_updating boolean not null,
    is_inviting boolean not null,
    created_at timestamptz not null,
    created_by uuid not null,
    confirmed_at timestamptz,
    confirmed_by uuid,
    finished_at timestamptz,
    check ((confirmed_at is null) = (confirmed_by is null)),
    check ((status in ('examining', 'proposed')) = (confirmed_at is null)),
    check ((status = 'done') = (finished_at is not null))
);
-- One import works at a time.
create unique index household_imports_running on household_imports ((true)) where status = 'running';
create index household_imports_examining on household_imports (run_id) where status = 'examining';
create index household_imports_age on household_imports ((coalesce(finished_at, created_at)));

-- The report of an import. `position` is the line number of the first line of its household; `cells` are what the file says, until the line is settled,
-- and as long as it is refused. `sealed` is what they say of an address that is secret, or is to be, sealed with the run's key until its household was worked off.
create table household_import_lines (
    run_id uuid not null references household_imports on delete cascade,
    line_number integer not null,
    position integer not null,
    household_key text not null,
    cells jsonb,
    sealed bytea,
    finding text not null,
    faults jsonb,
    household_id uuid references households on delete set null,
    primary key (run_id, line_number)
);
create index household_import_lines_waiting on household_import_lines (run_id, position)
    where finding in ('waiting', 'to_open', 'to_update', 'to_invite');
create index household_import_lines_position on household_import_lines (run_id, position);
create index household_import_lines_finding on household_import_lines (run_id, finding, line_number);
create index household_import_lines_child on household_import_lines (run_id, (cells ->> 'child_key'), line_number)
    where cells ->> 'child_key' is not null;
create index household_import_lines_key on household_import_lines (household_key);
create index household_import_lines_household on household_import_lines (household_id);

-- `fingerprint` stands for what the file said of the household when it was read last: the same again changes nothing.
create table imported_households (
    household_key text primary key,
    household_id uuid not null references households on delete cascade,
    fingerprint bytea not null
);
create index imported_households_household on imported_households (household_id);

create table imported_children (
    child_key text primary key,
    child_id uuid not null references children on delete cascade
);
create index imported_children_child on imported_children (child_id);
