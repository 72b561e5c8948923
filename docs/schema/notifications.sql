-- Written by `python -m tools.schema` from the migrations of the service; the partitions of a calendar are left out.

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

CREATE FUNCTION public.refuse_change_of_history() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception 'history is only ever added to';
end $$;

CREATE TABLE public.accounts (
    account_id uuid NOT NULL,
    guardian_ids uuid[] NOT NULL,
    email text NOT NULL,
    declined text[] NOT NULL,
    version bigint NOT NULL
);

CREATE TABLE public.activities (
    activity_id uuid NOT NULL,
    label text NOT NULL,
    units jsonb NOT NULL,
    version bigint NOT NULL
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

CREATE TABLE public.delegate_names (
    delegation_id uuid NOT NULL,
    delegate_id uuid NOT NULL,
    name text NOT NULL,
    parent_name text NOT NULL
);

CREATE TABLE public.delegates (
    delegate_id uuid NOT NULL,
    version bigint NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL
);

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
    civility text NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    email text,
    is_invited boolean NOT NULL,
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
    said_at timestamp with time zone NOT NULL,
    organization jsonb
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

CREATE TABLE public.known_agents (
    account_id uuid NOT NULL,
    version bigint NOT NULL,
    is_open boolean NOT NULL
);

CREATE TABLE public.messages (
    message_id uuid NOT NULL,
    event_id uuid NOT NULL,
    recipient_id uuid NOT NULL,
    template text NOT NULL,
    subject text,
    status text NOT NULL,
    cause text,
    server_words text,
    attempt_count integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    recipient_shown text
);

CREATE TABLE public.notices (
    event_id uuid NOT NULL,
    template text NOT NULL,
    subject_id uuid NOT NULL,
    event_type text NOT NULL,
    payload jsonb NOT NULL,
    trace jsonb NOT NULL,
    sealed text,
    status text NOT NULL,
    attempt_count integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
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

CREATE TABLE public.responsibilities (
    child_id uuid NOT NULL,
    adult_id uuid NOT NULL,
    role text NOT NULL,
    authority text NOT NULL,
    days datemultirange NOT NULL
);

CREATE TABLE public.schema_migrations (
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE public.waiting_owners (
    kind text NOT NULL,
    item_id uuid NOT NULL,
    account_id uuid NOT NULL,
    ends_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.history ATTACH PARTITION public.history_rest DEFAULT;

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY public.activities
    ADD CONSTRAINT activities_pkey PRIMARY KEY (activity_id);

ALTER TABLE ONLY public.bulk_decision_lines
    ADD CONSTRAINT bulk_decision_lines_pkey PRIMARY KEY (batch_id, "position");

ALTER TABLE ONLY public.bulk_decisions
    ADD CONSTRAINT bulk_decisions_pkey PRIMARY KEY (batch_id);

ALTER TABLE ONLY public.custody
    ADD CONSTRAINT custody_pkey PRIMARY KEY (child_id);

ALTER TABLE ONLY public.dead_letters
    ADD CONSTRAINT dead_letters_pkey PRIMARY KEY (event_key);

ALTER TABLE ONLY public.delegate_names
    ADD CONSTRAINT delegate_names_pkey PRIMARY KEY (delegation_id);

ALTER TABLE ONLY public.delegates
    ADD CONSTRAINT delegates_pkey PRIMARY KEY (delegate_id);

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

ALTER TABLE ONLY public.known_agents
    ADD CONSTRAINT known_agents_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_event_id_recipient_id_key UNIQUE (event_id, recipient_id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (message_id);

ALTER TABLE ONLY public.notices
    ADD CONSTRAINT notices_pkey PRIMARY KEY (event_id);

ALTER TABLE ONLY public.outbox_keys
    ADD CONSTRAINT outbox_keys_pkey PRIMARY KEY (topic, key);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.responsibilities
    ADD CONSTRAINT responsibilities_pkey PRIMARY KEY (child_id, adult_id, role, authority);

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.waiting_owners
    ADD CONSTRAINT waiting_owners_pkey PRIMARY KEY (kind, item_id);

CREATE INDEX bulk_decisions_old ON public.bulk_decisions USING btree (decided_at);

CREATE INDEX dead_letters_open ON public.dead_letters USING btree (topic, partition, record_offset) WHERE (resolved_at IS NULL);

CREATE INDEX delegate_names_of_delegate ON public.delegate_names USING btree (delegate_id);

CREATE INDEX history_household ON ONLY public.history USING btree (household_id, noted_at DESC, id DESC) WHERE (household_id IS NOT NULL);

CREATE INDEX history_rest_household_id_noted_at_id_idx ON public.history_rest USING btree (household_id, noted_at DESC, id DESC) WHERE (household_id IS NOT NULL);

CREATE INDEX history_subject ON ONLY public.history USING btree (subject, noted_at DESC, id DESC);

CREATE INDEX history_rest_subject_noted_at_id_idx ON public.history_rest USING btree (subject, noted_at DESC, id DESC);

CREATE INDEX household_adults_adult ON public.household_adults USING btree (adult_id);

CREATE INDEX household_children_child ON public.household_children USING btree (child_id);

CREATE INDEX idempotency_keys_created ON public.idempotency_keys USING btree (created_at);

CREATE INDEX inbox_applied ON public.inbox USING btree (applied_at);

CREATE INDEX issued_documents_naming ON public.issued_documents USING gin (named_ids);

CREATE INDEX issued_documents_of_child ON public.issued_documents USING btree (child_id) WHERE (child_id IS NOT NULL);

CREATE INDEX issued_documents_of_household ON public.issued_documents USING btree (household_id, document_id);

CREATE INDEX messages_due ON public.messages USING btree (due_at) WHERE (status = 'queued'::text);

CREATE INDEX messages_of_recipient ON public.messages USING btree (recipient_id, message_id);

CREATE INDEX notices_created ON public.notices USING btree (created_at);

CREATE INDEX notices_sealed ON public.notices USING btree (subject_id) WHERE (sealed IS NOT NULL);

CREATE INDEX notices_waiting ON public.notices USING btree (due_at) WHERE (status = 'waiting'::text);

CREATE INDEX outbox_shard ON public.outbox USING btree (shard, id);

CREATE INDEX waiting_owners_ended ON public.waiting_owners USING btree (ends_at);

ALTER INDEX public.history_household ATTACH PARTITION public.history_rest_household_id_noted_at_id_idx;

ALTER INDEX public.history_pkey ATTACH PARTITION public.history_rest_pkey;

ALTER INDEX public.history_subject ATTACH PARTITION public.history_rest_subject_noted_at_id_idx;

CREATE TRIGGER history_is_added_to BEFORE DELETE OR UPDATE ON public.history FOR EACH ROW EXECUTE FUNCTION public.refuse_change_of_history();

CREATE TRIGGER history_is_not_emptied BEFORE TRUNCATE ON public.history FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change_of_history();

ALTER TABLE ONLY public.bulk_decision_lines
    ADD CONSTRAINT bulk_decision_lines_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES public.bulk_decisions(batch_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.delegate_names
    ADD CONSTRAINT delegate_names_delegate_id_fkey FOREIGN KEY (delegate_id) REFERENCES public.delegates(delegate_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.household_adults
    ADD CONSTRAINT household_adults_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.household_children
    ADD CONSTRAINT household_children_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.notices(event_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.responsibilities
    ADD CONSTRAINT responsibilities_child_id_fkey FOREIGN KEY (child_id) REFERENCES public.custody(child_id) ON DELETE CASCADE;
