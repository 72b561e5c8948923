-- Sessions, the browsers that accounts used, and proofs of who somebody is besides their password.

-- `means`: what was proved to open it. `browser` is the family that the browser says it is of, such as "Firefox, Android"; empty when nobody
-- knows. `guardian_id` is who acts in a session of an account that stands for several; who is none of these any more acts no more.
create table sessions (
    token_hash bytea primary key,
    session_id uuid not null unique,
    account_id uuid not null references accounts on delete cascade,
    guardian_id uuid,
    means text not null check (means in ('password', 'franceconnect', 'passkey', 'agent_provider')),
    browser text not null,
    previous_sign_in_at timestamptz,
    opened_at timestamptz not null,
    seen_at timestamptz not null,
    ends_at timestamptz not null,
    -- When it ends if nothing more is asked: of what was seen last, and at `ends_at` at the latest.
    expires_at timestamptz not null,
    -- When the second step was taken last, and what it was; a passkey of an agent takes both steps.
    strong_at timestamptz,
    strong_by text check (strong_by in ('totp', 'recovery_code', 'passkey', 'agent_provider')),
    check ((strong_at is null) = (strong_by is null)),
    check (expires_at <= ends_at)
);
create index sessions_account on sessions (account_id);
create index sessions_expiry on sessions (expires_at);

-- The families of browsers that an account signed in with: its holder hears of a new one.
create table known_browsers (
    account_id uuid not null references accounts on delete cascade,
    browser text not null,
    first_used_at timestamptz not null,
    last_used_at timestamptz not null,
    primary key (account_id, browser)
);
create index known_browsers_age on known_browsers (last_used_at);

-- A proof is of one session, and of whoever acted in it when it was given.
create table session_proofs (
    token_hash bytea primary key references sessions on delete cascade on update cascade,
    guardian_id uuid,
    means text not null,
    proved_at timestamptz not null
);

-- The codes that were mailed to give a proof, one alive for each session, by its hash, keyed by a secret of the town: six digits are guessed
-- from a hash that needs none.
create table step_up_codes (
    token_hash bytea primary key references sessions on delete cascade on update cascade,
    code_hash bytea not null,
    sent_at timestamptz not null,
    expires_at timestamptz not null,
    try_count integer not null default 0 check (try_count >= 0)
);
