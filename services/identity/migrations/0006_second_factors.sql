-- The second factor of agents: an authenticator application for each account, and codes for its loss.

-- `sealed` is the secret that the application has too. `last_used_step`: the newest step of 30 seconds (RFC 6238) whose code was accepted;
-- no code of it, or of one before, is accepted again. `counts_from`: what was set up with the password alone proves nothing before.
create table second_factors (
    account_id uuid primary key references accounts on delete cascade,
    device_id uuid not null unique,
    sealed bytea not null,
    enrolled_at timestamptz not null,
    last_used_step bigint not null,
    counts_from timestamptz not null
);

-- A code that was used has no row any more.
create table recovery_codes (
    account_id uuid not null references second_factors on delete cascade,
    code_hash bytea not null,
    primary key (account_id, code_hash)
);
