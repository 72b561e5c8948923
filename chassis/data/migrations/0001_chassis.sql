-- The tables that every service has: events to publish, events applied, answers to keep, jobs.

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
    created_at timestamptz not null default clock_timestamp()
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
create index outbox_shard on outbox (shard, id);

create table inbox (
    event_id uuid primary key,
    topic text not null,
    applied_at timestamptz not null default clock_timestamp()
);
create index inbox_applied on inbox (applied_at);

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
    redriven_at timestamptz
);

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
