-- The tables that every service has: events to publish, events applied, answers to keep, jobs, the history of what people did.

create table outbox_keys (
    topic text not null,
    key text not null,
    sequence bigint not null,
    primary key (topic, key)
) with (fillfactor = 50);

create table outbox (
    id bigint generated always as identity primary key,
    shard smallint not null,
    event_id uuid not null,
    event_type text not null,
    schema_version text not null,
    topic text not null,
    key text not null,
    sequence bigint not null,
    payload bytea,
    trace jsonb not null,
    actor text,
    channel text,
    created_at timestamptz not null default clock_timestamp()
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
create index outbox_shard on outbox (shard, id);

create table inbox (
    event_id uuid primary key,
    topic text not null,
    applied_at timestamptz not null default clock_timestamp()
);
create index inbox_applied on inbox (applied_at);

-- A dead letter is never removed: it says how often it was tried, and who ended it, when and how.
create table dead_letters (
    event_key text primary key,
    topic text not null,
    partition integer not null,
    record_offset bigint not null,
    key text not null,
    event_type text,
    cause text not null,
    attempt_count integer not null,
    failed_at timestamptz not null default clock_timestamp(),
    last_failed_at timestamptz not null default clock_timestamp(),
    resolved_at timestamptz,
    resolution text check (resolution in ('applied', 'already_applied', 'discarded')),
    resolved_by text,
    reason text,
    check ((resolved_by is null) = (resolved_at is null))
);
create index dead_letters_open on dead_letters (topic, partition, record_offset) where resolved_at is null;

create table idempotency_keys (
    actor text not null,
    key text not null,
    fingerprint bytea not null,
    response jsonb,
    created_at timestamptz not null default clock_timestamp(),
    primary key (actor, key)
);
create index idempotency_keys_created on idempotency_keys (created_at);

create table job_runs (
    job text primary key,
    started_at timestamptz not null,
    finished_at timestamptz,
    failure text
);

-- What the last check of each invariant found: how many violations, and the keys of the first ones.
create table invariant_checks (
    invariant text primary key,
    asked_at timestamptz,
    checked_at timestamptz,
    seconds double precision,
    violation_count bigint,
    keys text[],
    failure text
);

-- The agents of the town, for services whose agents name each other: ids alone.
create table known_agents (
    account_id uuid primary key,
    version bigint not null,
    is_open boolean not null
);

-- Who looks after something that waits for a decision, until `ends_at`.
create table waiting_owners (
    kind text not null,
    item_id uuid not null,
    account_id uuid not null,
    ends_at timestamptz not null,
    primary key (kind, item_id)
);
create index waiting_owners_ended on waiting_owners (ends_at);

-- What an agent decided of many things at once, and what became of each: `code` says why it was not done, `followed` why it was not taken back.
create table bulk_decisions (
    batch_id uuid primary key,
    kind text not null,
    outcome text not null,
    decided_by uuid not null,
    decided_at timestamptz not null,
    undone_by uuid,
    undone_at timestamptz,
    check ((undone_by is null) = (undone_at is null))
);
create index bulk_decisions_old on bulk_decisions (decided_at);

create table bulk_decision_lines (
    batch_id uuid not null references bulk_decisions on delete cascade,
    position smallint not null,
    item_id uuid not null,
    code text,
    followed text,
    primary key (batch_id, position)
);

-- Keys that seal what an act changed, one for each household or person: to erase somebody is to delete their key.
create table history_keys (
    owner text primary key,
    key bytea not null
);

-- What people did, one row for each act, by month. `before` and `after` are sealed with the key of `sealed_for`.
create table history (
    id uuid not null,
    noted_at timestamptz not null,
    actor_kind text not null,
    actor_id uuid not null,
    channel text not null check (channel in ('portal', 'counter', 'api', 'job')),
    action text not null,
    subject text not null,
    household_id uuid,
    sealed_for text,
    before bytea,
    after bytea,
    primary key (noted_at, id),
    check (sealed_for is not null or (before is null and after is null))
) partition by range (noted_at);
create index history_household on history (household_id, noted_at desc, id desc) where household_id is not null;
create index history_subject on history (subject, noted_at desc, id desc);

-- What no month is there for: nothing that somebody did is refused because a table is missing.
create table history_rest partition of history default;

create function refuse_change_of_history() returns trigger language plpgsql as $$
begin
    raise exception 'history is only ever added to';
end $$;
create trigger history_is_added_to before update or delete on history for each row
    execute function refuse_change_of_history();
create trigger history_is_not_emptied before truncate on history for each statement
    execute function refuse_change_of_history();

-- The months from an instant on, each as a partition. A month that has rows in history_rest already stays there.
create function make_history_months(first_at timestamptz, month_count integer) returns integer language plpgsql as $$
declare
    starts_at timestamptz;
    ends_at timestamptz;
    place text;
    made integer := 0;
begin
    for month in 0 .. month_count - 1 loop
        starts_at := (date_trunc('month', first_at at time zone 'UTC') + make_interval(months => month)) at time zone 'UTC';
        ends_at := (starts_at at time zone 'UTC' + interval '1 month') at time zone 'UTC';
        place := 'history_' || to_char(starts_at at time zone 'UTC', 'YYYY_MM');
        if to_regclass(place) is null
           and not exists (select from history_rest where noted_at >= starts_at and noted_at < ends_at) then
            execute format('create table %I partition of history for values from (%L) to (%L)', place, starts_at, ends_at);
            made := made + 1;
        end if;
    end loop;
    return made;
end $$;
select make_history_months(now(), 3);
