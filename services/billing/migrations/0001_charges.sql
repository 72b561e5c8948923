-- What billing knows of others (replicas), the price grids, and what each booked day costs.

create extension if not exists btree_gist;

create table households (
    household_id uuid primary key,
    version bigint not null,
    reference text not null,
    address_lines text[] not null,
    -- Nobody learns the address: letters go by the town's own route.
    is_address_protected boolean not null default false
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

-- An adult as the one who pays for a household: an account of their own, whoever pays before and after them.
create table payers (
    payer_id uuid primary key,
    household_id uuid not null references households on delete cascade,
    adult_id uuid not null,
    name text,
    -- What the name is listed by: the last name of a person, the whole name of an organization.
    last_name text,
    unique (household_id, adult_id)
);
create index payers_adult on payers (adult_id);

create table payer_days (
    household_id uuid not null,
    payer_id uuid not null references payers on delete cascade,
    during daterange not null check (not isempty(during) and not lower_inf(during)),
    exclude using gist (household_id with =, during with &&)
);
create index payer_days_payer on payer_days (payer_id);

-- Days for which a register names several payers: none of them is chosen, and whoever paid for them goes on.
create table payer_conflicts (
    household_id uuid not null references households on delete cascade,
    during daterange not null check (not isempty(during) and not lower_inf(during)),
    adult_ids uuid[] not null,
    noted_at timestamptz not null,
    exclude using gist (household_id with =, during with &&)
);

create table custody (
    child_id uuid primary key,
    version bigint not null
);

-- Where a child lives: `pattern` is one of `ResidencePattern`, which grows; the households are in its order.
create table residences (
    child_id uuid not null references custody on delete cascade,
    during daterange not null check (not isempty(during) and not lower_inf(during)),
    pattern text not null,
    household_ids uuid[] not null,
    anchor_on date,
    exclude using gist (child_id with =, during with &&)
);

-- Who pays what part of a child's days, as an agent entered it; `activity_kind` is empty for every kind. The parts of a day sum
-- to 10000 basis points (`payers/domain.py`).
create table payer_shares (
    child_id uuid not null,
    activity_kind text not null,
    during daterange not null check (not isempty(during) and not lower_inf(during)),
    payer_id uuid not null,
    household_id uuid not null,
    share_basis_points integer not null check (share_basis_points between 1 and 10000),
    exclude using gist (child_id with =, activity_kind with =, payer_id with =, during with &&)
);

create table activities (
    activity_id uuid primary key,
    version bigint not null,
    label text not null,
    kind text not null,
    tariff_code text not null
);

create table quotient_files (
    household_id uuid primary key,
    version bigint not null
);

-- Households and children whose open days are still to be decided again with what is known now: a quotient, a payer, a residence
-- or a share changed.
create table decisions_due (
    subject_id uuid primary key
);

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

-- What is known of a day for which something may be owed: a booking, or the attendance of a child who came unbooked.
-- `household_id` is the one that booked.
create table service_days (
    source_id uuid primary key,
    is_booked boolean not null,
    household_id uuid not null,
    child_id uuid not null,
    activity_id uuid not null,
    service_on date not null,
    cancelled_at timestamptz,
    is_cancellation_chargeable boolean,
    attendance text,
    attendance_at timestamptz
) with (fillfactor = 80);

-- What a payer owes for a day. `correction` 0 is the day itself; 1, 2... are signed differences found after that line was
-- invoiced. `payer_id` is null while nobody pays in `household_id`: the line waits, and its account is the household's.
-- `unit_cents` is the payer's part, null until a tariff is known; the columns after it say how it was computed.
create table charges (
    charge_id uuid primary key,
    booking_id uuid,
    attendance_id uuid,
    source_id uuid not null generated always as (coalesce(booking_id, attendance_id)) stored,
    correction integer not null default 0 check (correction >= 0),
    payer_id uuid,
    household_id uuid not null,
    account_id uuid not null generated always as (coalesce(payer_id, household_id)) stored,
    share_basis_points integer not null default 10000 check (share_basis_points between 1 and 10000),
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
    run_id uuid,
    invoice_id uuid,
    recorded_at timestamptz not null,
    unique (source_id, account_id, correction),
    check (num_nonnulls(booking_id, attendance_id) = 1)
) with (fillfactor = 80);
create index charges_household on charges (household_id, service_on);
-- Also how the lines of a run are found: `run_id` has no index of its own, so that a run takes its lines in place.
create index charges_due on charges (account_id, service_on) where status = 'due';
create index charges_planned on charges (service_on) where status = 'planned';
create index charges_open on charges (activity_id, charge_id) where correction = 0 and status in ('planned', 'due');
create index charges_open_of_child on charges (child_id) where correction = 0 and status in ('planned', 'due');
