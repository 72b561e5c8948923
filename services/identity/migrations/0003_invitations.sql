-- Invitations: the links and temporary passwords that open accounts, for a first time or again, one by one or many at once.

-- Requested by a command, issued (token and temporary password made, sealed and sent) by a job. At most one is alive
-- for each account; the others are kept a while to tell the holder of an old link why it no longer works. `reason` is what the mail says it is
-- for. What the notifications service says of the mail: the mail server took it (`delivered_at`), or it was given up, with the code of why.
create table invitations (
    invitation_id uuid primary key,
    account_id uuid not null references accounts on delete cascade,
    purpose text not null check (purpose in ('invitation', 'password_reset')),
    reason text not null check (reason in ('asked', 'address_corrected', 'person_left')),
    requested_at timestamptz not null,
    -- Asked for by somebody who said the address, and not by the town.
    is_asked_by_holder boolean not null,
    expires_at timestamptz not null,
    issued_at timestamptz,
    token_hash bytea unique,
    temporary_password_hash text,
    delivered_at timestamptz,
    refused_at timestamptz,
    refusal text,
    used_at timestamptz,
    replaced_at timestamptz,
    check ((issued_at is null) = (token_hash is null)),
    check (used_at is null or issued_at is not null),
    check ((refused_at is null) = (refusal is null))
);
create index invitations_account on invitations (account_id);
create unique index invitations_alive on invitations (account_id) where used_at is null and replaced_at is null;
create index invitations_due on invitations (requested_at) where issued_at is null and replaced_at is null;
create index invitations_expiry on invitations (expires_at);
-- Those whose mail nobody knows about yet: runs order no more than the mail server takes.
create index invitations_under_way on invitations (requested_at)
    where delivered_at is null and refused_at is null and replaced_at is null and used_at is null;

-- Addresses for which a new password was asked, until a job looks up whose they are: whoever asks learns nothing from
-- the time that this takes.
create table password_resets (
    password_reset_id uuid primary key,
    email_key text not null,
    requested_at timestamptz not null
);
create index password_resets_age on password_resets (requested_at);

create table invitation_runs (
    run_id uuid primary key,
    label text not null,
    choice text not null check (choice in ('file', 'never_invited', 'lapsed')),
    status text not null check (status in ('proposed', 'running', 'done')),
    created_at timestamptz not null,
    created_by uuid not null,
    confirmed_at timestamptz,
    confirmed_by uuid,
    finished_at timestamptz,
    check ((confirmed_at is null) = (confirmed_by is null)),
    check ((status = 'proposed') = (confirmed_at is null)),
    check ((status = 'done') = (finished_at is not null))
);
create index invitation_runs_running on invitation_runs (confirmed_at) where status = 'running';
create index invitation_runs_age on invitation_runs ((coalesce(finished_at, created_at)));

-- The report of a run, in the order of its file. `finding` is what the line comes to, `to_invite` until the run came to it; `invitation_id` the
-- invitation that is alive, of the run or an earlier one. `email` is what the file said, and goes when the household is erased.
create table invitation_lines (
    run_id uuid not null references invitation_runs on delete cascade,
    position integer not null,
    line_number integer not null,
    reference text not null,
    email text,
    account_id uuid references accounts on delete set null,
    invitation_id uuid references invitations on delete set null,
    finding text not null,
    same_as_line integer,
    primary key (run_id, position)
);
create index invitation_lines_waiting on invitation_lines (run_id, position) where finding = 'to_invite';
create index invitation_lines_finding on invitation_lines (run_id, finding, position);
create index invitation_lines_account on invitation_lines (account_id);
create index invitation_lines_invitation on invitation_lines (invitation_id);
create index invitation_lines_reference on invitation_lines (reference);
