-- Accounts: for whom each stands, what the households' files say of these, and which accounts became one. No secret stands here in clear.

-- One row a person who may sign in, or for the people who read one mailbox. `status` is the step reached; `is_disabled` suspends it without
-- forgetting the step. A temporary password has an end, a personal one has none; no password at all means that a new one is being made.
-- `invited_at`: when somebody was last invited to open it; null: never. An account that was merged into another (`merged_into`) opens nothing,
-- and is kept for as long as that one.
create table accounts (
    account_id uuid primary key,
    kind text not null check (kind in ('parent', 'agent', 'delegate')),
    status text not null check (status in ('invited', 'activated', 'active')),
    is_disabled boolean not null default false,
    email text not null,
    email_key text not null,
    username text not null,
    username_key text not null unique,
    password_hash text,
    password_expires_at timestamptz,
    created_at timestamptz not null,
    invited_at timestamptz,
    last_sign_in_at timestamptz,
    merged_into uuid references accounts on delete cascade,
    check (merged_into is null or (kind = 'parent' and is_disabled))
);
create index accounts_email on accounts (email_key);
create index accounts_never_invited on accounts (account_id) where invited_at is null and status = 'invited' and not is_disabled;
create index accounts_merged_into on accounts (merged_into);
-- Whoever reads a mailbox has one account.
create unique index accounts_family_address on accounts (email_key) where kind = 'parent' and not is_disabled;

-- The last state applied of each household. An erased household keeps its row, so that a replay cannot bring it back. `reference` is what
-- lists name its file by; null once it was erased.
create table household_versions (
    household_id uuid primary key,
    version bigint not null,
    reference text
);
create index household_versions_reference on household_versions (reference);

-- Who is invited by which household: an account that stands for nobody in a row here is disabled.
create table invited_guardians (
    household_id uuid not null references household_versions,
    guardian_id uuid not null,
    primary key (household_id, guardian_id)
);
create index invited_guardians_guardian on invited_guardians (guardian_id);

-- The last state applied of each delegate. One who was erased keeps their row, so that a replay cannot bring their account back.
create table delegate_versions (
    delegate_id uuid primary key,
    version bigint not null
);

-- One account for an adult, several adults of one account. `email` is the address that the file says, of the details that `details_revision`
-- counts: who came by a merge (`is_merged`) may have another one than the account. Names and telephone number as the file says them:
-- they tell whoever signed in, and whoever merges, who is meant. `name_key` and `phone_key` are how they are compared, `list_key` is their place in lists. Who helps families and has none here
-- (`is_delegate`) is alone in an account, whatever files say: `guardian_id` is the id under which families know them. `left_at`: since when no
-- file invites an adult any longer, and `left_household_id` is the last that did: they are erased with it.
create table account_persons (
    guardian_id uuid primary key,
    account_id uuid not null references accounts on delete cascade,
    email text not null,
    first_name text not null,
    last_name text not null,
    name_key text collate "C" not null,
    list_key text collate "C" not null,
    phone_key text collate "C",
    details_revision integer not null default 0,
    is_merged boolean not null default false,
    is_delegate boolean not null default false,
    left_at timestamptz,
    left_household_id uuid,
    check ((left_at is null) = (left_household_id is null)),
    check (not (is_merged and is_delegate))
);
create index account_persons_account on account_persons (account_id);
create index account_persons_name on account_persons (name_key, phone_key);
create unique index account_persons_delegate on account_persons (account_id) where is_delegate;
create index account_persons_left on account_persons (left_at) where left_at is not null;
create index account_persons_left_household on account_persons (left_household_id) where left_at is not null;

-- What a merge moved, so that it can be moved back, and the identity of FranceConnect that it dropped, for as long as it can be undone.
create table account_merges (
    merge_id uuid primary key,
    kept_account_id uuid not null references accounts on delete cascade,
    merged_account_id uuid not null references accounts on delete cascade,
    moved_guardian_ids uuid[] not null,
    moved_service_key_ids uuid[] not null,
    dropped_subject text,
    dropped_linked_at timestamptz,
    dropped_counts_from timestamptz,
    merged_at timestamptz not null,
    merged_by uuid not null,
    undone_at timestamptz,
    undone_by uuid,
    check (kept_account_id <> merged_account_id),
    check ((undone_at is null) = (undone_by is null)),
    check (num_nulls(dropped_subject, dropped_linked_at, dropped_counts_from) in (0, 3))
);
create index account_merges_kept on account_merges (kept_account_id);
create index account_merges_merged on account_merges (merged_account_id);
create unique index account_merges_alive on account_merges (merged_account_id) where undone_at is null;
