-- Changes of e-mail address that adults asked for. An address is there while its change waits for its link, and only the hash of the link's secret.

create table email_changes (
    change_id uuid primary key,
    adult_id uuid not null references adults,
    account_id uuid not null,
    email text,
    token_hash bytea not null unique,
    requested_at timestamptz not null,
    expires_at timestamptz not null,
    outcome text check (outcome in ('confirmed', 'replaced', 'withdrawn', 'overtaken')),
    ended_at timestamptz,
    check ((outcome is null) = (email is not null) and (outcome is null) = (ended_at is null))
);
-- One waits for each adult.
create unique index email_changes_pending on email_changes (adult_id) where outcome is null;
create index email_changes_of_adult on email_changes (adult_id, requested_at);
create index email_changes_by_age on email_changes (requested_at);
create index email_changes_of_account on email_changes (account_id) where outcome is null;
