-- Providers of identities, FranceConnect for families and the town's own for its agents: who is on their way to which, which identity opens which
-- account, and what ends a session there and here.

-- One row for each way to a provider and back; one that began to one never ends at the other. It begins with hashes of the secrets that must come
-- back, and is used once (`returned_at`). `is_silent`: the provider was to show no page. An identity that no account knows yet waits here, sealed,
-- until it is linked or its time is over.
create table provider_authorizations (
    authorization_id uuid primary key,
    provider text not null check (provider in ('franceconnect', 'agents')),
    state_hash bytea not null unique,
    nonce_hash bytea not null,
    browser_hash bytea not null,
    next_path text not null,
    is_silent boolean not null,
    requested_at timestamptz not null,
    expires_at timestamptz not null,
    returned_at timestamptz,
    sealed_identity bytea,
    check (sealed_identity is null or returned_at is not null)
);
create index provider_authorizations_browser on provider_authorizations (browser_hash, requested_at);
create index provider_authorizations_expiry on provider_authorizations (expires_at);

-- The provider's token, sealed, of a session that began there: it is handed in to end the session there too. `sid` is the provider's name of its
-- session. A session counts as proven until `proved_until`; null where that is never asked again.
create table provider_sessions (
    token_hash bytea primary key references sessions on delete cascade on update cascade,
    provider text not null check (provider in ('franceconnect', 'agents')),
    id_token bytea not null,
    sid text,
    proved_until timestamptz
);
create index provider_sessions_sid on provider_sessions (sid) where sid is not null;

-- Of FranceConnect: one identity opens one account, and an account is opened by one. `counts_from`: as of second factors.
create table franceconnect_links (
    account_id uuid primary key references accounts on delete cascade,
    subject text not null unique,
    linked_at timestamptz not null,
    counts_from timestamptz not null
);

-- Of the town's provider, likewise. `proved_at`: when it last named this person; `refused_at`: since when it does not any more; `ended_at`: when
-- it last ended a session of theirs, by its own clock.
create table agent_links (
    account_id uuid primary key references accounts on delete cascade,
    issuer text not null,
    subject text not null,
    linked_at timestamptz not null,
    proved_at timestamptz not null,
    refused_at timestamptz,
    ended_at timestamptz,
    unique (issuer, subject)
);

-- Each order of the town's provider to end sessions counts once: the hash of its id, for as long as the order would be believed.
create table provider_logouts (
    order_hash bytea primary key,
    kept_until timestamptz not null
);
create index provider_logouts_end on provider_logouts (kept_until);

-- What it ended and nobody had here yet, a person's sessions or one: the hash of its name, until no token of before comes back.
create table provider_ends (
    name_hash bytea primary key,
    ended_at timestamptz not null,
    kept_until timestamptz not null
);
create index provider_ends_age on provider_ends (kept_until);
