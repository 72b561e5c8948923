-- Written by `python -m tools.schema` from the migrations of the service; the partitions of a calendar are left out.

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;

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

CREATE TABLE public.adults (
    adult_id uuid NOT NULL,
    kind text GENERATED ALWAYS AS ('adult'::text) STORED NOT NULL,
    civility text NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    name_key text NOT NULL COLLATE pg_catalog."C",
    email text,
    email_key text COLLATE pg_catalog."C",
    phone text,
    is_invited boolean NOT NULL,
    revision integer DEFAULT 1 NOT NULL
);

CREATE TABLE public.children (
    child_id uuid NOT NULL,
    kind text GENERATED ALWAYS AS ('child'::text) STORED NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    name_key text NOT NULL COLLATE pg_catalog."C",
    birth_on date NOT NULL
);

CREATE TABLE public.comings_of_age (
    child_id uuid NOT NULL,
    noted_at timestamp with time zone NOT NULL
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

CREATE TABLE public.household_members (
    household_id uuid NOT NULL,
    person_id uuid NOT NULL,
    kind text NOT NULL,
    "position" smallint NOT NULL,
    during daterange NOT NULL,
    CONSTRAINT household_members_during_check CHECK (((NOT isempty(during)) AND (NOT lower_inf(during))))
);

CREATE TABLE public.household_numbers (
    series text NOT NULL,
    last_number integer NOT NULL
);

CREATE TABLE public.household_payers (
    household_id uuid NOT NULL,
    adult_id uuid NOT NULL,
    during daterange NOT NULL,
    CONSTRAINT household_payers_during_check CHECK (((NOT isempty(during)) AND (NOT lower_inf(during))))
);

CREATE TABLE public.households (
    household_id uuid NOT NULL,
    reference text NOT NULL,
    address_lines text[] NOT NULL,
    postal_code text NOT NULL,
    city text NOT NULL,
    payer_adult_id uuid,
    payer_key text NOT NULL COLLATE pg_catalog."C",
    search_words tsvector NOT NULL,
    next_turn_on date,
    created_at timestamp with time zone NOT NULL,
    created_by uuid NOT NULL
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

CREATE TABLE public.persons (
    person_id uuid NOT NULL,
    kind text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid NOT NULL,
    CONSTRAINT persons_kind_check CHECK ((kind = ANY (ARRAY['adult'::text, 'child'::text])))
);

CREATE TABLE public.quotients (
    quotient_id uuid NOT NULL,
    household_id uuid NOT NULL,
    effective_on date NOT NULL,
    value_cents integer NOT NULL,
    source text NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by uuid NOT NULL,
    replaced_at timestamp with time zone,
    CONSTRAINT quotients_value_cents_check CHECK ((value_cents >= 0))
);

CREATE TABLE public.residences (
    child_id uuid NOT NULL,
    pattern text NOT NULL,
    household_ids uuid[] NOT NULL,
    anchor_on date,
    evidence text,
    during daterange NOT NULL,
    CONSTRAINT residences_during_check CHECK (((NOT isempty(during)) AND (NOT lower_inf(during)))),
    CONSTRAINT residences_household_ids_check CHECK (((cardinality(household_ids) >= 1) AND (cardinality(household_ids) <= 2)))
);

CREATE TABLE public.responsibilities (
    child_id uuid NOT NULL,
    adult_id uuid NOT NULL,
    role text NOT NULL,
    authority text NOT NULL,
    evidence text,
    during daterange NOT NULL,
    CONSTRAINT responsibilities_during_check CHECK (((NOT isempty(during)) AND (NOT lower_inf(during))))
);

CREATE TABLE public.schema_migrations (
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE ONLY public.history ATTACH PARTITION public.history_rest DEFAULT;

ALTER TABLE ONLY public.adults
    ADD CONSTRAINT adults_pkey PRIMARY KEY (adult_id);

ALTER TABLE ONLY public.children
    ADD CONSTRAINT children_pkey PRIMARY KEY (child_id);

ALTER TABLE ONLY public.comings_of_age
    ADD CONSTRAINT comings_of_age_pkey PRIMARY KEY (child_id);

ALTER TABLE ONLY public.dead_letters
    ADD CONSTRAINT dead_letters_pkey PRIMARY KEY (event_key);

ALTER TABLE ONLY public.history_keys
    ADD CONSTRAINT history_keys_pkey PRIMARY KEY (owner);

ALTER TABLE ONLY public.history
    ADD CONSTRAINT history_pkey PRIMARY KEY (noted_at, id);

ALTER TABLE ONLY public.history_rest
    ADD CONSTRAINT history_rest_pkey PRIMARY KEY (noted_at, id);

ALTER TABLE ONLY public.household_members
    ADD CONSTRAINT household_members_household_id_person_id_during_excl EXCLUDE USING gist (household_id WITH =, person_id WITH =, during WITH &&);

ALTER TABLE ONLY public.household_numbers
    ADD CONSTRAINT household_numbers_pkey PRIMARY KEY (series);

ALTER TABLE ONLY public.household_payers
    ADD CONSTRAINT household_payers_household_id_during_excl EXCLUDE USING gist (household_id WITH =, during WITH &&);

ALTER TABLE ONLY public.households
    ADD CONSTRAINT households_pkey PRIMARY KEY (household_id);

ALTER TABLE ONLY public.households
    ADD CONSTRAINT households_reference_key UNIQUE (reference);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (actor, key);

ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (event_id);

ALTER TABLE ONLY public.invariant_checks
    ADD CONSTRAINT invariant_checks_pkey PRIMARY KEY (invariant);

ALTER TABLE ONLY public.job_runs
    ADD CONSTRAINT job_runs_pkey PRIMARY KEY (job);

ALTER TABLE ONLY public.outbox_keys
    ADD CONSTRAINT outbox_keys_pkey PRIMARY KEY (topic, key);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.persons
    ADD CONSTRAINT persons_person_id_kind_key UNIQUE (person_id, kind);

ALTER TABLE ONLY public.persons
    ADD CONSTRAINT persons_pkey PRIMARY KEY (person_id);

ALTER TABLE ONLY public.quotients
    ADD CONSTRAINT quotients_pkey PRIMARY KEY (quotient_id);

ALTER TABLE ONLY public.residences
    ADD CONSTRAINT residences_child_id_during_excl EXCLUDE USING gist (child_id WITH =, during WITH &&);

ALTER TABLE ONLY public.responsibilities
    ADD CONSTRAINT responsibilities_child_id_adult_id_role_during_excl EXCLUDE USING gist (child_id WITH =, adult_id WITH =, role WITH =, during WITH &&);

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (name);

CREATE INDEX adults_by_name ON public.adults USING btree (name_key);

CREATE UNIQUE INDEX adults_invited ON public.adults USING btree (email_key) WHERE is_invited;

CREATE INDEX dead_letters_open ON public.dead_letters USING btree (topic, partition, record_offset) WHERE (resolved_at IS NULL);

CREATE INDEX history_household ON ONLY public.history USING btree (household_id, noted_at DESC, id DESC) WHERE (household_id IS NOT NULL);

CREATE INDEX history_rest_household_id_noted_at_id_idx ON public.history_rest USING btree (household_id, noted_at DESC, id DESC) WHERE (household_id IS NOT NULL);

CREATE INDEX history_subject ON ONLY public.history USING btree (subject, noted_at DESC, id DESC);

CREATE INDEX history_rest_subject_noted_at_id_idx ON public.history_rest USING btree (subject, noted_at DESC, id DESC);

CREATE INDEX household_members_of_person ON public.household_members USING btree (person_id, kind);

CREATE INDEX household_payers_adult ON public.household_payers USING btree (adult_id);

CREATE INDEX households_by_payer ON public.households USING btree (payer_key, household_id);

CREATE INDEX households_by_word ON public.households USING gin (search_words);

CREATE INDEX households_payer ON public.households USING btree (payer_adult_id);

CREATE INDEX households_turning ON public.households USING btree (next_turn_on) WHERE (next_turn_on IS NOT NULL);

CREATE INDEX idempotency_keys_created ON public.idempotency_keys USING btree (created_at);

CREATE INDEX inbox_applied ON public.inbox USING btree (applied_at);

CREATE INDEX outbox_shard ON public.outbox USING btree (shard, id);

CREATE UNIQUE INDEX quotients_current ON public.quotients USING btree (household_id, effective_on) WHERE (replaced_at IS NULL);

CREATE INDEX quotients_of_household ON public.quotients USING btree (household_id);

CREATE INDEX responsibilities_adult ON public.responsibilities USING btree (adult_id);

ALTER INDEX public.history_household ATTACH PARTITION public.history_rest_household_id_noted_at_id_idx;

ALTER INDEX public.history_pkey ATTACH PARTITION public.history_rest_pkey;

ALTER INDEX public.history_subject ATTACH PARTITION public.history_rest_subject_noted_at_id_idx;

CREATE TRIGGER history_is_added_to BEFORE DELETE OR UPDATE ON public.history FOR EACH ROW EXECUTE FUNCTION public.refuse_change_of_history();

CREATE TRIGGER history_is_not_emptied BEFORE TRUNCATE ON public.history FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change_of_history();

ALTER TABLE ONLY public.adults
    ADD CONSTRAINT adults_adult_id_kind_fkey FOREIGN KEY (adult_id, kind) REFERENCES public.persons(person_id, kind);

ALTER TABLE ONLY public.children
    ADD CONSTRAINT children_child_id_kind_fkey FOREIGN KEY (child_id, kind) REFERENCES public.persons(person_id, kind);

ALTER TABLE ONLY public.comings_of_age
    ADD CONSTRAINT comings_of_age_child_id_fkey FOREIGN KEY (child_id) REFERENCES public.children(child_id);

ALTER TABLE ONLY public.household_members
    ADD CONSTRAINT household_members_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id);

ALTER TABLE ONLY public.household_members
    ADD CONSTRAINT household_members_person_id_kind_fkey FOREIGN KEY (person_id, kind) REFERENCES public.persons(person_id, kind);

ALTER TABLE ONLY public.household_payers
    ADD CONSTRAINT household_payers_adult_id_fkey FOREIGN KEY (adult_id) REFERENCES public.adults(adult_id);

ALTER TABLE ONLY public.household_payers
    ADD CONSTRAINT household_payers_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id);

ALTER TABLE ONLY public.households
    ADD CONSTRAINT households_payer_adult_id_fkey FOREIGN KEY (payer_adult_id) REFERENCES public.adults(adult_id) ON DELETE SET NULL;

ALTER TABLE ONLY public.quotients
    ADD CONSTRAINT quotients_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id);

ALTER TABLE ONLY public.residences
    ADD CONSTRAINT residences_child_id_fkey FOREIGN KEY (child_id) REFERENCES public.children(child_id);

ALTER TABLE ONLY public.responsibilities
    ADD CONSTRAINT responsibilities_adult_id_fkey FOREIGN KEY (adult_id) REFERENCES public.adults(adult_id);

ALTER TABLE ONLY public.responsibilities
    ADD CONSTRAINT responsibilities_child_id_fkey FOREIGN KEY (child_id) REFERENCES public.children(child_id);
