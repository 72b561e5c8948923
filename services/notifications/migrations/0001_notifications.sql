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
-- The few notices that still hold a credential, found by their account when a newer credential replaces it.
create index notices_sealed on notices (subject_id) where sealed is not null;

create table messages (
    message_id uuid primary key,
    event_id uuid not null references notices on delete cascade,
    recipient_id uuid not null,
    template text not null,
    subject text,
    status text not null,
    cause text,
    -- What the mail relay said when it refused or put off, without the address that it quotes.
    server_words text,
    attempt_count integer not null default 0,
    due_at timestamptz not null,
    expires_at timestamptz not null,
    queued_at timestamptz not null,
    sent_at timestamptz,
    unique (event_id, recipient_id)
);
create index messages_due on messages (due_at) where status = 'queued';
create index messages_of_recipient on messages (recipient_id, message_id);

-- `said_at`: when the last state was published.
create table households (
    household_id uuid primary key,
    version bigint not null,
    said_at timestamptz not null
);

create table household_adults (
    household_id uuid not null references households on delete cascade,
    adult_id uuid not null,
    civility text not null,
    first_name text not null,
    last_name text not null,
    email text,
    is_invited boolean not null,
    days datemultirange not null,
    primary key (household_id, adult_id)
);
create index household_adults_adult on household_adults (adult_id);

create table household_children (
    household_id uuid not null references households on delete cascade,
    child_id uuid not null,
    name text not null,
    days datemultirange not null,
    primary key (household_id, child_id)
);
create index household_children_child on household_children (child_id);

-- Who answers for a child, and when: what is done for it is told to nobody else.
create table custody (
    child_id uuid primary key,
    version bigint not null
);

create table responsibilities (
    child_id uuid not null references custody on delete cascade,
    adult_id uuid not null,
    role text not null,
    authority text not null,
    days datemultirange not null,
    primary key (child_id, adult_id, role, authority)
);

create table accounts (
    account_id uuid primary key,
    guardian_ids uuid[] not null,
    email text not null,
    declined text[] not null,
    version bigint not null
);

create table activities (
    activity_id uuid primary key,
    label text not null,
    units jsonb not null,
    version bigint not null
);
