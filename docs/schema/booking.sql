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

CREATE FUNCTION public.open_school_year(year integer) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
    whole text;
    place text;
begin
    if to_regclass(format('bookings_%s', year)) is not null then
        return;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('school years', 0));
    if to_regclass(format('bookings_%s', year)) is not null then
        return;
    end if;
    foreach whole in array array['bookings', 'attendances', 'attendance_records'] loop
        place := format('%s_%s', whole, year);
        execute format('create table %I (like %I including all)', place, whole);
        execute format(
            'alter table %I attach partition %I for values from (%L) to (%L)',
            whole, place, make_date(year, 9, 1), make_date(year + 1, 9, 1)
        );
    end loop;
end
$$;

CREATE FUNCTION public.refuse_change_of_history() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception 'history is only ever added to';
end $$;

CREATE TABLE public.activities (
    id uuid NOT NULL,
    kind text NOT NULL,
    label text NOT NULL,
    tariff_code text NOT NULL,
    age_min smallint NOT NULL,
    age_max smallint NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    cutoff_days_before smallint NOT NULL,
    cutoff_at time without time zone NOT NULL,
    required_documents text[] NOT NULL,
    CONSTRAINT activities_check CHECK ((age_min <= age_max)),
    CONSTRAINT activities_check1 CHECK ((starts_on <= ends_on))
);

CREATE TABLE public.attendance_records (
    attendance_id uuid NOT NULL,
    slot_id uuid NOT NULL,
    service_on date NOT NULL,
    child_id uuid NOT NULL,
    household_id uuid NOT NULL,
    booking_id uuid,
    mark text NOT NULL,
    arrived_at timestamp with time zone,
    left_at timestamp with time zone
)
PARTITION BY RANGE (service_on);

CREATE TABLE public.attendances (
    slot_id uuid NOT NULL,
    service_on date NOT NULL,
    child_id uuid NOT NULL,
    household_id uuid NOT NULL,
    booking_id uuid,
    mark text NOT NULL,
    arrived_at timestamp with time zone,
    left_at timestamp with time zone,
    marked_by uuid NOT NULL,
    marked_at timestamp with time zone NOT NULL,
    device_mark_ids uuid[] NOT NULL,
    version integer NOT NULL
)
PARTITION BY RANGE (service_on);

CREATE TABLE public.bookings (
    id uuid NOT NULL,
    service_on date NOT NULL,
    basket_id uuid NOT NULL,
    household_id uuid NOT NULL,
    child_id uuid NOT NULL,
    activity_id uuid NOT NULL,
    slot_id uuid NOT NULL,
    span int4range NOT NULL,
    status text NOT NULL,
    booked_by uuid NOT NULL,
    confirmed_at timestamp with time zone NOT NULL,
    cancelled_by uuid,
    cancelled_at timestamp with time zone,
    CONSTRAINT bookings_check CHECK (((cancelled_by IS NULL) = (cancelled_at IS NULL))),
    CONSTRAINT bookings_span_check CHECK (((NOT isempty(span)) AND (NOT lower_inf(span)) AND (NOT upper_inf(span))))
)
PARTITION BY RANGE (service_on);

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

CREATE TABLE public.care_keys (
    child_id uuid NOT NULL,
    private_key text NOT NULL,
    public_key text NOT NULL,
    made_at timestamp with time zone NOT NULL
);

CREATE TABLE public.care_looks (
    looked_on date NOT NULL,
    agent_id uuid NOT NULL,
    child_id uuid NOT NULL
);

CREATE TABLE public.care_records (
    child_id uuid NOT NULL,
    version bigint NOT NULL,
    sealed_for text NOT NULL,
    sealed text NOT NULL
);

CREATE TABLE public.child_records (
    child_id uuid NOT NULL,
    version bigint NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    birth_on date NOT NULL
);

CREATE TABLE public.child_schoolings (
    child_id uuid NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    level text NOT NULL,
    school_code text,
    class_label text
);

CREATE TABLE public.household_children (
    household_id uuid NOT NULL,
    child_id uuid NOT NULL,
    days datemultirange NOT NULL
);

CREATE VIEW public.children AS
 SELECT m.household_id,
    m.days,
    c.child_id,
    c.first_name,
    c.last_name,
    c.birth_on
   FROM (public.household_children m
     JOIN public.child_records c ON ((c.child_id = m.child_id)));

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

CREATE TABLE public.delegations (
    delegation_id uuid NOT NULL,
    version bigint NOT NULL,
    household_id uuid NOT NULL,
    parent_id uuid NOT NULL,
    delegate_id uuid NOT NULL,
    child_ids uuid[] NOT NULL,
    acts text[] NOT NULL,
    ends_on date NOT NULL,
    ending text,
    begins_on date NOT NULL
);

CREATE TABLE public.documents (
    document_id uuid NOT NULL,
    version bigint NOT NULL,
    household_id uuid NOT NULL,
    person_id uuid,
    kind text NOT NULL,
    status text NOT NULL,
    ends_on date,
    CONSTRAINT documents_status_check CHECK ((status = ANY (ARRAY['sent'::text, 'validated'::text, 'refused'::text])))
);

CREATE TABLE public.enrollments (
    id uuid NOT NULL,
    household_id uuid NOT NULL,
    child_id uuid NOT NULL,
    activity_id uuid NOT NULL,
    status text NOT NULL,
    days daterange NOT NULL,
    requested_by uuid NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    decided_by uuid,
    decided_at timestamp with time zone,
    reason text,
    ended_by uuid,
    ended_at timestamp with time zone,
    end_reason text,
    CONSTRAINT enrollments_check CHECK (((decided_by IS NULL) = (decided_at IS NULL))),
    CONSTRAINT enrollments_check1 CHECK (((ended_by IS NULL) = (ended_at IS NULL))),
    CONSTRAINT enrollments_check2 CHECK (((ended_at IS NULL) = (end_reason IS NULL))),
    CONSTRAINT enrollments_days_check CHECK (((NOT isempty(days)) AND (NOT lower_inf(days)) AND (NOT upper_inf(days)))),
    CONSTRAINT enrollments_status_check CHECK ((status = ANY (ARRAY['requested'::text, 'validated'::text, 'refused'::text, 'ended'::text])))
);

CREATE TABLE public.enrollments_left (
    enrollment_id uuid NOT NULL,
    code text NOT NULL,
    noted_at timestamp with time zone NOT NULL
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
    kept_id uuid NOT NULL,
    last_on date NOT NULL,
    actor_id uuid NOT NULL
);

CREATE TABLE public.merged_persons (
    household_id uuid NOT NULL,
    person_id uuid NOT NULL,
    kept_person_id uuid NOT NULL
);

CREATE VIEW public.filed_certificates AS
 SELECT d.document_id,
    d.kind,
    d.number,
    d.household_id,
    COALESCE(f.kept_id, d.household_id) AS file_id,
    d.adult_id,
    COALESCE(p.kept_person_id, d.child_id) AS child_id,
    d.from_on,
    d.to_on,
    d.issued_at,
    d.pdf
   FROM ((public.issued_documents d
     LEFT JOIN public.merged_files f ON ((f.household_id = d.household_id)))
     LEFT JOIN public.merged_persons p ON (((p.household_id = d.household_id) AND (p.person_id = d.child_id))));

CREATE TABLE public.followed_enrollments (
    enrollment_id uuid NOT NULL,
    former_household_id uuid NOT NULL,
    former_child_id uuid NOT NULL,
    actor_id uuid NOT NULL
);

CREATE TABLE public.groups (
    id uuid NOT NULL,
    activity_id uuid NOT NULL,
    site_code text NOT NULL,
    code text NOT NULL,
    label text NOT NULL,
    is_default boolean NOT NULL
);

CREATE TABLE public.guardianships (
    household_id uuid NOT NULL,
    adult_id uuid NOT NULL,
    child_id uuid NOT NULL,
    days datemultirange NOT NULL,
    CONSTRAINT guardianships_days_check CHECK ((NOT isempty(days)))
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
    days datemultirange NOT NULL
);

CREATE TABLE public.households (
    household_id uuid NOT NULL,
    version bigint NOT NULL,
    reference text NOT NULL
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

CREATE TABLE public.placements (
    id uuid NOT NULL,
    enrollment_id uuid NOT NULL,
    group_id uuid NOT NULL,
    during daterange NOT NULL,
    CONSTRAINT placements_during_check CHECK (((NOT isempty(during)) AND (NOT lower_inf(during)) AND (NOT upper_inf(during))))
);

CREATE TABLE public.pools (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    service_on date NOT NULL,
    part text NOT NULL,
    capacity integer NOT NULL,
    taken integer DEFAULT 0 NOT NULL,
    CONSTRAINT pools_never_oversold CHECK (((taken >= 0) AND (taken <= capacity)))
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

CREATE TABLE public.schooling_records (
    child_id uuid NOT NULL,
    version bigint NOT NULL
);

CREATE TABLE public.sites (
    code text NOT NULL,
    label text NOT NULL
);

CREATE TABLE public.slots (
    id uuid NOT NULL,
    activity_id uuid NOT NULL,
    site_code text NOT NULL,
    group_id uuid NOT NULL,
    unit_code text NOT NULL,
    service_on date NOT NULL,
    pool_ids uuid[] NOT NULL,
    lock_ids uuid[] NOT NULL,
    closed_at timestamp with time zone,
    marks_version integer DEFAULT 0 NOT NULL,
    CONSTRAINT slots_check CHECK ((lock_ids @> pool_ids)),
    CONSTRAINT slots_pool_ids_check CHECK ((pool_ids <> '{}'::uuid[]))
);

CREATE TABLE public.units (
    activity_id uuid NOT NULL,
    code text NOT NULL,
    label text NOT NULL,
    starts_at time without time zone NOT NULL,
    ends_at time without time zone NOT NULL,
    implies text[] NOT NULL,
    excludes text[] NOT NULL,
    span int4range GENERATED ALWAYS AS (int4range(((EXTRACT(epoch FROM starts_at) / (60)::numeric))::integer, ((EXTRACT(epoch FROM ends_at) / (60)::numeric))::integer)) STORED NOT NULL,
    parts text[] GENERATED ALWAYS AS (
CASE
    WHEN (implies = '{}'::text[]) THEN ARRAY[code]
    ELSE implies
END) STORED NOT NULL,
    CONSTRAINT units_check CHECK ((starts_at < ends_at))
);

CREATE TABLE public.waiting_owners (
    kind text NOT NULL,
    item_id uuid NOT NULL,
    account_id uuid NOT NULL,
    ends_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.history ATTACH PARTITION public.history_rest DEFAULT;

ALTER TABLE ONLY public.activities
    ADD CONSTRAINT activities_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.attendance_records
    ADD CONSTRAINT attendance_records_pkey PRIMARY KEY (service_on, attendance_id);

ALTER TABLE ONLY public.attendances
    ADD CONSTRAINT attendances_pkey PRIMARY KEY (service_on, slot_id, child_id);

ALTER TABLE ONLY public.bookings
    ADD CONSTRAINT bookings_one_place EXCLUDE USING gist (child_id WITH =, service_on WITH =, span WITH &&) WHERE ((status = ANY (ARRAY['held'::text, 'requested'::text, 'confirmed'::text])));

ALTER TABLE ONLY public.bookings
    ADD CONSTRAINT bookings_pkey PRIMARY KEY (service_on, id);

ALTER TABLE ONLY public.bulk_decision_lines
    ADD CONSTRAINT bulk_decision_lines_pkey PRIMARY KEY (batch_id, "position");

ALTER TABLE ONLY public.bulk_decisions
    ADD CONSTRAINT bulk_decisions_pkey PRIMARY KEY (batch_id);

ALTER TABLE ONLY public.care_keys
    ADD CONSTRAINT care_keys_pkey PRIMARY KEY (child_id);

ALTER TABLE ONLY public.care_looks
    ADD CONSTRAINT care_looks_pkey PRIMARY KEY (looked_on, agent_id, child_id);

ALTER TABLE ONLY public.care_records
    ADD CONSTRAINT care_records_pkey PRIMARY KEY (child_id);

ALTER TABLE ONLY public.child_records
    ADD CONSTRAINT child_records_pkey PRIMARY KEY (child_id);

ALTER TABLE ONLY public.child_schoolings
    ADD CONSTRAINT child_schoolings_pkey PRIMARY KEY (child_id, starts_on);

ALTER TABLE ONLY public.custody
    ADD CONSTRAINT custody_pkey PRIMARY KEY (child_id);

ALTER TABLE ONLY public.dead_letters
    ADD CONSTRAINT dead_letters_pkey PRIMARY KEY (event_key);

ALTER TABLE ONLY public.delegations
    ADD CONSTRAINT delegations_pkey PRIMARY KEY (delegation_id);

ALTER TABLE ONLY public.documents
    ADD CONSTRAINT documents_pkey PRIMARY KEY (document_id);

ALTER TABLE ONLY public.enrollments
    ADD CONSTRAINT enrollments_apart EXCLUDE USING gist (child_id WITH =, activity_id WITH =, household_id WITH =, days WITH &&) WHERE ((status = ANY (ARRAY['requested'::text, 'validated'::text])));

ALTER TABLE ONLY public.enrollments_left
    ADD CONSTRAINT enrollments_left_pkey PRIMARY KEY (enrollment_id);

ALTER TABLE ONLY public.enrollments
    ADD CONSTRAINT enrollments_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.followed_enrollments
    ADD CONSTRAINT followed_enrollments_pkey PRIMARY KEY (enrollment_id);

ALTER TABLE ONLY public.groups
    ADD CONSTRAINT groups_activity_id_site_code_code_key UNIQUE (activity_id, site_code, code);

ALTER TABLE ONLY public.groups
    ADD CONSTRAINT groups_id_activity_id_site_code_key UNIQUE (id, activity_id, site_code);

ALTER TABLE ONLY public.groups
    ADD CONSTRAINT groups_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.guardianships
    ADD CONSTRAINT guardianships_pkey PRIMARY KEY (adult_id, child_id, household_id);

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

ALTER TABLE ONLY public.merged_files
    ADD CONSTRAINT merged_files_pkey PRIMARY KEY (household_id);

ALTER TABLE ONLY public.merged_persons
    ADD CONSTRAINT merged_persons_pkey PRIMARY KEY (household_id, person_id);

ALTER TABLE ONLY public.outbox_keys
    ADD CONSTRAINT outbox_keys_pkey PRIMARY KEY (topic, key);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.placements
    ADD CONSTRAINT placements_apart EXCLUDE USING gist (enrollment_id WITH =, during WITH &&);

ALTER TABLE ONLY public.placements
    ADD CONSTRAINT placements_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.pools
    ADD CONSTRAINT pools_group_id_service_on_part_key UNIQUE (group_id, service_on, part);

ALTER TABLE ONLY public.pools
    ADD CONSTRAINT pools_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.responsibilities
    ADD CONSTRAINT responsibilities_pkey PRIMARY KEY (child_id, adult_id, role, authority);

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.schooling_records
    ADD CONSTRAINT schooling_records_pkey PRIMARY KEY (child_id);

ALTER TABLE ONLY public.sites
    ADD CONSTRAINT sites_pkey PRIMARY KEY (code);

ALTER TABLE ONLY public.slots
    ADD CONSTRAINT slots_group_id_service_on_unit_code_key UNIQUE (group_id, service_on, unit_code);

ALTER TABLE ONLY public.slots
    ADD CONSTRAINT slots_id_service_on_key UNIQUE (id, service_on);

ALTER TABLE ONLY public.slots
    ADD CONSTRAINT slots_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.units
    ADD CONSTRAINT units_pkey PRIMARY KEY (activity_id, code);

ALTER TABLE ONLY public.waiting_owners
    ADD CONSTRAINT waiting_owners_pkey PRIMARY KEY (kind, item_id);

CREATE INDEX attendance_records_of_booking ON ONLY public.attendance_records USING btree (service_on, booking_id);

CREATE INDEX attendance_records_of_slot ON ONLY public.attendance_records USING btree (slot_id);

CREATE INDEX attendances_of_booking ON ONLY public.attendances USING btree (service_on, booking_id);

CREATE INDEX attendances_unbooked ON ONLY public.attendances USING btree (child_id, service_on) WHERE (mark = 'unbooked'::text);

CREATE INDEX bookings_of_household ON ONLY public.bookings USING btree (household_id, service_on, id);

CREATE INDEX bookings_of_slot ON ONLY public.bookings USING btree (slot_id, child_id) WHERE (status = ANY (ARRAY['held'::text, 'requested'::text, 'confirmed'::text]));

CREATE INDEX bulk_decisions_old ON public.bulk_decisions USING btree (decided_at);

CREATE INDEX child_records_by_name ON public.child_records USING btree (lower(last_name), lower(first_name));

CREATE INDEX dead_letters_open ON public.dead_letters USING btree (topic, partition, record_offset) WHERE (resolved_at IS NULL);

CREATE INDEX delegations_of_household ON public.delegations USING btree (household_id);

CREATE INDEX documents_of_household ON public.documents USING btree (household_id, kind) WHERE (person_id IS NULL);

CREATE INDEX documents_of_person ON public.documents USING btree (person_id, kind) WHERE (person_id IS NOT NULL);

CREATE INDEX enrollments_of_activity ON public.enrollments USING btree (activity_id);

CREATE INDEX enrollments_of_child ON public.enrollments USING btree (child_id, activity_id, requested_at DESC);

CREATE INDEX enrollments_of_household ON public.enrollments USING btree (household_id, id);

CREATE INDEX enrollments_oldest ON public.enrollments USING btree (requested_at, id) WHERE (status = 'requested'::text);

CREATE INDEX enrollments_to_decide ON public.enrollments USING btree (id) WHERE (status = 'requested'::text);

CREATE INDEX followed_enrollments_of_household ON public.followed_enrollments USING btree (former_household_id);

CREATE INDEX groups_of_site ON public.groups USING btree (site_code);

CREATE UNIQUE INDEX groups_one_default ON public.groups USING btree (activity_id, site_code) WHERE is_default;

CREATE INDEX guardianships_of_child ON public.guardianships USING btree (child_id);

CREATE INDEX guardianships_of_household ON public.guardianships USING btree (household_id);

CREATE INDEX history_household ON ONLY public.history USING btree (household_id, noted_at DESC, id DESC) WHERE (household_id IS NOT NULL);

CREATE INDEX history_rest_household_id_noted_at_id_idx ON public.history_rest USING btree (household_id, noted_at DESC, id DESC) WHERE (household_id IS NOT NULL);

CREATE INDEX history_subject ON ONLY public.history USING btree (subject, noted_at DESC, id DESC);

CREATE INDEX history_rest_subject_noted_at_id_idx ON public.history_rest USING btree (subject, noted_at DESC, id DESC);

CREATE INDEX household_children_child ON public.household_children USING btree (child_id);

CREATE INDEX idempotency_keys_created ON public.idempotency_keys USING btree (created_at);

CREATE INDEX inbox_applied ON public.inbox USING btree (applied_at);

CREATE INDEX issued_documents_naming ON public.issued_documents USING gin (named_ids);

CREATE INDEX issued_documents_of_child ON public.issued_documents USING btree (child_id) WHERE (child_id IS NOT NULL);

CREATE INDEX issued_documents_of_household ON public.issued_documents USING btree (household_id, document_id);

CREATE INDEX merged_files_of_kept ON public.merged_files USING btree (kept_id);

CREATE INDEX outbox_shard ON public.outbox USING btree (shard, id);

CREATE INDEX placements_of_group ON public.placements USING btree (group_id);

CREATE INDEX slots_by_day ON public.slots USING btree (service_on, id);

CREATE INDEX slots_of_unit ON public.slots USING btree (activity_id, unit_code, service_on);

CREATE INDEX waiting_owners_ended ON public.waiting_owners USING btree (ends_at);

ALTER INDEX public.history_household ATTACH PARTITION public.history_rest_household_id_noted_at_id_idx;

ALTER INDEX public.history_pkey ATTACH PARTITION public.history_rest_pkey;

ALTER INDEX public.history_subject ATTACH PARTITION public.history_rest_subject_noted_at_id_idx;

CREATE TRIGGER history_is_added_to BEFORE DELETE OR UPDATE ON public.history FOR EACH ROW EXECUTE FUNCTION public.refuse_change_of_history();

CREATE TRIGGER history_is_not_emptied BEFORE TRUNCATE ON public.history FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change_of_history();

ALTER TABLE public.attendance_records
    ADD CONSTRAINT attendance_records_service_on_booking_id_fkey FOREIGN KEY (service_on, booking_id) REFERENCES public.bookings(service_on, id);

ALTER TABLE public.attendance_records
    ADD CONSTRAINT attendance_records_slot_id_service_on_fkey FOREIGN KEY (slot_id, service_on) REFERENCES public.slots(id, service_on);

ALTER TABLE public.attendances
    ADD CONSTRAINT attendances_service_on_booking_id_fkey FOREIGN KEY (service_on, booking_id) REFERENCES public.bookings(service_on, id);

ALTER TABLE public.attendances
    ADD CONSTRAINT attendances_slot_id_service_on_fkey FOREIGN KEY (slot_id, service_on) REFERENCES public.slots(id, service_on);

ALTER TABLE public.bookings
    ADD CONSTRAINT bookings_slot_id_service_on_fkey FOREIGN KEY (slot_id, service_on) REFERENCES public.slots(id, service_on);

ALTER TABLE ONLY public.bulk_decision_lines
    ADD CONSTRAINT bulk_decision_lines_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES public.bulk_decisions(batch_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.child_schoolings
    ADD CONSTRAINT child_schoolings_child_id_fkey FOREIGN KEY (child_id) REFERENCES public.schooling_records(child_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.enrollments
    ADD CONSTRAINT enrollments_activity_id_fkey FOREIGN KEY (activity_id) REFERENCES public.activities(id);

ALTER TABLE ONLY public.enrollments_left
    ADD CONSTRAINT enrollments_left_enrollment_id_fkey FOREIGN KEY (enrollment_id) REFERENCES public.enrollments(id);

ALTER TABLE ONLY public.followed_enrollments
    ADD CONSTRAINT followed_enrollments_enrollment_id_fkey FOREIGN KEY (enrollment_id) REFERENCES public.enrollments(id);

ALTER TABLE ONLY public.groups
    ADD CONSTRAINT groups_activity_id_fkey FOREIGN KEY (activity_id) REFERENCES public.activities(id);

ALTER TABLE ONLY public.groups
    ADD CONSTRAINT groups_site_code_fkey FOREIGN KEY (site_code) REFERENCES public.sites(code);

ALTER TABLE ONLY public.guardianships
    ADD CONSTRAINT guardianships_child_id_fkey FOREIGN KEY (child_id) REFERENCES public.custody(child_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.guardianships
    ADD CONSTRAINT guardianships_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.household_adults
    ADD CONSTRAINT household_adults_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.household_children
    ADD CONSTRAINT household_children_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.merged_files
    ADD CONSTRAINT merged_files_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.merged_persons
    ADD CONSTRAINT merged_persons_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.merged_files(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.placements
    ADD CONSTRAINT placements_enrollment_id_fkey FOREIGN KEY (enrollment_id) REFERENCES public.enrollments(id);

ALTER TABLE ONLY public.placements
    ADD CONSTRAINT placements_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.groups(id);

ALTER TABLE ONLY public.pools
    ADD CONSTRAINT pools_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.groups(id);

ALTER TABLE ONLY public.responsibilities
    ADD CONSTRAINT responsibilities_child_id_fkey FOREIGN KEY (child_id) REFERENCES public.custody(child_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.slots
    ADD CONSTRAINT slots_activity_id_unit_code_fkey FOREIGN KEY (activity_id, unit_code) REFERENCES public.units(activity_id, code);

ALTER TABLE ONLY public.slots
    ADD CONSTRAINT slots_group_id_activity_id_site_code_fkey FOREIGN KEY (group_id, activity_id, site_code) REFERENCES public.groups(id, activity_id, site_code);

ALTER TABLE ONLY public.units
    ADD CONSTRAINT units_activity_id_fkey FOREIGN KEY (activity_id) REFERENCES public.activities(id);
