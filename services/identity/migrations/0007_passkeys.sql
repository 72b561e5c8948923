-- Passkeys (WebAuthn): the public keys that open accounts, and what authenticators are asked.

-- `counts_from`: as of second factors. `sign_count`: as the authenticator counted at its last answer, 0 for those that do not count. One that goes back was copied.
create table passkeys (
    passkey_id uuid primary key,
    account_id uuid not null references accounts on delete cascade,
    credential_id bytea not null unique,
    public_key bytea not null,
    sign_count bigint not null,
    name text not null,
    added_at timestamptz not null,
    last_used_at timestamptz,
    counts_from timestamptz not null
);
create index passkeys_account on passkeys (account_id);

-- One alive for each session (its id, which stays when its token is renewed), or browser that signs in (the hash of its secret), and purpose:
-- whoever asks again ends the former one. It goes with the first answer.
create table passkey_challenges (
    holder bytea not null,
    purpose text not null check (purpose in ('sign_in', 'registration', 'proof')),
    challenge bytea not null,
    expires_at timestamptz not null,
    primary key (holder, purpose)
);
create index passkey_challenges_expiry on passkey_challenges (expires_at);
