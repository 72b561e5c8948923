-- Requests for a space by people whom no file names, and how many came from where.

-- `request`: what was typed, as `contracts.family.registrations.RegistrationCreate` has it. `answered_at`: when the mail that says what becomes of it
-- was ordered; before that no agent sees the request, for its address may have a space already.
create table registrations (
    registration_id uuid primary key,
    status text not null check (status in ('waiting', 'accepted', 'refused')),
    request jsonb not null,
    request_hash bytea not null,
    reason text,
    household_id uuid references households on delete cascade,
    requested_at timestamptz not null,
    answered_at timestamptz,
    decided_at timestamptz,
    decided_by uuid,
    check ((decided_by is null) = (decided_at is null)),
    check ((status = 'waiting') = (decided_at is null))
);
-- The same request, pressed twice, is one.
create unique index registrations_once on registrations (request_hash) where status = 'waiting';
create index registrations_unanswered on registrations (registration_id) where answered_at is null;
create index registrations_requested on registrations (requested_at);
create index registrations_decided on registrations (decided_at) where decided_at is not null;
create index registrations_household on registrations (household_id);

-- What was asked from a source address or for an e-mail address and counts still: buckets that leak, empty again at `empty_at`.
create table registration_levels (
    subject text primary key,
    empty_at timestamptz not null
);
create index registration_levels_empty on registration_levels (empty_at);
