-- Attempts to pay through the provider, and what an agent must look at among them.

create table payments (
    payment_id uuid primary key,
    invoice_id uuid not null references invoices,
    payer_id uuid not null,
    household_id uuid not null,
    status text not null check (status in ('created', 'redirected', 'paid', 'refused', 'cancelled', 'expired')),
    amount_cents integer not null check (amount_cents > 0),
    numcli text not null check (numcli ~ '^[0-9]{6}$'),
    exer text not null,
    refdet text not null check (refdet ~ '^[A-Za-z0-9]{6,30}$'),
    saisie text not null check (saisie in ('T', 'X', 'W')),
    idop text unique,
    cause text,
    started_at timestamptz not null,
    redirected_at timestamptz,
    abandoned_at timestamptz,
    look_up_at timestamptz,
    means text,
    reference text,
    receipt_number text,
    paid_at timestamptz,
    unique (numcli, refdet),
    check ((status = 'paid') = (receipt_number is not null))
);
create index payments_invoice on payments (invoice_id, started_at);
create index payments_to_look_up on payments (look_up_at) where look_up_at is not null;

create table payment_anomalies (
    payment_id uuid not null references payments,
    code text not null,
    amount_cents integer not null,
    noted_at timestamptz not null,
    primary key (payment_id, code)
);
create index payment_anomalies_noted on payment_anomalies (noted_at, payment_id, code);
