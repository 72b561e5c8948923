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

CREATE TABLE public.account_merges (
    merge_id uuid NOT NULL,
    kept_account_id uuid NOT NULL,
    merged_account_id uuid NOT NULL,
    moved_guardian_ids uuid[] NOT NULL,
    moved_service_key_ids uuid[] NOT NULL,
    dropped_subject text,
    dropped_linked_at timestamp with time zone,
    dropped_counts_from timestamp with time zone,
    merged_at timestamp with time zone NOT NULL,
    merged_by uuid NOT NULL,
    undone_at timestamp with time zone,
    undone_by uuid,
    CONSTRAINT account_merges_check CHECK ((kept_account_id <> merged_account_id)),
    CONSTRAINT account_merges_check1 CHECK (((undone_at IS NULL) = (undone_by IS NULL))),
    CONSTRAINT account_merges_check2 CHECK ((num_nulls(dropped_subject, dropped_linked_at, dropped_counts_from) = ANY (ARRAY[0, 3])))
);

CREATE TABLE public.account_persons (
    guardian_id uuid NOT NULL,
    account_id uuid NOT NULL,
    email text NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    name_key text NOT NULL COLLATE pg_catalog."C",
    list_key text NOT NULL COLLATE pg_catalog."C",
    phone_key text COLLATE pg_catalog."C",
    details_revision integer DEFAULT 0 NOT NULL,
    is_merged boolean DEFAULT false NOT NULL,
    is_delegate boolean DEFAULT false NOT NULL,
    left_at timestamp with time zone,
    left_household_id uuid,
    CONSTRAINT account_persons_check CHECK (((left_at IS NULL) = (left_household_id IS NULL))),
    CONSTRAINT account_persons_check1 CHECK ((NOT (is_merged AND is_delegate)))
);

CREATE TABLE public.accounts (
    account_id uuid NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    is_disabled boolean DEFAULT false NOT NULL,
    email text NOT NULL,
    email_key text NOT NULL,
    username text NOT NULL,
    username_key text NOT NULL,
    password_hash text,
    password_expires_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    invited_at timestamp with time zone,
    last_sign_in_at timestamp with time zone,
    merged_into uuid,
    declined_services text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT accounts_check CHECK (((merged_into IS NULL) OR ((kind = 'parent'::text) AND is_disabled))),
    CONSTRAINT accounts_kind_check CHECK ((kind = ANY (ARRAY['parent'::text, 'agent'::text, 'delegate'::text]))),
    CONSTRAINT accounts_status_check CHECK ((status = ANY (ARRAY['invited'::text, 'activated'::text, 'active'::text])))
);

CREATE TABLE public.agent_changes (
    change_id uuid NOT NULL,
    account_id uuid NOT NULL,
    made_from text NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    service text NOT NULL,
    roles text[] NOT NULL,
    sites text[] NOT NULL,
    has_every_site boolean NOT NULL,
    is_disabled boolean NOT NULL,
    is_roles_return boolean NOT NULL,
    asked_by uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    outcome text,
    decided_by uuid,
    decided_at timestamp with time zone,
    CONSTRAINT agent_changes_check CHECK (((decided_by IS NULL) = (decided_at IS NULL))),
    CONSTRAINT agent_changes_check1 CHECK (((decided_by IS NULL) OR (outcome = ANY (ARRAY['confirmed'::text, 'refused'::text])))),
    CONSTRAINT agent_changes_outcome_check CHECK ((outcome = ANY (ARRAY['confirmed'::text, 'refused'::text, 'replaced'::text, 'expired'::text])))
);

CREATE TABLE public.agent_links (
    account_id uuid NOT NULL,
    issuer text NOT NULL,
    subject text NOT NULL,
    linked_at timestamp with time zone NOT NULL,
    proved_at timestamp with time zone NOT NULL,
    refused_at timestamp with time zone,
    ended_at timestamp with time zone
);

CREATE TABLE public.agents (
    account_id uuid NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    service text NOT NULL,
    roles text[] NOT NULL,
    sites text[] NOT NULL,
    has_every_site boolean NOT NULL,
    roles_given_at timestamp with time zone NOT NULL,
    roles_lapsed_at timestamp with time zone,
    name_key text NOT NULL COLLATE pg_catalog."C",
    list_key text NOT NULL COLLATE pg_catalog."C",
    employee_number text,
    CONSTRAINT agents_check CHECK (((NOT has_every_site) OR (sites = '{}'::text[]))),
    CONSTRAINT agents_employee_number_check CHECK ((employee_number <> ''::text))
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

CREATE TABLE public.delegate_versions (
    delegate_id uuid NOT NULL,
    version bigint NOT NULL
);

CREATE TABLE public.devices (
    account_id uuid NOT NULL,
    device_hash bytea NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    failure_count integer NOT NULL,
    failed_at timestamp with time zone NOT NULL,
    open_at timestamp with time zone NOT NULL
);

CREATE TABLE public.franceconnect_links (
    account_id uuid NOT NULL,
    subject text NOT NULL,
    linked_at timestamp with time zone NOT NULL,
    counts_from timestamp with time zone NOT NULL
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
    version bigint NOT NULL,
    reference text
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

CREATE TABLE public.invitation_lines (
    run_id uuid NOT NULL,
    "position" integer NOT NULL,
    line_number integer NOT NULL,
    reference text NOT NULL,
    email text,
    account_id uuid,
    invitation_id uuid,
    finding text NOT NULL,
    same_as_line integer
);

CREATE TABLE public.invitation_runs (
    run_id uuid NOT NULL,
    label text NOT NULL,
    choice text NOT NULL,
    status text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid NOT NULL,
    confirmed_at timestamp with time zone,
    confirmed_by uuid,
    finished_at timestamp with time zone,
    CONSTRAINT invitation_runs_check CHECK (((confirmed_at IS NULL) = (confirmed_by IS NULL))),
    CONSTRAINT invitation_runs_check1 CHECK (((status = 'proposed'::text) = (confirmed_at IS NULL))),
    CONSTRAINT invitation_runs_check2 CHECK (((status = 'done'::text) = (finished_at IS NOT NULL))),
    CONSTRAINT invitation_runs_choice_check CHECK ((choice = ANY (ARRAY['file'::text, 'never_invited'::text, 'lapsed'::text]))),
    CONSTRAINT invitation_runs_status_check CHECK ((status = ANY (ARRAY['proposed'::text, 'running'::text, 'done'::text])))
);

CREATE TABLE public.invitations (
    invitation_id uuid NOT NULL,
    account_id uuid NOT NULL,
    purpose text NOT NULL,
    reason text NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    is_asked_by_holder boolean NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    issued_at timestamp with time zone,
    token_hash bytea,
    temporary_password_hash text,
    delivered_at timestamp with time zone,
    refused_at timestamp with time zone,
    refusal text,
    used_at timestamp with time zone,
    replaced_at timestamp with time zone,
    CONSTRAINT invitations_check CHECK (((issued_at IS NULL) = (token_hash IS NULL))),
    CONSTRAINT invitations_check1 CHECK (((used_at IS NULL) OR (issued_at IS NOT NULL))),
    CONSTRAINT invitations_check2 CHECK (((refused_at IS NULL) = (refusal IS NULL))),
    CONSTRAINT invitations_purpose_check CHECK ((purpose = ANY (ARRAY['invitation'::text, 'password_reset'::text]))),
    CONSTRAINT invitations_reason_check CHECK ((reason = ANY (ARRAY['asked'::text, 'address_corrected'::text, 'person_left'::text])))
);

CREATE TABLE public.invited_guardians (
    household_id uuid NOT NULL,
    guardian_id uuid NOT NULL
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

CREATE TABLE public.known_browsers (
    account_id uuid NOT NULL,
    browser text NOT NULL,
    first_used_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone NOT NULL
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

CREATE TABLE public.passkey_challenges (
    holder bytea NOT NULL,
    purpose text NOT NULL,
    challenge bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT passkey_challenges_purpose_check CHECK ((purpose = ANY (ARRAY['sign_in'::text, 'registration'::text, 'proof'::text])))
);

CREATE TABLE public.passkeys (
    passkey_id uuid NOT NULL,
    account_id uuid NOT NULL,
    credential_id bytea NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    name text NOT NULL,
    added_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    counts_from timestamp with time zone NOT NULL
);

CREATE TABLE public.password_resets (
    password_reset_id uuid NOT NULL,
    email_key text NOT NULL,
    requested_at timestamp with time zone NOT NULL
);

CREATE TABLE public.provider_authorizations (
    authorization_id uuid NOT NULL,
    provider text NOT NULL,
    state_hash bytea NOT NULL,
    nonce_hash bytea NOT NULL,
    browser_hash bytea NOT NULL,
    next_path text NOT NULL,
    is_silent boolean NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    returned_at timestamp with time zone,
    sealed_identity bytea,
    CONSTRAINT provider_authorizations_check CHECK (((sealed_identity IS NULL) OR (returned_at IS NOT NULL))),
    CONSTRAINT provider_authorizations_provider_check CHECK ((provider = ANY (ARRAY['franceconnect'::text, 'agents'::text])))
);

CREATE TABLE public.provider_ends (
    name_hash bytea NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    kept_until timestamp with time zone NOT NULL
);

CREATE TABLE public.provider_logouts (
    order_hash bytea NOT NULL,
    kept_until timestamp with time zone NOT NULL
);

CREATE TABLE public.provider_sessions (
    token_hash bytea NOT NULL,
    provider text NOT NULL,
    id_token bytea NOT NULL,
    sid text,
    proved_until timestamp with time zone,
    CONSTRAINT provider_sessions_provider_check CHECK ((provider = ANY (ARRAY['franceconnect'::text, 'agents'::text])))
);

CREATE TABLE public.recovery_codes (
    account_id uuid NOT NULL,
    code_hash bytea NOT NULL
);

CREATE TABLE public.schema_migrations (
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE public.second_factors (
    account_id uuid NOT NULL,
    device_id uuid NOT NULL,
    sealed bytea NOT NULL,
    enrolled_at timestamp with time zone NOT NULL,
    last_used_step bigint NOT NULL,
    counts_from timestamp with time zone NOT NULL
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

CREATE TABLE public.session_proofs (
    token_hash bytea NOT NULL,
    guardian_id uuid,
    means text NOT NULL,
    proved_at timestamp with time zone NOT NULL
);

CREATE TABLE public.sessions (
    token_hash bytea NOT NULL,
    session_id uuid NOT NULL,
    account_id uuid NOT NULL,
    guardian_id uuid,
    means text NOT NULL,
    browser text NOT NULL,
    previous_sign_in_at timestamp with time zone,
    opened_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    strong_at timestamp with time zone,
    strong_by text,
    CONSTRAINT sessions_check CHECK (((strong_at IS NULL) = (strong_by IS NULL))),
    CONSTRAINT sessions_check1 CHECK ((expires_at <= ends_at)),
    CONSTRAINT sessions_means_check CHECK ((means = ANY (ARRAY['password'::text, 'franceconnect'::text, 'passkey'::text, 'agent_provider'::text]))),
    CONSTRAINT sessions_strong_by_check CHECK ((strong_by = ANY (ARRAY['totp'::text, 'recovery_code'::text, 'passkey'::text, 'agent_provider'::text])))
);

CREATE TABLE public.source_levels (
    source text NOT NULL,
    empty_at timestamp with time zone NOT NULL
);

CREATE TABLE public.step_up_codes (
    token_hash bytea NOT NULL,
    code_hash bytea NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    try_count integer DEFAULT 0 NOT NULL,
    CONSTRAINT step_up_codes_try_count_check CHECK ((try_count >= 0))
);

CREATE TABLE public.terms_acceptances (
    person_id uuid NOT NULL,
    version text NOT NULL,
    account_id uuid NOT NULL,
    accepted_at timestamp with time zone NOT NULL,
    address_hash bytea NOT NULL,
    void_at timestamp with time zone,
    given_from text,
    CONSTRAINT terms_acceptances_check CHECK (((void_at IS NULL) = (given_from IS NULL)))
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

CREATE TABLE public.waiting_owners (
    kind text NOT NULL,
    item_id uuid NOT NULL,
    account_id uuid NOT NULL,
    ends_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.history ATTACH PARTITION public.history_rest DEFAULT;

ALTER TABLE ONLY public.account_merges
    ADD CONSTRAINT account_merges_pkey PRIMARY KEY (merge_id);

ALTER TABLE ONLY public.account_persons
    ADD CONSTRAINT account_persons_pkey PRIMARY KEY (guardian_id);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_username_key_key UNIQUE (username_key);

ALTER TABLE ONLY public.agent_changes
    ADD CONSTRAINT agent_changes_pkey PRIMARY KEY (change_id);

ALTER TABLE ONLY public.agent_links
    ADD CONSTRAINT agent_links_issuer_subject_key UNIQUE (issuer, subject);

ALTER TABLE ONLY public.agent_links
    ADD CONSTRAINT agent_links_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY public.agents
    ADD CONSTRAINT agents_employee_number_key UNIQUE (employee_number);

ALTER TABLE ONLY public.agents
    ADD CONSTRAINT agents_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY public.bulk_decision_lines
    ADD CONSTRAINT bulk_decision_lines_pkey PRIMARY KEY (batch_id, "position");

ALTER TABLE ONLY public.bulk_decisions
    ADD CONSTRAINT bulk_decisions_pkey PRIMARY KEY (batch_id);

ALTER TABLE ONLY public.dead_letters
    ADD CONSTRAINT dead_letters_pkey PRIMARY KEY (event_key);

ALTER TABLE ONLY public.delegate_versions
    ADD CONSTRAINT delegate_versions_pkey PRIMARY KEY (delegate_id);

ALTER TABLE ONLY public.devices
    ADD CONSTRAINT devices_pkey PRIMARY KEY (account_id, device_hash);

ALTER TABLE ONLY public.franceconnect_links
    ADD CONSTRAINT franceconnect_links_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY public.franceconnect_links
    ADD CONSTRAINT franceconnect_links_subject_key UNIQUE (subject);

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

ALTER TABLE ONLY public.invitation_lines
    ADD CONSTRAINT invitation_lines_pkey PRIMARY KEY (run_id, "position");

ALTER TABLE ONLY public.invitation_runs
    ADD CONSTRAINT invitation_runs_pkey PRIMARY KEY (run_id);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (invitation_id);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.invited_guardians
    ADD CONSTRAINT invited_guardians_pkey PRIMARY KEY (household_id, guardian_id);

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

ALTER TABLE ONLY public.known_browsers
    ADD CONSTRAINT known_browsers_pkey PRIMARY KEY (account_id, browser);

ALTER TABLE ONLY public.outbox_keys
    ADD CONSTRAINT outbox_keys_pkey PRIMARY KEY (topic, key);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.passkey_challenges
    ADD CONSTRAINT passkey_challenges_pkey PRIMARY KEY (holder, purpose);

ALTER TABLE ONLY public.passkeys
    ADD CONSTRAINT passkeys_credential_id_key UNIQUE (credential_id);

ALTER TABLE ONLY public.passkeys
    ADD CONSTRAINT passkeys_pkey PRIMARY KEY (passkey_id);

ALTER TABLE ONLY public.password_resets
    ADD CONSTRAINT password_resets_pkey PRIMARY KEY (password_reset_id);

ALTER TABLE ONLY public.provider_authorizations
    ADD CONSTRAINT provider_authorizations_pkey PRIMARY KEY (authorization_id);

ALTER TABLE ONLY public.provider_authorizations
    ADD CONSTRAINT provider_authorizations_state_hash_key UNIQUE (state_hash);

ALTER TABLE ONLY public.provider_ends
    ADD CONSTRAINT provider_ends_pkey PRIMARY KEY (name_hash);

ALTER TABLE ONLY public.provider_logouts
    ADD CONSTRAINT provider_logouts_pkey PRIMARY KEY (order_hash);

ALTER TABLE ONLY public.provider_sessions
    ADD CONSTRAINT provider_sessions_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_pkey PRIMARY KEY (account_id, code_hash);

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.second_factors
    ADD CONSTRAINT second_factors_device_id_key UNIQUE (device_id);

ALTER TABLE ONLY public.second_factors
    ADD CONSTRAINT second_factors_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY public.service_key_answers
    ADD CONSTRAINT service_key_answers_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY public.service_keys
    ADD CONSTRAINT service_keys_key_hash_key UNIQUE (key_hash);

ALTER TABLE ONLY public.service_keys
    ADD CONSTRAINT service_keys_pkey PRIMARY KEY (service_key_id);

ALTER TABLE ONLY public.session_proofs
    ADD CONSTRAINT session_proofs_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_session_id_key UNIQUE (session_id);

ALTER TABLE ONLY public.source_levels
    ADD CONSTRAINT source_levels_pkey PRIMARY KEY (source);

ALTER TABLE ONLY public.step_up_codes
    ADD CONSTRAINT step_up_codes_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY public.terms_acceptances
    ADD CONSTRAINT terms_acceptances_pkey PRIMARY KEY (person_id, version, accepted_at);

ALTER TABLE ONLY public.terms_versions
    ADD CONSTRAINT terms_versions_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.throttles
    ADD CONSTRAINT throttles_pkey PRIMARY KEY (subject);

ALTER TABLE ONLY public.waiting_owners
    ADD CONSTRAINT waiting_owners_pkey PRIMARY KEY (kind, item_id);

CREATE UNIQUE INDEX account_merges_alive ON public.account_merges USING btree (merged_account_id) WHERE (undone_at IS NULL);

CREATE INDEX account_merges_kept ON public.account_merges USING btree (kept_account_id);

CREATE INDEX account_merges_merged ON public.account_merges USING btree (merged_account_id);

CREATE INDEX account_persons_account ON public.account_persons USING btree (account_id);

CREATE UNIQUE INDEX account_persons_delegate ON public.account_persons USING btree (account_id) WHERE is_delegate;

CREATE INDEX account_persons_left ON public.account_persons USING btree (left_at) WHERE (left_at IS NOT NULL);

CREATE INDEX account_persons_left_household ON public.account_persons USING btree (left_household_id) WHERE (left_at IS NOT NULL);

CREATE INDEX account_persons_name ON public.account_persons USING btree (name_key, phone_key);

CREATE INDEX accounts_email ON public.accounts USING btree (email_key);

CREATE UNIQUE INDEX accounts_family_address ON public.accounts USING btree (email_key) WHERE ((kind = 'parent'::text) AND (NOT is_disabled));

CREATE INDEX accounts_merged_into ON public.accounts USING btree (merged_into);

CREATE INDEX accounts_never_invited ON public.accounts USING btree (account_id) WHERE ((invited_at IS NULL) AND (status = 'invited'::text) AND (NOT is_disabled));

CREATE INDEX agent_changes_account ON public.agent_changes USING btree (account_id);

CREATE INDEX agent_changes_age ON public.agent_changes USING btree (expires_at);

CREATE UNIQUE INDEX agent_changes_awaited ON public.agent_changes USING btree (account_id) WHERE (outcome IS NULL);

CREATE INDEX agents_by_name ON public.agents USING btree (list_key, account_id);

CREATE INDEX bulk_decisions_old ON public.bulk_decisions USING btree (decided_at);

CREATE INDEX dead_letters_open ON public.dead_letters USING btree (topic, partition, record_offset) WHERE (resolved_at IS NULL);

CREATE INDEX devices_age ON public.devices USING btree (seen_at);

CREATE INDEX devices_hash ON public.devices USING btree (device_hash);

CREATE INDEX history_household ON ONLY public.history USING btree (household_id, noted_at DESC, id DESC) WHERE (household_id IS NOT NULL);

CREATE INDEX history_rest_household_id_noted_at_id_idx ON public.history_rest USING btree (household_id, noted_at DESC, id DESC) WHERE (household_id IS NOT NULL);

CREATE INDEX history_subject ON ONLY public.history USING btree (subject, noted_at DESC, id DESC);

CREATE INDEX history_rest_subject_noted_at_id_idx ON public.history_rest USING btree (subject, noted_at DESC, id DESC);

CREATE INDEX household_versions_reference ON public.household_versions USING btree (reference);

CREATE INDEX idempotency_keys_created ON public.idempotency_keys USING btree (created_at);

CREATE INDEX inbox_applied ON public.inbox USING btree (applied_at);

CREATE INDEX invitation_lines_account ON public.invitation_lines USING btree (account_id);

CREATE INDEX invitation_lines_finding ON public.invitation_lines USING btree (run_id, finding, "position");

CREATE INDEX invitation_lines_invitation ON public.invitation_lines USING btree (invitation_id);

CREATE INDEX invitation_lines_reference ON public.invitation_lines USING btree (reference);

CREATE INDEX invitation_lines_waiting ON public.invitation_lines USING btree (run_id, "position") WHERE (finding = 'to_invite'::text);

CREATE INDEX invitation_runs_age ON public.invitation_runs USING btree (COALESCE(finished_at, created_at));

CREATE INDEX invitation_runs_running ON public.invitation_runs USING btree (confirmed_at) WHERE (status = 'running'::text);

CREATE INDEX invitations_account ON public.invitations USING btree (account_id);

CREATE UNIQUE INDEX invitations_alive ON public.invitations USING btree (account_id) WHERE ((used_at IS NULL) AND (replaced_at IS NULL));

CREATE INDEX invitations_due ON public.invitations USING btree (requested_at) WHERE ((issued_at IS NULL) AND (replaced_at IS NULL));

CREATE INDEX invitations_expiry ON public.invitations USING btree (expires_at);

CREATE INDEX invitations_under_way ON public.invitations USING btree (requested_at) WHERE ((delivered_at IS NULL) AND (refused_at IS NULL) AND (replaced_at IS NULL) AND (used_at IS NULL));

CREATE INDEX invited_guardians_guardian ON public.invited_guardians USING btree (guardian_id);

CREATE INDEX issued_documents_naming ON public.issued_documents USING gin (named_ids);

CREATE INDEX issued_documents_of_child ON public.issued_documents USING btree (child_id) WHERE (child_id IS NOT NULL);

CREATE INDEX issued_documents_of_household ON public.issued_documents USING btree (household_id, document_id);

CREATE INDEX known_browsers_age ON public.known_browsers USING btree (last_used_at);

CREATE INDEX outbox_shard ON public.outbox USING btree (shard, id);

CREATE INDEX passkey_challenges_expiry ON public.passkey_challenges USING btree (expires_at);

CREATE INDEX passkeys_account ON public.passkeys USING btree (account_id);

CREATE INDEX password_resets_age ON public.password_resets USING btree (requested_at);

CREATE INDEX provider_authorizations_browser ON public.provider_authorizations USING btree (browser_hash, requested_at);

CREATE INDEX provider_authorizations_expiry ON public.provider_authorizations USING btree (expires_at);

CREATE INDEX provider_ends_age ON public.provider_ends USING btree (kept_until);

CREATE INDEX provider_logouts_end ON public.provider_logouts USING btree (kept_until);

CREATE INDEX provider_sessions_sid ON public.provider_sessions USING btree (sid) WHERE (sid IS NOT NULL);

CREATE INDEX service_keys_account ON public.service_keys USING btree (account_id);

CREATE UNIQUE INDEX service_keys_alive ON public.service_keys USING btree (account_id, service) WHERE (replaced_at IS NULL);

CREATE INDEX service_keys_replaced ON public.service_keys USING btree (replaced_at) WHERE (replaced_at IS NOT NULL);

CREATE INDEX sessions_account ON public.sessions USING btree (account_id);

CREATE INDEX sessions_expiry ON public.sessions USING btree (expires_at);

CREATE INDEX source_levels_empty ON public.source_levels USING btree (empty_at);

CREATE INDEX terms_acceptances_account ON public.terms_acceptances USING btree (account_id);

CREATE UNIQUE INDEX terms_acceptances_counting ON public.terms_acceptances USING btree (person_id, version) WHERE (void_at IS NULL);

CREATE INDEX terms_acceptances_version ON public.terms_acceptances USING btree (version);

CREATE INDEX throttles_age ON public.throttles USING btree (failed_at);

CREATE INDEX waiting_owners_ended ON public.waiting_owners USING btree (ends_at);

ALTER INDEX public.history_household ATTACH PARTITION public.history_rest_household_id_noted_at_id_idx;

ALTER INDEX public.history_pkey ATTACH PARTITION public.history_rest_pkey;

ALTER INDEX public.history_subject ATTACH PARTITION public.history_rest_subject_noted_at_id_idx;

CREATE TRIGGER history_is_added_to BEFORE DELETE OR UPDATE ON public.history FOR EACH ROW EXECUTE FUNCTION public.refuse_change_of_history();

CREATE TRIGGER history_is_not_emptied BEFORE TRUNCATE ON public.history FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change_of_history();

ALTER TABLE ONLY public.account_merges
    ADD CONSTRAINT account_merges_kept_account_id_fkey FOREIGN KEY (kept_account_id) REFERENCES public.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.account_merges
    ADD CONSTRAINT account_merges_merged_account_id_fkey FOREIGN KEY (merged_account_id) REFERENCES public.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.account_persons
    ADD CONSTRAINT account_persons_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES public.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.agent_changes
    ADD CONSTRAINT agent_changes_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.agents(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.agent_links
    ADD CONSTRAINT agent_links_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.agents
    ADD CONSTRAINT agents_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.bulk_decision_lines
    ADD CONSTRAINT bulk_decision_lines_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES public.bulk_decisions(batch_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.devices
    ADD CONSTRAINT devices_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.franceconnect_links
    ADD CONSTRAINT franceconnect_links_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.invitation_lines
    ADD CONSTRAINT invitation_lines_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id) ON DELETE SET NULL;

ALTER TABLE ONLY public.invitation_lines
    ADD CONSTRAINT invitation_lines_invitation_id_fkey FOREIGN KEY (invitation_id) REFERENCES public.invitations(invitation_id) ON DELETE SET NULL;

ALTER TABLE ONLY public.invitation_lines
    ADD CONSTRAINT invitation_lines_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.invitation_runs(run_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.invited_guardians
    ADD CONSTRAINT invited_guardians_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.household_versions(household_id);

ALTER TABLE ONLY public.known_browsers
    ADD CONSTRAINT known_browsers_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.passkeys
    ADD CONSTRAINT passkeys_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.provider_sessions
    ADD CONSTRAINT provider_sessions_token_hash_fkey FOREIGN KEY (token_hash) REFERENCES public.sessions(token_hash) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.second_factors(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.second_factors
    ADD CONSTRAINT second_factors_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.service_key_answers
    ADD CONSTRAINT service_key_answers_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.service_keys
    ADD CONSTRAINT service_keys_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.session_proofs
    ADD CONSTRAINT session_proofs_token_hash_fkey FOREIGN KEY (token_hash) REFERENCES public.sessions(token_hash) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.step_up_codes
    ADD CONSTRAINT step_up_codes_token_hash_fkey FOREIGN KEY (token_hash) REFERENCES public.sessions(token_hash) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY public.terms_acceptances
    ADD CONSTRAINT terms_acceptances_version_fkey FOREIGN KEY (version) REFERENCES public.terms_versions(version);
