-- The keys with which a family opens the services of the town, and who has been asked for them.

-- One alive for each account and service. A key is looked up by its hash, keyed by a secret of the town; `sealed` is the key itself, while
-- one that came with an invitation waits to be shown in its field.
create table service_keys (
    service_key_id uuid primary key,
    account_id uuid not null references accounts on delete cascade,
    service text not null,
    key_hash bytea not null unique,
    sealed bytea,
    issued_at timestamptz not null,
    entered_at timestamptz,
    replaced_at timestamptz,
    check (sealed is null or (entered_at is null and replaced_at is null))
);
create index service_keys_account on service_keys (account_id);
create unique index service_keys_alive on service_keys (account_id, service) where replaced_at is null;
create index service_keys_replaced on service_keys (replaced_at) where replaced_at is not null;

-- Whoever answered the step once, with keys or without, is not asked again.
create table service_key_answers (
    account_id uuid primary key references accounts on delete cascade,
    answered_at timestamptz not null
);
