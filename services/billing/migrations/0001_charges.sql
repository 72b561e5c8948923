-- What billing knows of others (replicas), the price grids, and what each booked day costs.

create extension if not exists btree_gist;

create table households (
    household_id uuid primary key,
    version bigint not null,
    payer_name text,
    address_lines text[] not null
);

create table household_adults (
    household_id uuid not null references households on delete cascade,
    adult_id uuid not null,
    email text,
    days datemultirange not null,
    primary key (household_id, adult_id)
);
create index household_adults_adult on household_adults (adult_id);

create table household_children (
    household_id uuid not null references households on delete cascade,
    child_id uuid not null,
    name text not null,
    days datemultirange not null,
    primary key (household_id, child_id)
);
create index household_children_child on household_children (child_id);

create table activities (
    activity_id uuid primary key,
    version bigint not null,
    label text not null,
    tariff_code text not null
);

-- `is_to_apply`: the household's open charges are still to be priced again with what is known now.
create table quotient_files (
    household_id uuid primary key,
    version bigint not null,
    is_to_apply boolean not null
);
create index quotient_files_to_apply on quotient_files (household_id) where is_to_apply;

-- The open days of an activity, from `from_on` on, are still to be priced again with what is known now: a batch at a time, in
-- the order of their ids, those up to `after_charge_id` being done.
create table repricings (
    activity_id uuid primary key,
    from_on date not null,
    after_charge_id uuid not null default '00000000-0000-0000-0000-000000000000'
);

create table quotients (
    household_id uuid not null references quotient_files on delete cascade,
    effective_on date not null,
    value_cents integer not null,
    source text not null,
    primary key (household_id, effective_on)
);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'integrity_constraint_violation';
end
$$;

create table tariffs (
    tariff_code text not null,
    grid_version integer not null check (grid_version > 0),
    label text not null,
    effective_on date not null,
    brackets jsonb not null,
    created_at timestamptz not null,
    created_by uuid not null,
    primary key (tariff_code, grid_version)
);
create index tariffs_effective on tariffs (tariff_code, effective_on desc, grid_version desc);
create trigger tariffs_never_change before update or delete or truncate on tariffs
    for each statement execute function refuse_change();

-- `correction` 0 is the day itself and holds what is known of it; 1, 2... are signed differences found after that line
-- was invoiced. What is owed is a booking, or the attendance of a child who came unbooked. `unit_cents` is null until a tariff is known; the columns after it say how it was computed.
create table charges (
    charge_id uuid primary key,
    booking_id uuid,
    attendance_id uuid,
    source_id uuid not null generated always as (coalesce(booking_id, attendance_id)) stored,
    correction integer not null default 0 check (correction >= 0),
    household_id uuid not null,
    child_id uuid not null,
    activity_id uuid not null,
    service_on date not null,
    status text not null check (status in ('planned', 'due', 'invoiced', 'void')),
    quantity smallint not null default 1 check (quantity = 1 or (quantity = -1 and correction > 0)),
    unit_cents integer check (unit_cents >= 0),
    tariff_code text,
    tariff_label text,
    grid_version integer,
    bracket_label text,
    quotient_cents integer,
    quotient_on date,
    cancelled_at timestamptz,
    is_cancellation_chargeable boolean,
    attendance text,
    attendance_at timestamptz,
    run_id uuid,
    invoice_id uuid,
    recorded_at timestamptz not null,
    unique (source_id, correction),
    check (num_nonnulls(booking_id, attendance_id) = 1)
) with (fillfactor = 80);
create index charges_household on charges (household_id, service_on);
-- Also how the lines of a run are found: `run_id` has no index of its own, so that a run takes its lines in place.
create index charges_due on charges (household_id, service_on) where status = 'due';
create index charges_planned on charges (service_on) where status = 'planned';
create index charges_open on charges (activity_id, charge_id) where correction = 0 and status in ('planned', 'due');
