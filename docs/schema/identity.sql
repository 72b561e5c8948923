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
    guardian_id uuid,
    kind text NOT NULL,
    status text NOT NULL,
    is_disabled boolean DEFAULT false NOT NULL,
    email text NOT NULL,
    email_key text NOT NULL,
    details_revision integer DEFAULT 0 NOT NULL,
    username text NOT NULL,
    username_key text NOT NULL,
    password_hash text,
    password_expires_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    last_sign_in_at timestamp with time zone,
    CONSTRAINT accounts_check CHECK (((kind = 'parent'::text) = (guardian_id IS NOT NULL))),
    CONSTRAINT accounts_kind_check CHECK ((kind = ANY (ARRAY['parent'::text, 'agent'::text]))),
    CONSTRAINT accounts_status_check CHECK ((status = ANY (ARRAY['invited'::text, 'activated'::text, 'active'::text])))
);

CREATE TABLE public.agents (
    account_id uuid NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    service text NOT NULL,
    roles text[] NOT NULL,
    sites text[] NOT NULL,
    has_every_site boolean NOT NULL,
    CONSTRAINT agents_check CHECK (((NOT has_every_site) OR (sites = '{}'::text[])))
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

CREATE TABLE public.household_versions (
    household_id uuid NOT NULL,
    version bigint NOT NULL
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

CREATE TABLE public.invitations (
    invitation_id uuid NOT NULL,
    account_id uuid NOT NULL,
    purpose text NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    is_asked_by_holder boolean NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    issued_at timestamp with time zone,
    token_hash bytea,
    temporary_password_hash text,
    used_at timestamp with time zone,
    replaced_at timestamp with time zone,
    CONSTRAINT invitations_check CHECK (((issued_at IS NULL) = (token_hash IS NULL))),
    CONSTRAINT invitations_check1 CHECK (((used_at IS NULL) OR (issued_at IS NOT NULL))),
    CONSTRAINT invitations_purpose_check CHECK ((purpose = ANY (ARRAY['invitation'::text, 'password_reset'::text])))
);

CREATE TABLE public.invited_guardians (
    household_id uuid NOT NULL,
    guardian_id uuid NOT NULL
);

CREATE TABLE public.job_runs (
    job text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    failure text
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

CREATE TABLE public.password_resets (
    password_reset_id uuid NOT NULL,
    email_key text NOT NULL,
    requested_at timestamp with time zone NOT NULL
);

CREATE TABLE public.schema_migrations (
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE public.service_key_answers (
    account_id uuid NOT NULL,
    answered_at timestamp with time zone NOT NULL
);

CREATE TABLE public.service_keys (
    service_key_id uuid NOT NULL,
    account_id uuid NOT NULL,
    service text NOT NULL,
    key_hash bytea NOT NULL,
    sealed bytea,
    issued_at timestamp with time zone NOT NULL,
    entered_at timestamp with time zone,
    replaced_at timestamp with time zone,
    CONSTRAINT service_keys_check CHECK (((sealed IS NULL) OR ((entered_at IS NULL) AND (replaced_at IS NULL))))
);

CREATE TABLE public.sessions (
    token_hash bytea NOT NULL,
    account_id uuid NOT NULL,
    previous_sign_in_at timestamp with time zone,
    opened_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL
);

CREATE TABLE public.terms_acceptances (
    account_id uuid NOT NULL,
    version text NOT NULL,
    accepted_at timestamp with time zone NOT NULL,
    address_hash bytea NOT NULL
);

CREATE TABLE public.terms_versions (
    version text NOT NULL,
    text_hash bytea NOT NULL,
    document jsonb NOT NULL
);

CREATE TABLE public.throttles (
    subject text NOT NULL,
    failure_count integer NOT NULL,
    failed_at timestamp with time zone NOT NULL,
    open_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.history ATTACH PARTITION public.history_rest DEFAULT;

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_guardian_id_key UNIQUE (guardian_id);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_username_key_key UNIQUE (username_key);

ALTER TABLE ONLY public.agents
    ADD CONSTRAINT agents_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY public.dead_letters
    ADD CONSTRAINT dead_letters_pkey PRIMARY KEY (event_key);

ALTER TABLE ONLY public.history_keys
    ADD CONSTRAINT history_keys_pkey PRIMARY KEY (owner);

ALTER TABLE ONLY public.history
    ADD CONSTRAINT history_pkey PRIMARY KEY (noted_at, id);

ALTER TABLE ONLY public.history_rest
    ADD CONSTRAINT history_rest_pkey PRIMARY KEY (noted_at, id);

ALTER TABLE ONLY public.household_versions
    ADD CONSTRAINT household_versions_pkey PRIMARY KEY (household_id);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (actor, key);

ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (event_id);

ALTER TABLE ONLY public.invariant_checks
    ADD CONSTRAINT invariant_checks_pkey PRIMARY KEY (invariant);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (invitation_id);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.invited_guardians
    ADD CONSTRAINT invited_guardians_pkey PRIMARY KEY (household_id, guardian_id);

ALTER TABLE ONLY public.job_runs
    ADD CONSTRAINT job_runs_pkey PRIMARY KEY (job);

ALTER TABLE ONLY public.outbox_keys
    ADD CONSTRAINT outbox_keys_pkey PRIMARY KEY (topic, key);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.password_resets
    ADD CONSTRAINT password_resets_pkey PRIMARY KEY (password_reset_id);

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.service_key_answers
    ADD CONSTRAINT service_key_answers_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY public.service_keys
    ADD CONSTRAINT service_keys_key_hash_key UNIQUE (key_hash);

ALTER TABLE ONLY public.service_keys
    ADD CONSTRAINT service_keys_pkey PRIMARY KEY (service_key_id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY public.terms_acceptances
    ADD CONSTRAINT terms_acceptances_pkey PRIMARY KEY (account_id, version);

ALTER TABLE ONLY public.terms_versions
    ADD CONSTRAINT terms_versions_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.throttles
    ADD CONSTRAINT throttles_pkey PRIMARY KEY (subject);

CREATE INDEX accounts_email ON public.accounts USING btree (email_key);

CREATE INDEX dead_letters_open ON public.dead_letters USING btree (topic, partition, record_offset) WHERE (resolved_at IS NULL);

CREATE INDEX history_household ON ONLY public.history USING btree (household_id, noted_at DESC, id DESC) WHERE (household_id IS NOT NULL);

CREATE INDEX history_rest_household_id_noted_at_id_idx ON public.history_rest USING btree (household_id, noted_at DESC, id DESC) WHERE (household_id IS NOT NULL);

CREATE INDEX history_subject ON ONLY public.history USING btree (subject, noted_at DESC, id DESC);

CREATE INDEX history_rest_subject_noted_at_id_idx ON public.history_rest USING btree (subject, noted_at DESC, id DESC);

CREATE INDEX idempotency_keys_created ON public.idempotency_keys USING btree (created_at);

CREATE INDEX inbox_applied ON public.inbox USING btree (applied_at);

CREATE INDEX invitations_account ON public.invitations USING btree (account_id);

CREATE UNIQUE INDEX invitations_alive ON public.invitations USING btree (account_id) WHERE ((used_at IS NULL) AND (replaced_at IS NULL));

CREATE INDEX invitations_due ON public.invitations USING btree (requested_at) WHERE ((issued_at IS NULL) AND (replaced_at IS NULL));

CREATE INDEX invitations_expiry ON public.invitations USING btree (expires_at);

CREATE INDEX invited_guardians_guardian ON public.invited_guardians USING btree (guardian_id);

CREATE INDEX outbox_shard ON public.outbox USING btree (shard, id);

CREATE INDEX password_resets_age ON public.password_resets USING btree (requested_at);

CREATE INDEX service_keys_account ON public.service_keys USING btree (account_id);

CREATE UNIQUE INDEX service_keys_alive ON public.service_keys USING btree (account_id, service) WHERE (replaced_at IS NULL);

CREATE INDEX service_keys_replaced ON public.service_keys USING btree (replaced_at) WHERE (replaced_at IS NOT NULL);

CREATE INDEX sessions_account ON public.sessions USING btree (account_id);

CREATE INDEX sessions_end ON public.sessions USING btree (ends_at);

CREATE INDEX terms_acceptances_version ON public.terms_acceptances USING btree (version);

CREATE INDEX throttles_age ON public.throttles USING btree (failed_at);

ALTER INDEX public.history_household ATTACH PARTITION public.history_rest_household_id_noted_at_id_idx;

ALTER INDEX public.history_pkey ATTACH PARTITION public.history_rest_pkey;

ALTER INDEX public.history_subject ATTACH PARTITION public.history_rest_subject_noted_at_id_idx;

CREATE TRIGGER history_is_added_to BEFORE DELETE OR UPDATE ON public.history FOR EACH ROW EXECUTE FUNCTION public.refuse_change_of_history();

CREATE TRIGGER history_is_not_emptied BEFORE TRUNCATE ON public.history FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change_of_history();

ALTER TABLE ONLY public.agents
    ADD CONSTRAINT agents_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.invited_guardians
    ADD CONSTRAINT invited_guardians_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.household_versions(household_id);

ALTER TABLE ONLY public.service_key_answers
    ADD CONSTRAINT service_key_answers_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.service_keys
    ADD CONSTRAINT service_keys_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.terms_acceptances
    ADD CONSTRAINT terms_acceptances_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.terms_acceptances
    ADD CONSTRAINT terms_acceptances_version_fkey FOREIGN KEY (version) REFERENCES public.terms_versions(version);
