-- What is to be known of children in care: the key that this service made for each, what arrived sealed with it, and who looked at it when.

-- Whoever deletes `private_key` makes unreadable whatever was ever sealed for the child, wherever it is kept.
create table care_keys (
    child_id uuid primary key,
    private_key text not null,
    public_key text not null,
    made_at timestamptz not null
);

-- A replica, as it arrived: it is opened when it is shown, and stored sealed.
create table care_records (
    child_id uuid primary key,
    version bigint not null,
    sealed_for text not null,
    sealed text not null
);

-- Whose look at which child was noted on a day.
create table care_looks (
    looked_on date not null,
    agent_id uuid not null,
    child_id uuid not null,
    primary key (looked_on, agent_id, child_id)
);
