-- What was tried: failures that slow the next attempt down, and the devices whose failures are counted apart.

-- Failed attempts by subject: an account, or one of a fixed number of buckets of unknown logins, so that nobody can make this table grow.
create table throttles (
    subject text primary key,
    failure_count integer not null,
    failed_at timestamptz not null,
    open_at timestamptz not null
);
create index throttles_age on throttles (failed_at);

-- What failed from a source address and counts still: one of a fixed number of buckets that leak, empty again at `empty_at`.
create table source_levels (
    source text primary key,
    empty_at timestamptz not null
);
create index source_levels_empty on source_levels (empty_at);

-- The devices on which each account signed in, by the hash of what their browsers keep. Their failures are counted here and nowhere else.
create table devices (
    account_id uuid not null references accounts on delete cascade,
    device_hash bytea not null,
    seen_at timestamptz not null,
    failure_count integer not null,
    failed_at timestamptz not null,
    open_at timestamptz not null,
    primary key (account_id, device_hash)
);
create index devices_hash on devices (device_hash);
create index devices_age on devices (seen_at);
