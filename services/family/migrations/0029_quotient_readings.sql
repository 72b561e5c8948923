-- Quotients that are read from API Particulier: what was answered, as a proof; and how often all processes together may ask.

-- As many slots as a token may make calls in a second; one that is held during a call, or rests for a second after it, is free at `free_at`.
create table call_slots (
    name text not null,
    slot smallint not null,
    free_at timestamptz not null,
    primary key (name, slot)
);

-- `sealed`: who is asked about, with the household's key, while a family agreed that it is asked again later, and no longer. `month_on` is the first day
-- of the month that the quotient applies to, `computed_on` of the one in which it was computed.
create table quotient_readings (
    reading_id uuid primary key,
    household_id uuid not null references households on delete cascade,
    month_on date not null,
    status text not null check (status in ('waiting', 'found', 'taken', 'missing', 'failed')),
    asked_at timestamptz not null,
    asked_by uuid not null,
    sealed bytea,
    attempt_count smallint not null default 1,
    next_at timestamptz,
    value_cents integer,
    source text,
    computed_on date,
    request_id text not null,
    answered_at timestamptz,
    taken_at timestamptz,
    taken_by uuid,
    check ((status = 'waiting') = (sealed is not null)),
    check ((status = 'waiting') = (next_at is not null)),
    check ((status in ('found', 'taken')) = (value_cents is not null)),
    check ((value_cents is null) = (source is null)),
    check ((status = 'taken') = (taken_at is not null)),
    check ((taken_at is null) = (taken_by is null))
);
create index quotient_readings_of_household on quotient_readings (household_id, asked_at);
create unique index quotient_readings_waiting on quotient_readings (household_id) where status = 'waiting';
create index quotient_readings_due on quotient_readings (next_at) where status = 'waiting';
create index quotient_readings_past on quotient_readings (asked_at) where status <> 'taken';

-- Every call, for whoever must account for it: for which household, on whose behalf, what came of it, and its name at the other side.
create table quotient_calls (
    call_id uuid primary key,
    household_id uuid not null references households on delete cascade,
    called_by uuid not null,
    is_by_family boolean not null,
    outcome text not null,
    request_id text not null,
    called_at timestamptz not null
);
create index quotient_calls_of_household on quotient_calls (household_id, called_at);
create index quotient_calls_past on quotient_calls (called_at);
