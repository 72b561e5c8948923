-- Accounts, the invitations that open them, sessions, and the acceptance of the terms. No secret stands here in clear.

-- One row a person who may sign in. `status` is the step reached; `is_disabled` suspends it without forgetting the step.
-- A temporary password has an end, a personal one has none; no password at all means that a new one is being made.
create table accounts (
    account_id uuid primary key,
    guardian_id uuid unique,
    kind text not null check (kind in ('parent', 'agent')),
    status text not null check (status in ('invited', 'activated', 'active')),
    is_disabled boolean not null default false,
    email text not null,
    email_key text not null,
    -- Of the adult's details that the address is of; a household that says less recent ones changes nothing.
    details_revision integer not null default 0,
    username text not null,
    username_key text not null unique,
    password_hash text,
    password_expires_at timestamptz,
    created_at timestamptz not null,
    last_sign_in_at timestamptz,
    check ((kind = 'parent') = (guardian_id is not null))
);
create index accounts_email on accounts (email_key);

-- Who an agent is, and what the town lets them do: roles of its settings, at some sites or at every one.
create table agents (
    account_id uuid primary key references accounts on delete cascade,
    first_name text not null,
    last_name text not null,
    service text not null,
    roles text[] not null,
    sites text[] not null,
    has_every_site boolean not null,
    check (not has_every_site or sites = '{}')
);

-- The last state applied of each household. An erased household keeps its row, so that a replay cannot bring it back.
create table household_versions (
    household_id uuid primary key,
    version bigint not null
);

-- Who is invited by which household: an account whose guardian stands in no row here is disabled.
create table invited_guardians (
    household_id uuid not null references household_versions,
    guardian_id uuid not null,
    primary key (household_id, guardian_id)
);
create index invited_guardians_guardian on invited_guardians (guardian_id);

-- Requested by a command, issued (token and temporary password made, sealed and sent) by a job. At most one is alive
-- for each account; the others are kept a while to tell the holder of an old link why it no longer works.
create table invitations (
    invitation_id uuid primary key,
    account_id uuid not null references accounts on delete cascade,
    purpose text not null check (purpose in ('invitation', 'password_reset')),
    requested_at timestamptz not null,
    -- Asked for by somebody who said the address, and not by the town.
    is_asked_by_holder boolean not null,
    expires_at timestamptz not null,
    issued_at timestamptz,
    token_hash bytea unique,
    temporary_password_hash text,
    used_at timestamptz,
    replaced_at timestamptz,
    check ((issued_at is null) = (token_hash is null)),
    check (used_at is null or issued_at is not null)
);
create index invitations_account on invitations (account_id);
create unique index invitations_alive on invitations (account_id) where used_at is null and replaced_at is null;
create index invitations_due on invitations (requested_at) where issued_at is null and replaced_at is null;
create index invitations_expiry on invitations (expires_at);

-- Addresses for which a new password was asked, until a job looks up whose they are: whoever asks learns nothing from
-- the time that this takes.
create table password_resets (
    password_reset_id uuid primary key,
    email_key text not null,
    requested_at timestamptz not null
);
create index password_resets_age on password_resets (requested_at);

create table sessions (
    token_hash bytea primary key,
    account_id uuid not null references accounts on delete cascade,
    previous_sign_in_at timestamptz,
    opened_at timestamptz not null,
    seen_at timestamptz not null,
    ends_at timestamptz not null
);
create index sessions_account on sessions (account_id);
create index sessions_end on sessions (ends_at);

-- Failed attempts by subject: an account, or one of a fixed number of buckets of addresses and unknown logins, so that
-- nobody can make this table grow.
create table throttles (
    subject text primary key,
    failure_count integer not null,
    failed_at timestamptz not null,
    open_at timestamptz not null
);
create index throttles_age on throttles (failed_at);

-- The text of each version that somebody accepted, and who accepted it when: the proof that the town may have to give.
create table terms_versions (
    version text primary key,
    text_hash bytea not null,
    document jsonb not null
);

create table terms_acceptances (
    account_id uuid not null references accounts on delete cascade,
    version text not null references terms_versions,
    accepted_at timestamptz not null,
    address_hash bytea not null,
    primary key (account_id, version)
);
create index terms_acceptances_version on terms_acceptances (version);
