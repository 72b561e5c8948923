-- Files whose erasure was asked for. The row outlives the file: it says that one of this id was erased, when, and who asked, and names nobody. What the accounts
-- had against it stands here, in cents and counts, until it is asked for again.
create table household_erasures (
    household_id uuid primary key,
    erasure_id uuid not null unique,
    stage text not null check (stage in ('asked', 'refused', 'erased')),
    asked_at timestamptz not null,
    asked_by uuid not null,
    judged_at timestamptz check ((judged_at is null) = (stage = 'asked')),
    unpaid_count integer not null default 0,
    unpaid_cents bigint not null default 0,
    uninvoiced_count integer not null default 0,
    uninvoiced_cents bigint not null default 0,
    credit_cents bigint not null default 0,
    payment_count integer not null default 0
);
