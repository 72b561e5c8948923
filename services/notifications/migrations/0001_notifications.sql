-- What there is to tell, to whom it was told, and the replicas that say who that is.
-- Scheduling (`due_at`, `expires_at`) follows the machine's clock; what people read (`queued_at`, `sent_at`) the town's.

create table notices (
    event_id uuid primary key,
    template text not null,
    subject_id uuid not null,
    event_type text not null,
    payload jsonb not null,
    trace jsonb not null,
    sealed text,
    status text not null,
    attempt_count integer not null default 0,
    due_at timestamptz not null,
    expires_at timestamptz not null,
    created_at timestamptz not null default clock_timestamp()
);
create index notices_waiting on notices (due_at) where status = 'waiting';
create index notices_created on notices (created_at);

create table messages (
    message_id uuid primary key,
    event_id uuid not null references notices on delete cascade,
    recipient_id uuid not null,
    template text not null,
    subject text,
    status text not null,
    cause text,
    attempt_count integer not null default 0,
    due_at timestamptz not null,
    expires_at timestamptz not null,
    queued_at timestamptz not null,
    sent_at timestamptz,
    unique (event_id, recipient_id)
);
create index messages_due on messages (due_at) where status = 'queued';
create index messages_of_recipient on messages (recipient_id, message_id);

create table households (
    household_id uuid primary key,
    payer_guardian_id uuid not null,
    version bigint not null
);

create table guardians (
    household_id uuid not null references households on delete cascade,
    guardian_id uuid not null,
    civility text not null,
    first_name text not null,
    last_name text not null,
    email text,
    is_invited boolean not null,
    primary key (household_id, guardian_id)
);
create index guardians_by_id on guardians (guardian_id);

create table children (
    household_id uuid not null references households on delete cascade,
    child_id uuid not null,
    first_name text not null,
    primary key (household_id, child_id)
);

create table accounts (
    account_id uuid primary key,
    guardian_id uuid,
    email text not null,
    version bigint not null
);

create table activities (
    activity_id uuid primary key,
    label text not null,
    units jsonb not null,
    version bigint not null
);
