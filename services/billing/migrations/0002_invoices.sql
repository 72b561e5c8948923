-- Invoice runs, issued invoices, gapless numbers and the double-entry ledger.

create table invoice_runs (
    run_id uuid primary key,
    regie text not null,
    period date not null check (extract(day from period) = 1),
    status text not null check (status in ('drafting', 'draft', 'reviewed', 'issuing', 'issued', 'discarding')),
    created_at timestamptz not null,
    created_by uuid not null,
    issued_at timestamptz,
    unique (regie, period)
);
create index invoice_runs_open on invoice_runs (run_id) where status <> 'issued';

-- `drafted_at` is null while the totals of the item are to be computed (again); `closed_at` is set once it was issued,
-- or found to need no invoice. `account_id` is a payer's, or a household's while nobody pays there, as in `charges`.
create table invoice_run_items (
    run_id uuid not null references invoice_runs,
    account_id uuid not null,
    household_id uuid not null,
    drafted_at timestamptz,
    closed_at timestamptz,
    line_count integer not null default 0,
    total_cents bigint not null default 0,
    anomalies text[] not null default '{}',
    invoice_id uuid,
    primary key (run_id, account_id)
);
create index invoice_run_items_to_draft on invoice_run_items (run_id, account_id) where drafted_at is null;
create index invoice_run_items_to_issue on invoice_run_items (run_id, account_id) where closed_at is null;

create table numbers (
    regie text not null,
    series text not null check (series in ('invoice', 'receipt')),
    year integer not null,
    last_number integer not null,
    primary key (regie, series, year)
);

-- `credit_cents` is what the payer's credit paid when the invoice was issued; it is part of `paid_cents`.
create table invoices (
    invoice_id uuid primary key,
    run_id uuid not null references invoice_runs,
    payer_id uuid not null,
    household_id uuid not null,
    regie text not null,
    number text not null,
    period date not null,
    payer_name text not null check (payer_name <> ''),
    payer_address text[] not null,
    total_cents integer not null check (total_cents > 0),
    paid_cents integer not null default 0 check (paid_cents between 0 and total_cents),
    credit_cents integer not null default 0 check (credit_cents between 0 and paid_cents),
    status text not null check (status in ('issued', 'partly_paid', 'paid')),
    issued_at timestamptz not null,
    issued_on date not null,
    due_on date not null,
    unique (regie, number),
    unique (run_id, payer_id)
);
create index invoices_household on invoices (household_id, issued_on desc, invoice_id desc);
create index invoices_payer on invoices (payer_id, period);

create function keep_issued_invoice() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE'
        and (to_jsonb(new) - 'paid_cents' - 'status') = (to_jsonb(old) - 'paid_cents' - 'status') then
        return new;
    end if;
    raise exception 'an issued invoice never changes' using errcode = 'integrity_constraint_violation';
end
$$;
create trigger invoices_keep before update or delete on invoices
    for each row execute function keep_issued_invoice();

-- Lines are inserted from a join with their invoice, and invoices are never deleted: a foreign key would only cost.
create table invoice_lines (
    invoice_id uuid not null,
    position integer not null,
    charge_id uuid not null unique,
    label text not null,
    child_id uuid not null,
    child_first_name text,
    service_on date not null,
    quantity integer not null,
    share_basis_points integer not null,
    unit_cents integer not null,
    amount_cents integer not null check (amount_cents = quantity * unit_cents),
    tariff_code text not null,
    tariff_label text not null,
    grid_version integer not null,
    bracket_label text not null,
    quotient_cents integer,
    primary key (invoice_id, position)
);
create trigger invoice_lines_never_change before update or delete or truncate on invoice_lines
    for each statement execute function refuse_change();

create table invoice_documents (
    invoice_id uuid primary key references invoices,
    pdf bytea not null,
    rendered_at timestamptz not null default clock_timestamp()
);

-- `kind` is one of `ledger/domain.py: EntryKind`, which grows.
create table ledger_transactions (
    transaction_id uuid primary key,
    kind text not null,
    reference uuid not null,
    booked_on date not null,
    created_at timestamptz not null default clock_timestamp(),
    unique (kind, reference)
);

-- `account` is `<kind>/<payer or regie>`: receivable, credit (owed to a payer), revenue, payfip (money on its
-- way). A debit is positive, a credit negative.
create table ledger_postings (
    transaction_id uuid not null references ledger_transactions,
    position smallint not null,
    account text not null check (account ~ '^(receivable|credit|revenue|payfip)/.'),
    amount_cents bigint not null check (amount_cents <> 0),
    primary key (transaction_id, position)
);
create index ledger_postings_account on ledger_postings (account) include (amount_cents);
create trigger ledger_transactions_never_change before update or delete or truncate on ledger_transactions
    for each statement execute function refuse_change();
create trigger ledger_postings_never_change before update or delete or truncate on ledger_postings
    for each statement execute function refuse_change();

create function check_transaction_balances() returns trigger language plpgsql as $$
begin
    if (select coalesce(sum(amount_cents), 0) from ledger_postings where transaction_id = new.transaction_id) <> 0 then
        raise exception 'ledger transaction % does not sum to zero', new.transaction_id
            using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end
$$;
create constraint trigger ledger_postings_balance after insert on ledger_postings
    deferrable initially deferred for each row execute function check_transaction_balances();
