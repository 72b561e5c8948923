-- Written by `python -m tools.schema` from the migrations of the service; the partitions of a calendar are left out.

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;

CREATE FUNCTION public.check_transaction_balances() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if (select coalesce(sum(amount_cents), 0) from ledger_postings where transaction_id = new.transaction_id) <> 0 then
        raise exception 'ledger transaction % does not sum to zero', new.transaction_id
            using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end
$$;

CREATE FUNCTION public.keep_invoice_line() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if new.child_first_name is null and (to_jsonb(new) - 'child_first_name') = (to_jsonb(old) - 'child_first_name') then
        return new;
    end if;
    raise exception 'invoice_lines is append-only' using errcode = 'integrity_constraint_violation';
end
$$;

CREATE FUNCTION public.keep_issued_invoice() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    names constant text[] := array['payer_name', 'contact_name', 'siret', 'rna', 'payer_address'];
begin
    if tg_op = 'UPDATE' and (to_jsonb(new) - 'paid_cents' - 'status') = (to_jsonb(old) - 'paid_cents' - 'status') then
        return new;
    end if;
    if tg_op = 'UPDATE' and new.payer_name = '' and (to_jsonb(new) - names) = (to_jsonb(old) - names) then
        return new;
    end if;
    raise exception 'an issued invoice never changes' using errcode = 'integrity_constraint_violation';
end
$$;

CREATE FUNCTION public.make_history_months(first_at timestamp with time zone, month_count integer) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
    starts_at timestamptz;
    ends_at timestamptz;
    place text;
    made integer := 0;
begin
    for month in 0 .. month_count - 1 loop
        starts_at := (date_trunc('month', first_at at time zone 'UTC') + make_interval(months => month)) at time zone 'UTC';
        ends_at := (starts_at at time zone 'UTC' + interval '1 month') at time zone 'UTC';
        place := 'history_' || to_char(starts_at at time zone 'UTC', 'YYYY_MM');
        if to_regclass(place) is null
           and not exists (select from history_rest where noted_at >= starts_at and noted_at < ends_at) then
            execute format('create table %I partition of history for values from (%L) to (%L)', place, starts_at, ends_at);
            made := made + 1;
        end if;
    end loop;
    return made;
end $$;

CREATE FUNCTION public.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'integrity_constraint_violation';
end
$$;

CREATE FUNCTION public.refuse_change_of_history() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception 'history is only ever added to';
end $$;

CREATE TABLE public.activities (
    activity_id uuid NOT NULL,
    version bigint NOT NULL,
    label text NOT NULL,
    kind text NOT NULL,
    tariff_code text NOT NULL
);

CREATE TABLE public.bulk_decision_lines (
    batch_id uuid NOT NULL,
    "position" smallint NOT NULL,
    item_id uuid NOT NULL,
    code text,
    followed text
);

CREATE TABLE public.bulk_decisions (
    batch_id uuid NOT NULL,
    kind text NOT NULL,
    outcome text NOT NULL,
    decided_by uuid NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    undone_by uuid,
    undone_at timestamp with time zone,
    CONSTRAINT bulk_decisions_check CHECK (((undone_by IS NULL) = (undone_at IS NULL)))
);

CREATE TABLE public.charges (
    charge_id uuid NOT NULL,
    booking_id uuid,
    attendance_id uuid,
    source_id uuid GENERATED ALWAYS AS (COALESCE(booking_id, attendance_id)) STORED NOT NULL,
    correction integer DEFAULT 0 NOT NULL,
    payer_id uuid,
    household_id uuid NOT NULL,
    account_id uuid GENERATED ALWAYS AS (COALESCE(payer_id, household_id)) STORED NOT NULL,
    share_basis_points integer DEFAULT 10000 NOT NULL,
    child_id uuid NOT NULL,
    activity_id uuid NOT NULL,
    service_on date NOT NULL,
    status text NOT NULL,
    quantity smallint DEFAULT 1 NOT NULL,
    unit_cents integer,
    tariff_code text,
    tariff_label text,
    grid_version integer,
    bracket_label text,
    quotient_cents integer,
    quotient_on date,
    run_id uuid,
    invoice_id uuid,
    recorded_at timestamp with time zone NOT NULL,
    quotient_ended_on date,
    is_quotient_awaited boolean NOT NULL,
    CONSTRAINT charges_check CHECK (((quantity = 1) OR ((quantity = '-1'::integer) AND (correction > 0)))),
    CONSTRAINT charges_check1 CHECK ((num_nonnulls(booking_id, attendance_id) = 1)),
    CONSTRAINT charges_correction_check CHECK ((correction >= 0)),
    CONSTRAINT charges_share_basis_points_check CHECK (((share_basis_points >= 1) AND (share_basis_points <= 10000))),
    CONSTRAINT charges_status_check CHECK ((status = ANY (ARRAY['planned'::text, 'due'::text, 'invoiced'::text, 'void'::text]))),
    CONSTRAINT charges_unit_cents_check CHECK ((unit_cents >= 0))
)
WITH (fillfactor='80');

CREATE TABLE public.custody (
    child_id uuid NOT NULL,
    version bigint NOT NULL
);

CREATE TABLE public.dead_letters (
    event_key text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    key text NOT NULL,
    event_type text,
    cause text NOT NULL,
    attempt_count integer NOT NULL,
    failed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    last_failed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    resolved_at timestamp with time zone,
    resolution text,
    resolved_by text,
    reason text,
    CONSTRAINT dead_letters_check CHECK (((resolved_by IS NULL) = (resolved_at IS NULL))),
    CONSTRAINT dead_letters_resolution_check CHECK ((resolution = ANY (ARRAY['applied'::text, 'already_applied'::text, 'discarded'::text])))
);

CREATE TABLE public.decisions_due (
    subject_id uuid NOT NULL
);

CREATE TABLE public.issued_documents (
    document_id uuid NOT NULL,
    kind text NOT NULL,
    number text NOT NULL,
    code text NOT NULL,
    household_id uuid,
    adult_id uuid,
    child_id uuid,
    named_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    from_on date,
    to_on date,
    fingerprint bytea,
    pdf bytea,
    digest bytea,
    issued_on date NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    issued_by uuid NOT NULL,
    CONSTRAINT issued_documents_check CHECK (((household_id IS NULL) = (fingerprint IS NULL))),
    CONSTRAINT issued_documents_check1 CHECK (((pdf IS NULL) OR (digest IS NOT NULL)))
);

CREATE TABLE public.merged_files (
    household_id uuid NOT NULL,
    kept_id uuid NOT NULL
);

CREATE TABLE public.merged_payers (
    household_id uuid NOT NULL,
    adult_id uuid NOT NULL,
    kept_adult_id uuid NOT NULL
);

CREATE VIEW public.filed_certificates AS
 SELECT d.document_id,
    d.kind,
    d.number,
    d.household_id,
    COALESCE(f.kept_id, d.household_id) AS file_id,
    COALESCE(p.kept_adult_id, d.adult_id) AS adult_id,
    d.child_id,
    d.from_on,
    d.to_on,
    d.issued_at,
    d.pdf
   FROM ((public.issued_documents d
     LEFT JOIN public.merged_files f ON ((f.household_id = d.household_id)))
     LEFT JOIN public.merged_payers p ON (((p.household_id = d.household_id) AND (p.adult_id = d.adult_id))));

CREATE TABLE public.history (
    id uuid NOT NULL,
    noted_at timestamp with time zone NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid NOT NULL,
    channel text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    household_id uuid,
    sealed_for text,
    before bytea,
    after bytea,
    CONSTRAINT history_channel_check CHECK ((channel = ANY (ARRAY['portal'::text, 'counter'::text, 'api'::text, 'job'::text]))),
    CONSTRAINT history_check CHECK (((sealed_for IS NOT NULL) OR ((before IS NULL) AND (after IS NULL))))
)
PARTITION BY RANGE (noted_at);

CREATE TABLE public.history_keys (
    owner text NOT NULL,
    key bytea NOT NULL
);

CREATE TABLE public.history_rest (
    id uuid CONSTRAINT history_id_not_null NOT NULL,
    noted_at timestamp with time zone CONSTRAINT history_noted_at_not_null NOT NULL,
    actor_kind text CONSTRAINT history_actor_kind_not_null NOT NULL,
    actor_id uuid CONSTRAINT history_actor_id_not_null NOT NULL,
    channel text CONSTRAINT history_channel_not_null NOT NULL,
    action text CONSTRAINT history_action_not_null NOT NULL,
    subject text CONSTRAINT history_subject_not_null NOT NULL,
    household_id uuid,
    sealed_for text,
    before bytea,
    after bytea,
    CONSTRAINT history_channel_check CHECK ((channel = ANY (ARRAY['portal'::text, 'counter'::text, 'api'::text, 'job'::text]))),
    CONSTRAINT history_check CHECK (((sealed_for IS NOT NULL) OR ((before IS NULL) AND (after IS NULL))))
);

CREATE TABLE public.household_adults (
    household_id uuid NOT NULL,
    adult_id uuid NOT NULL,
    email text,
    days datemultirange NOT NULL
);

CREATE TABLE public.household_children (
    household_id uuid NOT NULL,
    child_id uuid NOT NULL,
    name text NOT NULL,
    days datemultirange NOT NULL
);

CREATE TABLE public.households (
    household_id uuid NOT NULL,
    version bigint NOT NULL,
    reference text NOT NULL,
    address_lines text[] NOT NULL,
    is_address_protected boolean DEFAULT false NOT NULL
);

CREATE TABLE public.idempotency_keys (
    actor text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    response jsonb,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE public.inbox (
    event_id uuid NOT NULL,
    topic text NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE public.invariant_checks (
    invariant text NOT NULL,
    asked_at timestamp with time zone,
    checked_at timestamp with time zone,
    seconds double precision,
    violation_count bigint,
    keys text[],
    failure text
);

CREATE TABLE public.invoice_documents (
    invoice_id uuid NOT NULL,
    pdf bytea NOT NULL,
    rendered_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE public.invoice_lines (
    invoice_id uuid NOT NULL,
    "position" integer NOT NULL,
    charge_id uuid NOT NULL,
    label text NOT NULL,
    child_id uuid NOT NULL,
    child_first_name text,
    service_on date NOT NULL,
    quantity integer NOT NULL,
    share_basis_points integer NOT NULL,
    unit_cents integer NOT NULL,
    amount_cents integer NOT NULL,
    tariff_code text NOT NULL,
    tariff_label text NOT NULL,
    grid_version integer NOT NULL,
    bracket_label text NOT NULL,
    quotient_cents integer,
    quotient_ended_on date,
    is_quotient_awaited boolean NOT NULL,
    CONSTRAINT invoice_lines_check CHECK ((amount_cents = (quantity * unit_cents)))
);

CREATE TABLE public.invoice_run_items (
    run_id uuid NOT NULL,
    account_id uuid NOT NULL,
    household_id uuid NOT NULL,
    drafted_at timestamp with time zone,
    closed_at timestamp with time zone,
    line_count integer DEFAULT 0 NOT NULL,
    total_cents bigint DEFAULT 0 NOT NULL,
    anomalies text[] DEFAULT '{}'::text[] NOT NULL,
    invoice_id uuid
);

CREATE TABLE public.invoice_runs (
    run_id uuid NOT NULL,
    regie text NOT NULL,
    period date NOT NULL,
    status text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid NOT NULL,
    issued_at timestamp with time zone,
    CONSTRAINT invoice_runs_period_check CHECK ((EXTRACT(day FROM period) = (1)::numeric)),
    CONSTRAINT invoice_runs_status_check CHECK ((status = ANY (ARRAY['drafting'::text, 'draft'::text, 'reviewed'::text, 'issuing'::text, 'issued'::text, 'discarding'::text])))
);

CREATE TABLE public.invoices (
    invoice_id uuid NOT NULL,
    run_id uuid NOT NULL,
    payer_id uuid NOT NULL,
    household_id uuid NOT NULL,
    regie text NOT NULL,
    number text NOT NULL,
    period date NOT NULL,
    payer_name text NOT NULL,
    payer_address text[] NOT NULL,
    total_cents integer NOT NULL,
    paid_cents integer DEFAULT 0 NOT NULL,
    credit_cents integer DEFAULT 0 NOT NULL,
    status text NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    issued_on date NOT NULL,
    due_on date NOT NULL,
    contact_name text,
    siret text,
    rna text,
    CONSTRAINT invoices_check CHECK (((paid_cents >= 0) AND (paid_cents <= total_cents))),
    CONSTRAINT invoices_check1 CHECK (((credit_cents >= 0) AND (credit_cents <= paid_cents))),
    CONSTRAINT invoices_of_persons_have_no_numbers CHECK (((contact_name IS NOT NULL) OR (num_nonnulls(siret, rna) = 0))),
    CONSTRAINT invoices_status_check CHECK ((status = ANY (ARRAY['issued'::text, 'partly_paid'::text, 'paid'::text]))),
    CONSTRAINT invoices_total_cents_check CHECK ((total_cents > 0)),
    CONSTRAINT invoices_without_a_name_say_nothing_of_whom CHECK (((payer_name <> ''::text) OR ((num_nonnulls(contact_name, siret, rna) = 0) AND (payer_address = '{}'::text[]))))
);

CREATE TABLE public.issued_numbers (
    series text NOT NULL,
    year integer NOT NULL,
    last_number integer NOT NULL
);

CREATE TABLE public.job_runs (
    job text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    failure text
);

CREATE TABLE public.kept_apart (
    child_id uuid NOT NULL,
    adult_id uuid NOT NULL,
    days datemultirange NOT NULL,
    CONSTRAINT kept_apart_days_check CHECK ((NOT isempty(days)))
);

CREATE TABLE public.known_agents (
    account_id uuid NOT NULL,
    version bigint NOT NULL,
    is_open boolean NOT NULL
);

CREATE TABLE public.ledger_postings (
    transaction_id uuid NOT NULL,
    "position" smallint NOT NULL,
    account text NOT NULL,
    amount_cents bigint NOT NULL,
    CONSTRAINT ledger_postings_account_check CHECK ((account ~ '^(receivable|credit|revenue|payfip)/.'::text)),
    CONSTRAINT ledger_postings_amount_cents_check CHECK ((amount_cents <> 0))
);

CREATE TABLE public.ledger_transactions (
    transaction_id uuid NOT NULL,
    kind text NOT NULL,
    reference uuid NOT NULL,
    booked_on date NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE public.numbers (
    regie text NOT NULL,
    series text NOT NULL,
    year integer NOT NULL,
    last_number integer NOT NULL,
    CONSTRAINT numbers_series_check CHECK ((series = ANY (ARRAY['invoice'::text, 'receipt'::text])))
);

CREATE TABLE public.outbox (
    id bigint NOT NULL,
    shard smallint NOT NULL,
    event_id uuid NOT NULL,
    event_type text NOT NULL,
    schema_version text NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    sequence bigint NOT NULL,
    payload bytea,
    trace jsonb NOT NULL,
    actor text,
    channel text,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000');

ALTER TABLE public.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.outbox_keys (
    topic text NOT NULL,
    key text NOT NULL,
    sequence bigint NOT NULL
)
WITH (fillfactor='50');

CREATE TABLE public.payment_anomalies (
    payment_id uuid NOT NULL,
    code text NOT NULL,
    amount_cents integer NOT NULL,
    noted_at timestamp with time zone NOT NULL
);

CREATE TABLE public.payments (
    payment_id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    payer_id uuid NOT NULL,
    household_id uuid NOT NULL,
    status text NOT NULL,
    amount_cents integer NOT NULL,
    numcli text NOT NULL,
    exer text NOT NULL,
    refdet text NOT NULL,
    saisie text NOT NULL,
    idop text,
    cause text,
    started_at timestamp with time zone NOT NULL,
    redirected_at timestamp with time zone,
    abandoned_at timestamp with time zone,
    look_up_at timestamp with time zone,
    means text,
    reference text,
    receipt_number text,
    paid_at timestamp with time zone,
    CONSTRAINT payments_amount_cents_check CHECK ((amount_cents > 0)),
    CONSTRAINT payments_check CHECK (((status = 'paid'::text) = (receipt_number IS NOT NULL))),
    CONSTRAINT payments_numcli_check CHECK ((numcli ~ '^[0-9]{6}$'::text)),
    CONSTRAINT payments_refdet_check CHECK ((refdet ~ '^[A-Za-z0-9]{6,30}$'::text)),
    CONSTRAINT payments_saisie_check CHECK ((saisie = ANY (ARRAY['T'::text, 'X'::text, 'W'::text]))),
    CONSTRAINT payments_status_check CHECK ((status = ANY (ARRAY['created'::text, 'redirected'::text, 'paid'::text, 'refused'::text, 'cancelled'::text, 'expired'::text])))
);

CREATE VIEW public.paid_parts AS
 SELECT invoices.invoice_id,
    invoices.payer_id,
    invoices.issued_on AS paid_on,
    invoices.credit_cents AS amount_cents
   FROM public.invoices
  WHERE (invoices.credit_cents > 0)
UNION ALL
 SELECT i.invoice_id,
    i.payer_id,
    t.booked_on AS paid_on,
    (p.amount_cents - COALESCE(( SELECT (sum(a.amount_cents))::integer AS sum
           FROM public.payment_anomalies a
          WHERE ((a.payment_id = p.payment_id) AND (a.code = 'over_payment'::text))), 0)) AS amount_cents
   FROM ((public.invoices i
     JOIN public.payments p ON (((p.invoice_id = i.invoice_id) AND (p.status = 'paid'::text))))
     JOIN public.ledger_transactions t ON (((t.kind = 'payment'::text) AND (t.reference = p.payment_id))));

CREATE TABLE public.payer_conflicts (
    household_id uuid NOT NULL,
    during daterange NOT NULL,
    adult_ids uuid[] NOT NULL,
    noted_at timestamp with time zone NOT NULL,
    CONSTRAINT payer_conflicts_during_check CHECK (((NOT isempty(during)) AND (NOT lower_inf(during))))
);

CREATE TABLE public.payer_days (
    household_id uuid NOT NULL,
    payer_id uuid NOT NULL,
    during daterange NOT NULL,
    CONSTRAINT payer_days_during_check CHECK (((NOT isempty(during)) AND (NOT lower_inf(during))))
);

CREATE TABLE public.payer_shares (
    child_id uuid NOT NULL,
    activity_kind text NOT NULL,
    during daterange NOT NULL,
    payer_id uuid NOT NULL,
    household_id uuid NOT NULL,
    share_basis_points integer NOT NULL,
    CONSTRAINT payer_shares_during_check CHECK (((NOT isempty(during)) AND (NOT lower_inf(during)))),
    CONSTRAINT payer_shares_share_basis_points_check CHECK (((share_basis_points >= 1) AND (share_basis_points <= 10000)))
);

CREATE TABLE public.payers (
    payer_id uuid NOT NULL,
    household_id uuid NOT NULL,
    adult_id uuid NOT NULL,
    name text,
    last_name text,
    contact_name text,
    siret text,
    rna text,
    CONSTRAINT payers_of_persons_have_no_numbers CHECK (((contact_name IS NOT NULL) OR (num_nonnulls(siret, rna) = 0)))
);

CREATE TABLE public.quotient_files (
    household_id uuid NOT NULL,
    version bigint NOT NULL,
    awaited_since_on date
);

CREATE TABLE public.quotients (
    household_id uuid NOT NULL,
    effective_on date NOT NULL,
    value_cents integer NOT NULL,
    source text NOT NULL,
    ends_on date
);

CREATE TABLE public.repricings (
    activity_id uuid NOT NULL,
    from_on date NOT NULL,
    after_charge_id uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL
);

CREATE TABLE public.residences (
    child_id uuid NOT NULL,
    during daterange NOT NULL,
    pattern text NOT NULL,
    household_ids uuid[] NOT NULL,
    anchor_on date,
    change_weekday smallint,
    second_home_days smallint[] DEFAULT '{}'::smallint[] NOT NULL,
    holiday_zone text,
    holiday_even_first_id uuid,
    CONSTRAINT residences_during_check CHECK (((NOT isempty(during)) AND (NOT lower_inf(during))))
);

CREATE TABLE public.schema_migrations (
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE public.service_days (
    source_id uuid NOT NULL,
    is_booked boolean NOT NULL,
    household_id uuid NOT NULL,
    child_id uuid NOT NULL,
    activity_id uuid NOT NULL,
    service_on date NOT NULL,
    cancelled_at timestamp with time zone,
    is_cancellation_chargeable boolean,
    attendance text,
    attendance_at timestamp with time zone
)
WITH (fillfactor='80');

CREATE TABLE public.tariffs (
    tariff_code text NOT NULL,
    grid_version integer NOT NULL,
    label text NOT NULL,
    effective_on date NOT NULL,
    brackets jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid NOT NULL,
    CONSTRAINT tariffs_grid_version_check CHECK ((grid_version > 0))
);

CREATE TABLE public.waiting_owners (
    kind text NOT NULL,
    item_id uuid NOT NULL,
    account_id uuid NOT NULL,
    ends_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.history ATTACH PARTITION public.history_rest DEFAULT;

ALTER TABLE ONLY public.activities
    ADD CONSTRAINT activities_pkey PRIMARY KEY (activity_id);

ALTER TABLE ONLY public.bulk_decision_lines
    ADD CONSTRAINT bulk_decision_lines_pkey PRIMARY KEY (batch_id, "position");

ALTER TABLE ONLY public.bulk_decisions
    ADD CONSTRAINT bulk_decisions_pkey PRIMARY KEY (batch_id);

ALTER TABLE ONLY public.charges
    ADD CONSTRAINT charges_pkey PRIMARY KEY (charge_id);

ALTER TABLE ONLY public.charges
    ADD CONSTRAINT charges_source_id_account_id_correction_key UNIQUE (source_id, account_id, correction);

ALTER TABLE ONLY public.custody
    ADD CONSTRAINT custody_pkey PRIMARY KEY (child_id);

ALTER TABLE ONLY public.dead_letters
    ADD CONSTRAINT dead_letters_pkey PRIMARY KEY (event_key);

ALTER TABLE ONLY public.decisions_due
    ADD CONSTRAINT decisions_due_pkey PRIMARY KEY (subject_id);

ALTER TABLE ONLY public.history_keys
    ADD CONSTRAINT history_keys_pkey PRIMARY KEY (owner);

ALTER TABLE ONLY public.history
    ADD CONSTRAINT history_pkey PRIMARY KEY (noted_at, id);

ALTER TABLE ONLY public.history_rest
    ADD CONSTRAINT history_rest_pkey PRIMARY KEY (noted_at, id);

ALTER TABLE ONLY public.household_adults
    ADD CONSTRAINT household_adults_pkey PRIMARY KEY (household_id, adult_id);

ALTER TABLE ONLY public.household_children
    ADD CONSTRAINT household_children_pkey PRIMARY KEY (household_id, child_id);

ALTER TABLE ONLY public.households
    ADD CONSTRAINT households_pkey PRIMARY KEY (household_id);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (actor, key);

ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (event_id);

ALTER TABLE ONLY public.invariant_checks
    ADD CONSTRAINT invariant_checks_pkey PRIMARY KEY (invariant);

ALTER TABLE ONLY public.invoice_documents
    ADD CONSTRAINT invoice_documents_pkey PRIMARY KEY (invoice_id);

ALTER TABLE ONLY public.invoice_lines
    ADD CONSTRAINT invoice_lines_charge_id_key UNIQUE (charge_id);

ALTER TABLE ONLY public.invoice_lines
    ADD CONSTRAINT invoice_lines_pkey PRIMARY KEY (invoice_id, "position");

ALTER TABLE ONLY public.invoice_run_items
    ADD CONSTRAINT invoice_run_items_pkey PRIMARY KEY (run_id, account_id);

ALTER TABLE ONLY public.invoice_runs
    ADD CONSTRAINT invoice_runs_pkey PRIMARY KEY (run_id);

ALTER TABLE ONLY public.invoice_runs
    ADD CONSTRAINT invoice_runs_regie_period_key UNIQUE (regie, period);

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_pkey PRIMARY KEY (invoice_id);

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_regie_number_key UNIQUE (regie, number);

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_run_id_payer_id_key UNIQUE (run_id, payer_id);

ALTER TABLE ONLY public.issued_documents
    ADD CONSTRAINT issued_documents_fingerprint_key UNIQUE (fingerprint);

ALTER TABLE ONLY public.issued_documents
    ADD CONSTRAINT issued_documents_number_key UNIQUE (number);

ALTER TABLE ONLY public.issued_documents
    ADD CONSTRAINT issued_documents_pkey PRIMARY KEY (document_id);

ALTER TABLE ONLY public.issued_numbers
    ADD CONSTRAINT issued_numbers_pkey PRIMARY KEY (series, year);

ALTER TABLE ONLY public.job_runs
    ADD CONSTRAINT job_runs_pkey PRIMARY KEY (job);

ALTER TABLE ONLY public.kept_apart
    ADD CONSTRAINT kept_apart_pkey PRIMARY KEY (child_id, adult_id);

ALTER TABLE ONLY public.known_agents
    ADD CONSTRAINT known_agents_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY public.ledger_postings
    ADD CONSTRAINT ledger_postings_pkey PRIMARY KEY (transaction_id, "position");

ALTER TABLE ONLY public.ledger_transactions
    ADD CONSTRAINT ledger_transactions_kind_reference_key UNIQUE (kind, reference);

ALTER TABLE ONLY public.ledger_transactions
    ADD CONSTRAINT ledger_transactions_pkey PRIMARY KEY (transaction_id);

ALTER TABLE ONLY public.merged_files
    ADD CONSTRAINT merged_files_pkey PRIMARY KEY (household_id);

ALTER TABLE ONLY public.merged_payers
    ADD CONSTRAINT merged_payers_pkey PRIMARY KEY (household_id, adult_id);

ALTER TABLE ONLY public.numbers
    ADD CONSTRAINT numbers_pkey PRIMARY KEY (regie, series, year);

ALTER TABLE ONLY public.outbox_keys
    ADD CONSTRAINT outbox_keys_pkey PRIMARY KEY (topic, key);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payer_conflicts
    ADD CONSTRAINT payer_conflicts_household_id_during_excl EXCLUDE USING gist (household_id WITH =, during WITH &&);

ALTER TABLE ONLY public.payer_days
    ADD CONSTRAINT payer_days_household_id_during_excl EXCLUDE USING gist (household_id WITH =, during WITH &&);

ALTER TABLE ONLY public.payer_shares
    ADD CONSTRAINT payer_shares_child_id_activity_kind_payer_id_during_excl EXCLUDE USING gist (child_id WITH =, activity_kind WITH =, payer_id WITH =, during WITH &&);

ALTER TABLE ONLY public.payers
    ADD CONSTRAINT payers_household_id_adult_id_key UNIQUE (household_id, adult_id);

ALTER TABLE ONLY public.payers
    ADD CONSTRAINT payers_pkey PRIMARY KEY (payer_id);

ALTER TABLE ONLY public.payment_anomalies
    ADD CONSTRAINT payment_anomalies_pkey PRIMARY KEY (payment_id, code);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_idop_key UNIQUE (idop);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_numcli_refdet_key UNIQUE (numcli, refdet);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_pkey PRIMARY KEY (payment_id);

ALTER TABLE ONLY public.quotient_files
    ADD CONSTRAINT quotient_files_pkey PRIMARY KEY (household_id);

ALTER TABLE ONLY public.quotients
    ADD CONSTRAINT quotients_pkey PRIMARY KEY (household_id, effective_on);

ALTER TABLE ONLY public.repricings
    ADD CONSTRAINT repricings_pkey PRIMARY KEY (activity_id);

ALTER TABLE ONLY public.residences
    ADD CONSTRAINT residences_child_id_during_excl EXCLUDE USING gist (child_id WITH =, during WITH &&);

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.service_days
    ADD CONSTRAINT service_days_pkey PRIMARY KEY (source_id);

ALTER TABLE ONLY public.tariffs
    ADD CONSTRAINT tariffs_pkey PRIMARY KEY (tariff_code, grid_version);

ALTER TABLE ONLY public.waiting_owners
    ADD CONSTRAINT waiting_owners_pkey PRIMARY KEY (kind, item_id);

CREATE INDEX bulk_decisions_old ON public.bulk_decisions USING btree (decided_at);

CREATE INDEX charges_due ON public.charges USING btree (account_id, service_on) WHERE (status = 'due'::text);

CREATE INDEX charges_household ON public.charges USING btree (household_id, service_on);

CREATE INDEX charges_open ON public.charges USING btree (activity_id, charge_id) WHERE ((correction = 0) AND (status = ANY (ARRAY['planned'::text, 'due'::text])));

CREATE INDEX charges_open_of_child ON public.charges USING btree (child_id) WHERE ((correction = 0) AND (status = ANY (ARRAY['planned'::text, 'due'::text])));

CREATE INDEX charges_planned ON public.charges USING btree (service_on) WHERE (status = 'planned'::text);

CREATE INDEX dead_letters_open ON public.dead_letters USING btree (topic, partition, record_offset) WHERE (resolved_at IS NULL);

CREATE INDEX history_household ON ONLY public.history USING btree (household_id, noted_at DESC, id DESC) WHERE (household_id IS NOT NULL);

CREATE INDEX history_rest_household_id_noted_at_id_idx ON public.history_rest USING btree (household_id, noted_at DESC, id DESC) WHERE (household_id IS NOT NULL);

CREATE INDEX history_subject ON ONLY public.history USING btree (subject, noted_at DESC, id DESC);

CREATE INDEX history_rest_subject_noted_at_id_idx ON public.history_rest USING btree (subject, noted_at DESC, id DESC);

CREATE INDEX household_adults_adult ON public.household_adults USING btree (adult_id);

CREATE INDEX household_children_child ON public.household_children USING btree (child_id);

CREATE INDEX idempotency_keys_created ON public.idempotency_keys USING btree (created_at);

CREATE INDEX inbox_applied ON public.inbox USING btree (applied_at);

CREATE INDEX invoice_run_items_to_draft ON public.invoice_run_items USING btree (run_id, account_id) WHERE (drafted_at IS NULL);

CREATE INDEX invoice_run_items_to_issue ON public.invoice_run_items USING btree (run_id, account_id) WHERE (closed_at IS NULL);

CREATE INDEX invoice_runs_open ON public.invoice_runs USING btree (run_id) WHERE (status <> 'issued'::text);

CREATE INDEX invoices_household ON public.invoices USING btree (household_id, issued_on DESC, invoice_id DESC);

CREATE INDEX invoices_issued ON public.invoices USING btree (issued_on);

CREATE INDEX invoices_payer ON public.invoices USING btree (payer_id, period);

CREATE INDEX issued_documents_naming ON public.issued_documents USING gin (named_ids);

CREATE INDEX issued_documents_of_child ON public.issued_documents USING btree (child_id) WHERE (child_id IS NOT NULL);

CREATE INDEX issued_documents_of_household ON public.issued_documents USING btree (household_id, document_id);

CREATE INDEX kept_apart_adult ON public.kept_apart USING btree (adult_id);

CREATE INDEX ledger_postings_account ON public.ledger_postings USING btree (account) INCLUDE (amount_cents);

CREATE INDEX merged_files_of_kept ON public.merged_files USING btree (kept_id);

CREATE INDEX merged_payers_of_kept ON public.merged_payers USING btree (kept_adult_id);

CREATE INDEX outbox_shard ON public.outbox USING btree (shard, id);

CREATE INDEX payer_days_payer ON public.payer_days USING btree (payer_id);

CREATE INDEX payers_adult ON public.payers USING btree (adult_id);

CREATE INDEX payment_anomalies_noted ON public.payment_anomalies USING btree (noted_at, payment_id, code);

CREATE INDEX payments_invoice ON public.payments USING btree (invoice_id, started_at);

CREATE INDEX payments_to_look_up ON public.payments USING btree (look_up_at) WHERE (look_up_at IS NOT NULL);

CREATE INDEX tariffs_effective ON public.tariffs USING btree (tariff_code, effective_on DESC, grid_version DESC);

CREATE INDEX waiting_owners_ended ON public.waiting_owners USING btree (ends_at);

ALTER INDEX public.history_household ATTACH PARTITION public.history_rest_household_id_noted_at_id_idx;

ALTER INDEX public.history_pkey ATTACH PARTITION public.history_rest_pkey;

ALTER INDEX public.history_subject ATTACH PARTITION public.history_rest_subject_noted_at_id_idx;

CREATE TRIGGER history_is_added_to BEFORE DELETE OR UPDATE ON public.history FOR EACH ROW EXECUTE FUNCTION public.refuse_change_of_history();

CREATE TRIGGER history_is_not_emptied BEFORE TRUNCATE ON public.history FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change_of_history();

CREATE TRIGGER invoice_lines_keep BEFORE UPDATE ON public.invoice_lines FOR EACH ROW EXECUTE FUNCTION public.keep_invoice_line();

CREATE TRIGGER invoice_lines_never_change BEFORE DELETE OR TRUNCATE ON public.invoice_lines FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER invoices_keep BEFORE DELETE OR UPDATE ON public.invoices FOR EACH ROW EXECUTE FUNCTION public.keep_issued_invoice();

CREATE CONSTRAINT TRIGGER ledger_postings_balance AFTER INSERT ON public.ledger_postings DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.check_transaction_balances();

CREATE TRIGGER ledger_postings_never_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger_postings FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_transactions_never_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger_transactions FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER tariffs_never_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.tariffs FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

ALTER TABLE ONLY public.bulk_decision_lines
    ADD CONSTRAINT bulk_decision_lines_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES public.bulk_decisions(batch_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.household_adults
    ADD CONSTRAINT household_adults_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.household_children
    ADD CONSTRAINT household_children_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.invoice_documents
    ADD CONSTRAINT invoice_documents_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES public.invoices(invoice_id);

ALTER TABLE ONLY public.invoice_run_items
    ADD CONSTRAINT invoice_run_items_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.invoice_runs(run_id);

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.invoice_runs(run_id);

ALTER TABLE ONLY public.kept_apart
    ADD CONSTRAINT kept_apart_child_id_fkey FOREIGN KEY (child_id) REFERENCES public.custody(child_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.ledger_postings
    ADD CONSTRAINT ledger_postings_transaction_id_fkey FOREIGN KEY (transaction_id) REFERENCES public.ledger_transactions(transaction_id);

ALTER TABLE ONLY public.merged_files
    ADD CONSTRAINT merged_files_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.merged_payers
    ADD CONSTRAINT merged_payers_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.merged_files(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.payer_conflicts
    ADD CONSTRAINT payer_conflicts_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.payer_days
    ADD CONSTRAINT payer_days_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES public.payers(payer_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.payers
    ADD CONSTRAINT payers_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.payment_anomalies
    ADD CONSTRAINT payment_anomalies_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES public.payments(payment_id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES public.invoices(invoice_id);

ALTER TABLE ONLY public.quotients
    ADD CONSTRAINT quotients_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.quotient_files(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.residences
    ADD CONSTRAINT residences_child_id_fkey FOREIGN KEY (child_id) REFERENCES public.custody(child_id) ON DELETE CASCADE;
