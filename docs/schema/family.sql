-- Written by `python -m tools.schema` from the migrations of the service; the partitions of a calendar are left out.

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;

CREATE EXTENSION IF NOT EXISTS fuzzystrmatch WITH SCHEMA public;

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

CREATE TABLE public.address_bases (
    label text NOT NULL,
    loaded_at timestamp with time zone NOT NULL,
    street_count integer NOT NULL,
    address_count integer NOT NULL
);

CREATE TABLE public.address_protections (
    protection_id uuid NOT NULL,
    household_id uuid NOT NULL,
    address bytea,
    reasons bytea NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    protected_at timestamp with time zone NOT NULL,
    protected_by uuid NOT NULL,
    ended_at timestamp with time zone,
    ended_by uuid,
    CONSTRAINT address_protections_check CHECK ((ends_on >= starts_on)),
    CONSTRAINT address_protections_check1 CHECK (((ended_at IS NULL) = (address IS NOT NULL))),
    CONSTRAINT address_protections_check2 CHECK (((ended_at IS NULL) = (ended_by IS NULL)))
);

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
    revision integer DEFAULT 1 NOT NULL,
    is_email_confirmed boolean DEFAULT false NOT NULL,
    email_given_revision integer,
    compared_name text COLLATE pg_catalog."C",
    compared_phone text,
    compared_email text COLLATE pg_catalog."C"
);

CREATE TABLE public.archived_members (
    household_id uuid NOT NULL,
    person_id uuid NOT NULL,
    kind text NOT NULL,
    "position" smallint NOT NULL,
    during daterange NOT NULL,
    CONSTRAINT archived_members_during_check CHECK (((NOT isempty(during)) AND (NOT lower_inf(during))))
);

CREATE TABLE public.authorization_answers (
    child_id uuid NOT NULL,
    school_year smallint NOT NULL,
    adult_id uuid NOT NULL,
    sealed bytea NOT NULL
);

CREATE TABLE public.base_addresses (
    address_id text NOT NULL,
    street_id integer NOT NULL,
    number integer,
    suffix text NOT NULL,
    suffix_key text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT base_addresses_number_check CHECK (((number >= 0) AND (number <= 99999)))
);

CREATE TABLE public.base_street_marks (
    mark text NOT NULL COLLATE pg_catalog."C",
    street_id integer NOT NULL
);

CREATE TABLE public.base_streets (
    street_id integer NOT NULL,
    name text NOT NULL,
    postal_code text NOT NULL,
    city text NOT NULL,
    street_key text NOT NULL COLLATE pg_catalog."C",
    city_keys text[] NOT NULL
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

CREATE TABLE public.call_slots (
    name text NOT NULL,
    slot smallint NOT NULL,
    free_at timestamp with time zone NOT NULL
);

CREATE TABLE public.care_readers (
    child_id uuid NOT NULL,
    version bigint NOT NULL,
    public_key text NOT NULL
);

CREATE TABLE public.children (
    child_id uuid NOT NULL,
    kind text GENERATED ALWAYS AS ('child'::text) STORED NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    name_key text NOT NULL COLLATE pg_catalog."C",
    list_key text NOT NULL COLLATE pg_catalog."C",
    birth_on date NOT NULL,
    is_expected boolean DEFAULT false NOT NULL,
    compared_name text COLLATE pg_catalog."C",
    compared_birth_on date
);

CREATE TABLE public.circular_children (
    circular_id uuid NOT NULL,
    child_id uuid NOT NULL,
    household_id uuid NOT NULL,
    wanted text,
    told_at timestamp with time zone,
    reminded_at timestamp with time zone,
    mailed_count integer DEFAULT 0 NOT NULL,
    CONSTRAINT circular_children_wanted_check CHECK ((wanted = ANY (ARRAY['asking'::text, 'reminder'::text])))
);

CREATE TABLE public.circulars (
    circular_id uuid NOT NULL,
    code text NOT NULL,
    version integer NOT NULL,
    school_year integer NOT NULL,
    school_code text,
    levels text[] NOT NULL,
    class_ids uuid[] NOT NULL,
    ends_on date NOT NULL,
    since_at timestamp with time zone NOT NULL,
    remind_on date,
    mailed_on date NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid NOT NULL,
    closed_at timestamp with time zone,
    closed_by uuid,
    CONSTRAINT circulars_check CHECK (((school_code IS NOT NULL) OR (cardinality(class_ids) = 0))),
    CONSTRAINT circulars_check1 CHECK (((closed_at IS NULL) = (closed_by IS NULL)))
);

CREATE TABLE public.class_change_lines (
    run_id uuid NOT NULL,
    child_id uuid NOT NULL,
    "position" integer NOT NULL,
    class_id uuid,
    level text NOT NULL,
    outcome text NOT NULL,
    own_kind text,
    to_class_id uuid,
    to_level text
);

CREATE TABLE public.class_change_pupils (
    run_id uuid NOT NULL,
    child_id uuid NOT NULL,
    kind text NOT NULL,
    to_class_id uuid
);

CREATE TABLE public.class_change_steps (
    run_id uuid NOT NULL,
    class_id uuid NOT NULL,
    level text NOT NULL,
    kind text NOT NULL,
    to_class_id uuid
);

CREATE TABLE public.class_changes (
    run_id uuid NOT NULL,
    school_code text NOT NULL,
    school_year integer NOT NULL,
    status text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid NOT NULL,
    confirmed_at timestamp with time zone,
    confirmed_by uuid,
    finished_at timestamp with time zone,
    undone_at timestamp with time zone,
    undone_by uuid,
    CONSTRAINT class_changes_check CHECK (((confirmed_at IS NULL) = (confirmed_by IS NULL))),
    CONSTRAINT class_changes_check1 CHECK (((undone_at IS NULL) = (undone_by IS NULL))),
    CONSTRAINT class_changes_check2 CHECK (((status = 'prepared'::text) = (confirmed_at IS NULL))),
    CONSTRAINT class_changes_check3 CHECK (((status = ANY (ARRAY['prepared'::text, 'running'::text])) = (finished_at IS NULL))),
    CONSTRAINT class_changes_check4 CHECK (((status = 'undone'::text) = (undone_at IS NOT NULL))),
    CONSTRAINT class_changes_status_check CHECK ((status = ANY (ARRAY['prepared'::text, 'running'::text, 'done'::text, 'undone'::text])))
);

CREATE TABLE public.classes (
    class_id uuid NOT NULL,
    school_code text NOT NULL,
    school_year integer NOT NULL,
    label text NOT NULL,
    label_key text NOT NULL,
    levels text[] NOT NULL,
    teacher text,
    is_closed boolean DEFAULT false NOT NULL,
    CONSTRAINT classes_levels_check CHECK ((cardinality(levels) > 0))
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

CREATE TABLE public.delegates (
    delegate_id uuid NOT NULL,
    adult_id uuid,
    first_name text NOT NULL,
    last_name text NOT NULL,
    email text,
    email_key text COLLATE pg_catalog."C",
    created_at timestamp with time zone NOT NULL,
    left_at timestamp with time zone,
    CONSTRAINT delegates_check CHECK ((adult_id = delegate_id)),
    CONSTRAINT delegates_check1 CHECK ((((adult_id IS NULL) = (email IS NOT NULL)) AND ((email IS NULL) = (email_key IS NULL))))
);

CREATE TABLE public.delegations (
    delegation_id uuid NOT NULL,
    household_id uuid NOT NULL,
    parent_id uuid NOT NULL,
    delegate_id uuid NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    email text NOT NULL,
    child_ids uuid[] NOT NULL,
    acts text[] NOT NULL,
    ends_on date NOT NULL,
    given_at timestamp with time zone NOT NULL,
    ending text,
    ended_at timestamp with time zone,
    end_reason text,
    begins_on date NOT NULL,
    email_key text NOT NULL COLLATE pg_catalog."C",
    left_child_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    CONSTRAINT delegations_acts_check CHECK ((cardinality(acts) > 0)),
    CONSTRAINT delegations_check CHECK (((ending IS NULL) = (ended_at IS NULL))),
    CONSTRAINT delegations_check1 CHECK (((end_reason IS NOT NULL) = ((ending IS NOT NULL) AND (ending = 'ended_by_town'::text)))),
    CONSTRAINT delegations_child_ids_check CHECK ((cardinality(child_ids) > 0)),
    CONSTRAINT delegations_ending_check CHECK ((ending = ANY (ARRAY['revoked'::text, 'given_up'::text, 'expired'::text, 'ended_by_town'::text, 'authority_lost'::text, 'parent_left'::text, 'children_left'::text, 'kept_away'::text, 'delegate_joined'::text, 'doubled'::text, 'address_corrected'::text])))
);

CREATE TABLE public.derogations (
    derogation_id uuid NOT NULL,
    child_id uuid NOT NULL,
    school_year smallint NOT NULL,
    school text NOT NULL,
    sector_schools text[] NOT NULL,
    reason text NOT NULL,
    status text NOT NULL,
    asked_on date NOT NULL,
    sealed bytea NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by uuid NOT NULL,
    decided_at timestamp with time zone,
    decided_by uuid,
    CONSTRAINT derogations_check CHECK (((decided_at IS NULL) = (decided_by IS NULL))),
    CONSTRAINT derogations_check1 CHECK (((status = ANY (ARRAY['granted'::text, 'refused'::text])) <= (decided_at IS NOT NULL))),
    CONSTRAINT derogations_check2 CHECK (((status = 'waiting'::text) <= (decided_at IS NULL))),
    CONSTRAINT derogations_school_year_check CHECK (((school_year >= 2000) AND (school_year <= 2100))),
    CONSTRAINT derogations_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'granted'::text, 'refused'::text, 'withdrawn'::text])))
);

CREATE TABLE public.document_pages (
    page_id uuid NOT NULL,
    document_id uuid NOT NULL,
    "position" smallint NOT NULL,
    is_pdf boolean NOT NULL,
    leaf_count smallint NOT NULL,
    byte_count integer NOT NULL,
    blob text NOT NULL
);

CREATE TABLE public.documents (
    document_id uuid NOT NULL,
    household_id uuid NOT NULL,
    kind text NOT NULL,
    audience text NOT NULL,
    person_id uuid,
    marked_on date,
    status text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid NOT NULL,
    sent_at timestamp with time zone,
    decided_at timestamp with time zone,
    decided_by uuid,
    ends_on date,
    reason text,
    sealed bytea,
    reminded_at timestamp with time zone,
    CONSTRAINT documents_audience_check CHECK ((audience = ANY (ARRAY['household'::text, 'adult'::text, 'child'::text]))),
    CONSTRAINT documents_check CHECK (((audience = 'household'::text) = (person_id IS NULL))),
    CONSTRAINT documents_check1 CHECK (((status = 'draft'::text) = (sent_at IS NULL))),
    CONSTRAINT documents_check2 CHECK (((status = ANY (ARRAY['validated'::text, 'refused'::text])) = (decided_at IS NOT NULL))),
    CONSTRAINT documents_check3 CHECK (((decided_at IS NULL) = (decided_by IS NULL))),
    CONSTRAINT documents_check4 CHECK (((status = 'refused'::text) = (reason IS NOT NULL))),
    CONSTRAINT documents_check5 CHECK (((ends_on IS NULL) OR (status = 'validated'::text))),
    CONSTRAINT documents_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'sent'::text, 'validated'::text, 'refused'::text])))
);

CREATE TABLE public.editing_leases (
    form text NOT NULL,
    subject_id uuid NOT NULL,
    holder_id uuid NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    CONSTRAINT editing_leases_form_check CHECK ((form = ANY (ARRAY['change'::text, 'contact'::text, 'health'::text, 'entourage'::text, 'civil_status'::text, 'insurance'::text, 'request'::text, 'draft'::text])))
);

CREATE TABLE public.email_changes (
    change_id uuid NOT NULL,
    adult_id uuid NOT NULL,
    account_id uuid NOT NULL,
    email text,
    token_hash bytea NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    outcome text,
    ended_at timestamp with time zone,
    CONSTRAINT email_changes_check CHECK ((((outcome IS NULL) = (email IS NOT NULL)) AND ((outcome IS NULL) = (ended_at IS NULL)))),
    CONSTRAINT email_changes_outcome_check CHECK ((outcome = ANY (ARRAY['confirmed'::text, 'replaced'::text, 'withdrawn'::text, 'overtaken'::text, 'secured'::text, 'taken'::text])))
);

CREATE TABLE public.entourage (
    contact_id uuid NOT NULL,
    child_id uuid NOT NULL,
    kind text NOT NULL,
    rank smallint NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT entourage_kind_check CHECK ((kind = ANY (ARRAY['emergency'::text, 'pickup'::text, 'forbidden'::text, 'trusted'::text]))),
    CONSTRAINT entourage_rank_check CHECK ((rank > 0))
);

CREATE TABLE public.export_parts (
    export_id uuid NOT NULL,
    service text NOT NULL,
    sealed bytea NOT NULL
);

CREATE TABLE public.exports (
    export_id uuid NOT NULL,
    household_id uuid NOT NULL,
    adult_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid NOT NULL,
    ends_on date NOT NULL,
    archive bytea
);

CREATE TABLE public.file_confirmations (
    child_id uuid NOT NULL,
    school_year smallint NOT NULL,
    adult_id uuid NOT NULL,
    confirmed_at timestamp with time zone NOT NULL
);

CREATE TABLE public.household_merges (
    merge_id uuid NOT NULL,
    kept_id uuid NOT NULL,
    former_id uuid NOT NULL,
    same_persons jsonb NOT NULL,
    last_on date NOT NULL,
    merged_at timestamp with time zone NOT NULL,
    merged_by uuid NOT NULL,
    rows_before bytea,
    rows_after bytea,
    undone_at timestamp with time zone,
    undone_by uuid,
    CONSTRAINT household_merges_check CHECK ((kept_id <> former_id)),
    CONSTRAINT household_merges_check1 CHECK (((undone_at IS NULL) = (undone_by IS NULL)))
);

CREATE TABLE public.households (
    household_id uuid NOT NULL,
    reference text NOT NULL,
    address_lines text[],
    postal_code text,
    city text,
    payer_adult_id uuid,
    payer_key text NOT NULL COLLATE pg_catalog."C",
    search_marks tsvector CONSTRAINT households_search_words_not_null NOT NULL,
    next_turn_on date,
    created_at timestamp with time zone NOT NULL,
    created_by uuid NOT NULL,
    kind text DEFAULT 'individual'::text NOT NULL,
    legal_name text,
    siret text,
    rna text,
    country text,
    merged_into uuid,
    archived_on date,
    changed_on date,
    base_address_id text,
    CONSTRAINT households_address_check CHECK (((num_nulls(address_lines, postal_code, city) = ANY (ARRAY[0, 3])) AND ((city IS NOT NULL) OR (country IS NULL)))),
    CONSTRAINT households_check CHECK (((kind = 'individual'::text) = (legal_name IS NULL))),
    CONSTRAINT households_check1 CHECK (((legal_name IS NULL) OR (siret IS NOT NULL) OR (rna IS NOT NULL))),
    CONSTRAINT households_check2 CHECK (((legal_name IS NOT NULL) OR ((siret IS NULL) AND (rna IS NULL))))
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

CREATE VIEW public.filed_certificates AS
 SELECT d.document_id,
    d.kind,
    d.number,
    d.household_id,
    COALESCE(h.merged_into, d.household_id) AS file_id,
    COALESCE(( SELECT ((pair.value ->> 'kept_person_id'::text))::uuid AS uuid
           FROM (public.household_merges m
             CROSS JOIN LATERAL jsonb_array_elements(m.same_persons) pair(value))
          WHERE ((m.former_id = d.household_id) AND (m.undone_at IS NULL) AND (h.merged_into IS NOT NULL) AND (((pair.value ->> 'person_id'::text))::uuid = d.adult_id))), d.adult_id) AS adult_id,
    d.child_id,
    ARRAY( SELECT COALESCE(( SELECT ((pair.value ->> 'kept_person_id'::text))::uuid AS uuid
                   FROM (public.household_merges m
                     CROSS JOIN LATERAL jsonb_array_elements(m.same_persons) pair(value))
                  WHERE ((m.former_id = d.household_id) AND (m.undone_at IS NULL) AND (h.merged_into IS NOT NULL) AND (((pair.value ->> 'person_id'::text))::uuid = named.child_id))), named.child_id) AS "coalesce"
           FROM unnest(d.named_ids) named(child_id)) AS named_ids,
    d.from_on,
    d.to_on,
    d.issued_at,
    d.pdf
   FROM (public.issued_documents d
     LEFT JOIN public.households h ON ((h.household_id = d.household_id)));

CREATE TABLE public.resource_declarations (
    declaration_id uuid NOT NULL,
    household_id uuid NOT NULL,
    document_id uuid NOT NULL,
    status text NOT NULL,
    source text NOT NULL,
    sealed bytea NOT NULL,
    declared_at timestamp with time zone NOT NULL,
    declared_by uuid NOT NULL,
    decided_at timestamp with time zone,
    decided_by uuid,
    CONSTRAINT resource_declarations_check CHECK (((status = 'waiting'::text) = (decided_at IS NULL))),
    CONSTRAINT resource_declarations_check1 CHECK (((decided_at IS NULL) = (decided_by IS NULL))),
    CONSTRAINT resource_declarations_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'accepted'::text, 'refused'::text, 'withdrawn'::text])))
);

CREATE VIEW public.filed_documents AS
 SELECT d.document_id,
    d.household_id,
    d.kind,
    d.audience,
    d.person_id,
    d.marked_on,
    d.status,
    d.created_at,
    d.created_by,
    d.sent_at,
    d.decided_at,
    d.decided_by,
    d.ends_on,
    d.reason,
    d.sealed,
    d.reminded_at,
    COALESCE(h.merged_into, h.household_id) AS file_id,
    COALESCE(( SELECT ((pair.value ->> 'kept_person_id'::text))::uuid AS uuid
           FROM (public.household_merges m
             CROSS JOIN LATERAL jsonb_array_elements(m.same_persons) pair(value))
          WHERE ((m.former_id = d.household_id) AND (m.undone_at IS NULL) AND (h.merged_into IS NOT NULL) AND (((pair.value ->> 'person_id'::text))::uuid = d.person_id))), d.person_id) AS subject_id,
    ( SELECT r.declaration_id
           FROM public.resource_declarations r
          WHERE ((r.document_id = d.document_id) AND (r.status = 'waiting'::text))
         LIMIT 1) AS declaration_id
   FROM (public.documents d
     JOIN public.households h ON ((h.household_id = d.household_id)));

CREATE TABLE public.requests (
    request_id uuid NOT NULL,
    household_id uuid NOT NULL,
    code text NOT NULL,
    version integer NOT NULL,
    subject text NOT NULL,
    person_id uuid,
    child_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    status text NOT NULL,
    number text,
    presses jsonb DEFAULT '{}'::jsonb NOT NULL,
    sealed bytea,
    outcome bytea,
    created_at timestamp with time zone NOT NULL,
    asked_by uuid NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    due_on date,
    decided_at timestamp with time zone,
    decided_by uuid,
    kept_until date,
    task_on date,
    task_done_at timestamp with time zone,
    entered_by uuid,
    CONSTRAINT requests_check CHECK (((subject = 'household'::text) = (person_id IS NULL))),
    CONSTRAINT requests_check1 CHECK (((status = 'draft'::text) = (sent_at IS NULL))),
    CONSTRAINT requests_check2 CHECK (((status = 'draft'::text) = (number IS NULL))),
    CONSTRAINT requests_check3 CHECK (((status = ANY (ARRAY['accepted'::text, 'refused'::text])) = (decided_at IS NOT NULL))),
    CONSTRAINT requests_check4 CHECK (((decided_at IS NULL) = (decided_by IS NULL))),
    CONSTRAINT requests_check5 CHECK (((status = ANY (ARRAY['accepted'::text, 'refused'::text, 'withdrawn'::text])) = (kept_until IS NOT NULL))),
    CONSTRAINT requests_check6 CHECK (((task_on IS NULL) OR (status = 'accepted'::text))),
    CONSTRAINT requests_check7 CHECK (((task_done_at IS NULL) OR (task_on IS NOT NULL))),
    CONSTRAINT requests_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'sent'::text, 'under_review'::text, 'more_asked'::text, 'accepted'::text, 'refused'::text, 'withdrawn'::text]))),
    CONSTRAINT requests_subject_check CHECK ((subject = ANY (ARRAY['household'::text, 'adult'::text, 'child'::text])))
);

CREATE VIEW public.filed_requests AS
 SELECT r.request_id,
    r.household_id,
    r.code,
    r.version,
    r.subject,
    r.person_id,
    r.child_ids,
    r.status,
    r.number,
    r.presses,
    r.sealed,
    r.outcome,
    r.created_at,
    r.asked_by,
    r.changed_at,
    r.sent_at,
    r.due_on,
    r.decided_at,
    r.decided_by,
    r.kept_until,
    r.task_on,
    r.task_done_at,
    r.entered_by,
    COALESCE(h.merged_into, h.household_id) AS file_id,
    COALESCE(( SELECT ((pair.value ->> 'kept_person_id'::text))::uuid AS uuid
           FROM (public.household_merges m
             CROSS JOIN LATERAL jsonb_array_elements(m.same_persons) pair(value))
          WHERE ((m.former_id = r.household_id) AND (m.undone_at IS NULL) AND (h.merged_into IS NOT NULL) AND (((pair.value ->> 'person_id'::text))::uuid = r.person_id))), r.person_id) AS subject_id,
    ARRAY( SELECT COALESCE(( SELECT ((pair.value ->> 'kept_person_id'::text))::uuid AS uuid
                   FROM (public.household_merges m
                     CROSS JOIN LATERAL jsonb_array_elements(m.same_persons) pair(value))
                  WHERE ((m.former_id = r.household_id) AND (m.undone_at IS NULL) AND (h.merged_into IS NOT NULL) AND (((pair.value ->> 'person_id'::text))::uuid = named.child_id))), named.child_id) AS "coalesce"
           FROM unnest(r.child_ids) named(child_id)) AS named_ids,
    COALESCE(( SELECT ((pair.value ->> 'kept_person_id'::text))::uuid AS uuid
           FROM (public.household_merges m
             CROSS JOIN LATERAL jsonb_array_elements(m.same_persons) pair(value))
          WHERE ((m.former_id = r.household_id) AND (m.undone_at IS NULL) AND (h.merged_into IS NOT NULL) AND (((pair.value ->> 'person_id'::text))::uuid = r.asked_by))), r.asked_by) AS sender_id
   FROM (public.requests r
     JOIN public.households h ON ((h.household_id = r.household_id)));

CREATE TABLE public.files_apart (
    household_id uuid NOT NULL,
    other_id uuid NOT NULL,
    reason bytea NOT NULL,
    noted_at timestamp with time zone NOT NULL,
    noted_by uuid NOT NULL,
    CONSTRAINT files_apart_check CHECK ((household_id < other_id))
);

CREATE TABLE public.health_files (
    child_id uuid NOT NULL,
    revision integer DEFAULT 0 NOT NULL,
    sealed bytea,
    changed_at timestamp with time zone,
    changed_by uuid,
    proof bytea,
    CONSTRAINT health_files_check CHECK (((sealed IS NULL) = (revision = 0))),
    CONSTRAINT health_files_check1 CHECK (((changed_at IS NULL) = (sealed IS NULL))),
    CONSTRAINT health_files_check2 CHECK (((changed_by IS NULL) = (changed_at IS NULL))),
    CONSTRAINT health_files_revision_check CHECK ((revision >= 0))
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

CREATE TABLE public.home_swaps (
    child_id uuid NOT NULL,
    household_id uuid NOT NULL,
    during daterange NOT NULL,
    CONSTRAINT home_swaps_during_check CHECK (((NOT isempty(during)) AND (NOT lower_inf(during)) AND (NOT upper_inf(during))))
);

CREATE TABLE public.household_activity (
    household_id uuid NOT NULL,
    last_on date NOT NULL
);

CREATE TABLE public.household_archives (
    household_id uuid NOT NULL,
    archived_at timestamp with time zone NOT NULL,
    archived_by uuid NOT NULL,
    reason text NOT NULL,
    last_active_on date NOT NULL,
    asked_at timestamp with time zone,
    asked_by uuid,
    CONSTRAINT household_archives_check CHECK (((asked_at IS NULL) = (asked_by IS NULL)))
);

CREATE TABLE public.household_enrollments (
    enrollment_id uuid NOT NULL,
    household_id uuid NOT NULL,
    child_id uuid NOT NULL,
    ends_on date NOT NULL,
    starts_on date
);

CREATE TABLE public.household_erasures (
    household_id uuid NOT NULL,
    erasure_id uuid NOT NULL,
    stage text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    asked_by uuid NOT NULL,
    judged_at timestamp with time zone,
    unpaid_count integer DEFAULT 0 NOT NULL,
    unpaid_cents bigint DEFAULT 0 NOT NULL,
    uninvoiced_count integer DEFAULT 0 NOT NULL,
    uninvoiced_cents bigint DEFAULT 0 NOT NULL,
    credit_cents bigint DEFAULT 0 NOT NULL,
    payment_count integer DEFAULT 0 NOT NULL,
    CONSTRAINT household_erasures_check CHECK (((judged_at IS NULL) = (stage = 'asked'::text))),
    CONSTRAINT household_erasures_stage_check CHECK ((stage = ANY (ARRAY['asked'::text, 'refused'::text, 'erased'::text])))
);

CREATE TABLE public.household_import_lines (
    run_id uuid NOT NULL,
    line_number integer NOT NULL,
    "position" integer NOT NULL,
    household_key text NOT NULL,
    cells jsonb,
    sealed bytea,
    finding text NOT NULL,
    faults jsonb,
    household_id uuid
);

CREATE TABLE public.household_imports (
    run_id uuid NOT NULL,
    label text NOT NULL,
    status text NOT NULL,
    is_updating boolean NOT NULL,
    is_inviting boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid NOT NULL,
    confirmed_at timestamp with time zone,
    confirmed_by uuid,
    finished_at timestamp with time zone,
    CONSTRAINT household_imports_check CHECK (((confirmed_at IS NULL) = (confirmed_by IS NULL))),
    CONSTRAINT household_imports_check1 CHECK (((status = ANY (ARRAY['examining'::text, 'proposed'::text])) = (confirmed_at IS NULL))),
    CONSTRAINT household_imports_check2 CHECK (((status = 'done'::text) = (finished_at IS NOT NULL))),
    CONSTRAINT household_imports_status_check CHECK ((status = ANY (ARRAY['examining'::text, 'proposed'::text, 'running'::text, 'done'::text])))
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

CREATE TABLE public.idempotency_keys (
    actor text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    response jsonb,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE public.imported_children (
    child_key text NOT NULL,
    child_id uuid NOT NULL
);

CREATE TABLE public.imported_households (
    household_key text NOT NULL,
    household_id uuid NOT NULL,
    fingerprint bytea NOT NULL
);

CREATE TABLE public.inbox (
    event_id uuid NOT NULL,
    topic text NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE public.insurances (
    child_id uuid NOT NULL,
    school_year smallint NOT NULL,
    revision integer NOT NULL,
    ends_on date NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT insurances_revision_check CHECK ((revision > 0))
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

CREATE TABLE public.person_changes (
    change_id uuid NOT NULL,
    household_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    sealed bytea NOT NULL,
    asked_by uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone,
    decided_by uuid,
    CONSTRAINT person_changes_check CHECK (((status = 'waiting'::text) = (decided_at IS NULL))),
    CONSTRAINT person_changes_check1 CHECK (((decided_by IS NULL) = (decided_at IS NULL))),
    CONSTRAINT person_changes_kind_check CHECK ((kind = ANY (ARRAY['child'::text, 'adult'::text, 'new_child'::text, 'contact'::text]))),
    CONSTRAINT person_changes_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'accepted'::text, 'refused'::text, 'withdrawn'::text])))
);

CREATE TABLE public.persons (
    person_id uuid NOT NULL,
    kind text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid NOT NULL,
    CONSTRAINT persons_kind_check CHECK ((kind = ANY (ARRAY['adult'::text, 'child'::text])))
);

CREATE TABLE public.persons_alike (
    one_id uuid NOT NULL,
    other_id uuid NOT NULL,
    CONSTRAINT persons_alike_check CHECK ((one_id < other_id))
);

CREATE TABLE public.portraits (
    contact_id uuid NOT NULL,
    sealed bytea NOT NULL
);

CREATE TABLE public.procedure_versions (
    code text NOT NULL,
    version integer NOT NULL,
    text text NOT NULL,
    published_at timestamp with time zone NOT NULL,
    published_by uuid,
    CONSTRAINT procedure_versions_version_check CHECK ((version > 0))
);

CREATE TABLE public.protection_requests (
    request_id uuid NOT NULL,
    household_id uuid NOT NULL,
    asked_by uuid NOT NULL,
    sealed bytea NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    settled_at timestamp with time zone,
    settled_by uuid,
    CONSTRAINT protection_requests_check CHECK (((settled_at IS NULL) = (settled_by IS NULL)))
);

CREATE TABLE public.quotient_calls (
    call_id uuid NOT NULL,
    household_id uuid NOT NULL,
    called_by uuid NOT NULL,
    is_by_family boolean NOT NULL,
    outcome text NOT NULL,
    request_id text NOT NULL,
    called_at timestamp with time zone NOT NULL
);

CREATE TABLE public.quotient_readings (
    reading_id uuid NOT NULL,
    household_id uuid NOT NULL,
    month_on date NOT NULL,
    status text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    asked_by uuid NOT NULL,
    sealed bytea,
    attempt_count smallint DEFAULT 1 NOT NULL,
    next_at timestamp with time zone,
    value_cents integer,
    source text,
    computed_on date,
    request_id text NOT NULL,
    answered_at timestamp with time zone,
    taken_at timestamp with time zone,
    taken_by uuid,
    CONSTRAINT quotient_readings_check CHECK (((status = 'waiting'::text) = (sealed IS NOT NULL))),
    CONSTRAINT quotient_readings_check1 CHECK (((status = 'waiting'::text) = (next_at IS NOT NULL))),
    CONSTRAINT quotient_readings_check2 CHECK (((status = ANY (ARRAY['found'::text, 'taken'::text])) = (value_cents IS NOT NULL))),
    CONSTRAINT quotient_readings_check3 CHECK (((value_cents IS NULL) = (source IS NULL))),
    CONSTRAINT quotient_readings_check4 CHECK (((status = 'taken'::text) = (taken_at IS NOT NULL))),
    CONSTRAINT quotient_readings_check5 CHECK (((taken_at IS NULL) = (taken_by IS NULL))),
    CONSTRAINT quotient_readings_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'found'::text, 'taken'::text, 'missing'::text, 'failed'::text])))
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
    ends_on date,
    way text NOT NULL,
    document_id uuid,
    sealed bytea,
    CONSTRAINT quotients_check CHECK ((ends_on >= effective_on)),
    CONSTRAINT quotients_value_cents_check CHECK ((value_cents >= 0)),
    CONSTRAINT quotients_way_check CHECK ((way = ANY (ARRAY['entered'::text, 'declared'::text, 'read'::text])))
);

CREATE TABLE public.registration_levels (
    subject text NOT NULL,
    empty_at timestamp with time zone NOT NULL
);

CREATE TABLE public.registrations (
    registration_id uuid NOT NULL,
    status text NOT NULL,
    request jsonb NOT NULL,
    request_hash bytea NOT NULL,
    reason text,
    household_id uuid,
    requested_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    decided_at timestamp with time zone,
    decided_by uuid,
    sealed bytea,
    CONSTRAINT registrations_check CHECK (((decided_by IS NULL) = (decided_at IS NULL))),
    CONSTRAINT registrations_check1 CHECK (((status = 'waiting'::text) = (decided_at IS NULL))),
    CONSTRAINT registrations_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'accepted'::text, 'refused'::text])))
);

CREATE TABLE public.request_message_pieces (
    message_id uuid NOT NULL,
    document_id uuid NOT NULL
);

CREATE TABLE public.request_messages (
    message_id uuid NOT NULL,
    request_id uuid NOT NULL,
    "position" smallint NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    sent_by uuid NOT NULL,
    is_by_agent boolean NOT NULL,
    sealed bytea NOT NULL
);

CREATE TABLE public.request_numbers (
    year integer NOT NULL,
    last_number integer NOT NULL
);

CREATE TABLE public.request_pieces (
    request_id uuid NOT NULL,
    kind text NOT NULL,
    document_id uuid,
    seen_by uuid,
    CONSTRAINT request_pieces_check CHECK (((document_id IS NULL) = (seen_by IS NOT NULL)))
);

CREATE TABLE public.request_turns (
    request_id uuid NOT NULL,
    "position" smallint NOT NULL,
    status text NOT NULL,
    turned_at timestamp with time zone NOT NULL,
    is_by_agent boolean NOT NULL
);

CREATE TABLE public.residences (
    child_id uuid NOT NULL,
    pattern text NOT NULL,
    household_ids uuid[] NOT NULL,
    anchor_on date,
    evidence text,
    during daterange NOT NULL,
    evidence_kind text,
    evidence_on date,
    change_weekday smallint,
    change_hour time without time zone,
    second_home_days smallint[] DEFAULT '{}'::smallint[] NOT NULL,
    holiday_zone text,
    holiday_even_first_id uuid,
    CONSTRAINT residences_change_weekday_check CHECK (((change_weekday >= 1) AND (change_weekday <= 7))),
    CONSTRAINT residences_check CHECK (((holiday_zone IS NULL) = (holiday_even_first_id IS NULL))),
    CONSTRAINT residences_during_check CHECK (((NOT isempty(during)) AND (NOT lower_inf(during)))),
    CONSTRAINT residences_evidence_kind_check CHECK ((evidence_kind = ANY (ARRAY['judgment'::text, 'agreement'::text, 'declaration'::text]))),
    CONSTRAINT residences_household_ids_check CHECK (((cardinality(household_ids) >= 1) AND (cardinality(household_ids) <= 2)))
);

CREATE TABLE public.resource_notices (
    household_id uuid NOT NULL,
    occasion text NOT NULL,
    about_on date NOT NULL,
    days integer NOT NULL,
    noticed_at timestamp with time zone NOT NULL,
    CONSTRAINT resource_notices_occasion_check CHECK ((occasion = ANY (ARRAY['ending'::text, 'ended'::text, 'unknown'::text])))
);

CREATE TABLE public.responsibilities (
    child_id uuid NOT NULL,
    adult_id uuid NOT NULL,
    role text NOT NULL,
    authority text NOT NULL,
    evidence text,
    during daterange NOT NULL,
    evidence_kind text,
    evidence_on date,
    CONSTRAINT responsibilities_during_check CHECK (((NOT isempty(during)) AND (NOT lower_inf(during)))),
    CONSTRAINT responsibilities_evidence_kind_check CHECK ((evidence_kind = ANY (ARRAY['judgment'::text, 'agreement'::text, 'declaration'::text])))
);

CREATE TABLE public.schema_migrations (
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE public.schoolings (
    child_id uuid NOT NULL,
    school_year integer NOT NULL,
    level text NOT NULL,
    school_code text,
    elsewhere text,
    class_id uuid,
    during daterange NOT NULL,
    CONSTRAINT schoolings_check CHECK (((school_code IS NULL) OR (elsewhere IS NULL))),
    CONSTRAINT schoolings_check1 CHECK (((class_id IS NULL) OR (school_code IS NOT NULL))),
    CONSTRAINT schoolings_check2 CHECK ((during <@ daterange(make_date(school_year, 9, 1), make_date((school_year + 1), 9, 1)))),
    CONSTRAINT schoolings_during_check CHECK (((NOT isempty(during)) AND (NOT lower_inf(during))))
);

CREATE TABLE public.schools (
    school_code text NOT NULL,
    label text NOT NULL,
    levels text[] NOT NULL,
    CONSTRAINT schools_levels_check CHECK ((cardinality(levels) > 0))
);

CREATE TABLE public.sector_plans (
    school_year smallint NOT NULL,
    published_at timestamp with time zone,
    published_by uuid,
    CONSTRAINT sector_plans_check CHECK (((published_at IS NULL) = (published_by IS NULL))),
    CONSTRAINT sector_plans_school_year_check CHECK (((school_year >= 2000) AND (school_year <= 2100)))
);

CREATE TABLE public.sector_segments (
    segment_id uuid NOT NULL,
    is_published boolean NOT NULL,
    school_year smallint NOT NULL,
    school text NOT NULL,
    first_level smallint NOT NULL,
    last_level smallint NOT NULL,
    city text NOT NULL,
    street text,
    side text NOT NULL,
    from_number integer,
    until_number integer,
    CONSTRAINT sector_segments_check CHECK ((first_level <= last_level)),
    CONSTRAINT sector_segments_check1 CHECK (((street IS NOT NULL) OR ((side = 'both'::text) AND (from_number IS NULL) AND (until_number IS NULL)))),
    CONSTRAINT sector_segments_check2 CHECK ((from_number <= until_number)),
    CONSTRAINT sector_segments_side_check CHECK ((side = ANY (ARRAY['both'::text, 'odd'::text, 'even'::text])))
);

CREATE VIEW public.shown_members AS
 SELECT household_members.household_id,
    household_members.person_id,
    household_members.kind,
    household_members."position",
    household_members.during
   FROM public.household_members
UNION ALL
 SELECT archived_members.household_id,
    archived_members.person_id,
    archived_members.kind,
    archived_members."position",
    archived_members.during
   FROM public.archived_members;

CREATE TABLE public.unpaid_invoices (
    invoice_id uuid NOT NULL,
    household_id uuid NOT NULL,
    unpaid_cents integer NOT NULL
);

CREATE TABLE public.waiting_owners (
    kind text NOT NULL,
    item_id uuid NOT NULL,
    account_id uuid NOT NULL,
    ends_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.history ATTACH PARTITION public.history_rest DEFAULT;

ALTER TABLE ONLY public.address_bases
    ADD CONSTRAINT address_bases_pkey PRIMARY KEY (label);

ALTER TABLE ONLY public.address_protections
    ADD CONSTRAINT address_protections_pkey PRIMARY KEY (protection_id);

ALTER TABLE ONLY public.adults
    ADD CONSTRAINT adults_pkey PRIMARY KEY (adult_id);

ALTER TABLE ONLY public.archived_members
    ADD CONSTRAINT archived_members_household_id_person_id_during_excl EXCLUDE USING gist (household_id WITH =, person_id WITH =, during WITH &&);

ALTER TABLE ONLY public.archived_members
    ADD CONSTRAINT archived_members_pkey PRIMARY KEY (household_id, person_id, during);

ALTER TABLE ONLY public.authorization_answers
    ADD CONSTRAINT authorization_answers_pkey PRIMARY KEY (child_id, school_year, adult_id);

ALTER TABLE ONLY public.base_addresses
    ADD CONSTRAINT base_addresses_pkey PRIMARY KEY (address_id);

ALTER TABLE ONLY public.base_street_marks
    ADD CONSTRAINT base_street_marks_pkey PRIMARY KEY (mark, street_id);

ALTER TABLE ONLY public.base_streets
    ADD CONSTRAINT base_streets_pkey PRIMARY KEY (street_id);

ALTER TABLE ONLY public.bulk_decision_lines
    ADD CONSTRAINT bulk_decision_lines_pkey PRIMARY KEY (batch_id, "position");

ALTER TABLE ONLY public.bulk_decisions
    ADD CONSTRAINT bulk_decisions_pkey PRIMARY KEY (batch_id);

ALTER TABLE ONLY public.call_slots
    ADD CONSTRAINT call_slots_pkey PRIMARY KEY (name, slot);

ALTER TABLE ONLY public.care_readers
    ADD CONSTRAINT care_readers_pkey PRIMARY KEY (child_id);

ALTER TABLE ONLY public.children
    ADD CONSTRAINT children_pkey PRIMARY KEY (child_id);

ALTER TABLE ONLY public.circular_children
    ADD CONSTRAINT circular_children_pkey PRIMARY KEY (circular_id, child_id, household_id);

ALTER TABLE ONLY public.circulars
    ADD CONSTRAINT circulars_pkey PRIMARY KEY (circular_id);

ALTER TABLE ONLY public.class_change_lines
    ADD CONSTRAINT class_change_lines_pkey PRIMARY KEY (run_id, child_id);

ALTER TABLE ONLY public.class_change_lines
    ADD CONSTRAINT class_change_lines_run_id_position_key UNIQUE (run_id, "position");

ALTER TABLE ONLY public.class_change_pupils
    ADD CONSTRAINT class_change_pupils_pkey PRIMARY KEY (run_id, child_id);

ALTER TABLE ONLY public.class_change_steps
    ADD CONSTRAINT class_change_steps_pkey PRIMARY KEY (run_id, class_id, level);

ALTER TABLE ONLY public.class_changes
    ADD CONSTRAINT class_changes_pkey PRIMARY KEY (run_id);

ALTER TABLE ONLY public.classes
    ADD CONSTRAINT classes_class_id_school_code_school_year_key UNIQUE (class_id, school_code, school_year);

ALTER TABLE ONLY public.classes
    ADD CONSTRAINT classes_pkey PRIMARY KEY (class_id);

ALTER TABLE ONLY public.comings_of_age
    ADD CONSTRAINT comings_of_age_pkey PRIMARY KEY (child_id);

ALTER TABLE ONLY public.dead_letters
    ADD CONSTRAINT dead_letters_pkey PRIMARY KEY (event_key);

ALTER TABLE ONLY public.delegates
    ADD CONSTRAINT delegates_adult_id_key UNIQUE (adult_id);

ALTER TABLE ONLY public.delegates
    ADD CONSTRAINT delegates_pkey PRIMARY KEY (delegate_id);

ALTER TABLE ONLY public.delegations
    ADD CONSTRAINT delegations_pkey PRIMARY KEY (delegation_id);

ALTER TABLE ONLY public.derogations
    ADD CONSTRAINT derogations_pkey PRIMARY KEY (derogation_id);

ALTER TABLE ONLY public.document_pages
    ADD CONSTRAINT document_pages_blob_key UNIQUE (blob);

ALTER TABLE ONLY public.document_pages
    ADD CONSTRAINT document_pages_document_id_position_key UNIQUE (document_id, "position");

ALTER TABLE ONLY public.document_pages
    ADD CONSTRAINT document_pages_pkey PRIMARY KEY (page_id);

ALTER TABLE ONLY public.documents
    ADD CONSTRAINT documents_pkey PRIMARY KEY (document_id);

ALTER TABLE ONLY public.editing_leases
    ADD CONSTRAINT editing_leases_pkey PRIMARY KEY (form, subject_id);

ALTER TABLE ONLY public.email_changes
    ADD CONSTRAINT email_changes_pkey PRIMARY KEY (change_id);

ALTER TABLE ONLY public.email_changes
    ADD CONSTRAINT email_changes_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.entourage
    ADD CONSTRAINT entourage_pkey PRIMARY KEY (contact_id, child_id);

ALTER TABLE ONLY public.export_parts
    ADD CONSTRAINT export_parts_pkey PRIMARY KEY (export_id, service);

ALTER TABLE ONLY public.exports
    ADD CONSTRAINT exports_pkey PRIMARY KEY (export_id);

ALTER TABLE ONLY public.file_confirmations
    ADD CONSTRAINT file_confirmations_pkey PRIMARY KEY (child_id, school_year, adult_id);

ALTER TABLE ONLY public.files_apart
    ADD CONSTRAINT files_apart_pkey PRIMARY KEY (household_id, other_id);

ALTER TABLE ONLY public.health_files
    ADD CONSTRAINT health_files_pkey PRIMARY KEY (child_id);

ALTER TABLE ONLY public.history_keys
    ADD CONSTRAINT history_keys_pkey PRIMARY KEY (owner);

ALTER TABLE ONLY public.history
    ADD CONSTRAINT history_pkey PRIMARY KEY (noted_at, id);

ALTER TABLE ONLY public.history_rest
    ADD CONSTRAINT history_rest_pkey PRIMARY KEY (noted_at, id);

ALTER TABLE ONLY public.home_swaps
    ADD CONSTRAINT home_swaps_child_id_during_excl EXCLUDE USING gist (child_id WITH =, during WITH &&);

ALTER TABLE ONLY public.household_activity
    ADD CONSTRAINT household_activity_pkey PRIMARY KEY (household_id);

ALTER TABLE ONLY public.household_archives
    ADD CONSTRAINT household_archives_pkey PRIMARY KEY (household_id);

ALTER TABLE ONLY public.household_enrollments
    ADD CONSTRAINT household_enrollments_pkey PRIMARY KEY (enrollment_id);

ALTER TABLE ONLY public.household_erasures
    ADD CONSTRAINT household_erasures_erasure_id_key UNIQUE (erasure_id);

ALTER TABLE ONLY public.household_erasures
    ADD CONSTRAINT household_erasures_pkey PRIMARY KEY (household_id);

ALTER TABLE ONLY public.household_import_lines
    ADD CONSTRAINT household_import_lines_pkey PRIMARY KEY (run_id, line_number);

ALTER TABLE ONLY public.household_imports
    ADD CONSTRAINT household_imports_pkey PRIMARY KEY (run_id);

ALTER TABLE ONLY public.household_members
    ADD CONSTRAINT household_members_household_id_person_id_during_excl EXCLUDE USING gist (household_id WITH =, person_id WITH =, during WITH &&);

ALTER TABLE ONLY public.household_merges
    ADD CONSTRAINT household_merges_pkey PRIMARY KEY (merge_id);

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

ALTER TABLE ONLY public.imported_children
    ADD CONSTRAINT imported_children_pkey PRIMARY KEY (child_key);

ALTER TABLE ONLY public.imported_households
    ADD CONSTRAINT imported_households_pkey PRIMARY KEY (household_key);

ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (event_id);

ALTER TABLE ONLY public.insurances
    ADD CONSTRAINT insurances_pkey PRIMARY KEY (child_id, school_year);

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

ALTER TABLE ONLY public.outbox_keys
    ADD CONSTRAINT outbox_keys_pkey PRIMARY KEY (topic, key);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.person_changes
    ADD CONSTRAINT person_changes_pkey PRIMARY KEY (change_id);

ALTER TABLE ONLY public.persons_alike
    ADD CONSTRAINT persons_alike_pkey PRIMARY KEY (one_id, other_id);

ALTER TABLE ONLY public.persons
    ADD CONSTRAINT persons_person_id_kind_key UNIQUE (person_id, kind);

ALTER TABLE ONLY public.persons
    ADD CONSTRAINT persons_pkey PRIMARY KEY (person_id);

ALTER TABLE ONLY public.portraits
    ADD CONSTRAINT portraits_pkey PRIMARY KEY (contact_id);

ALTER TABLE ONLY public.procedure_versions
    ADD CONSTRAINT procedure_versions_pkey PRIMARY KEY (code, version);

ALTER TABLE ONLY public.protection_requests
    ADD CONSTRAINT protection_requests_pkey PRIMARY KEY (request_id);

ALTER TABLE ONLY public.quotient_calls
    ADD CONSTRAINT quotient_calls_pkey PRIMARY KEY (call_id);

ALTER TABLE ONLY public.quotient_readings
    ADD CONSTRAINT quotient_readings_pkey PRIMARY KEY (reading_id);

ALTER TABLE ONLY public.quotients
    ADD CONSTRAINT quotients_pkey PRIMARY KEY (quotient_id);

ALTER TABLE ONLY public.registration_levels
    ADD CONSTRAINT registration_levels_pkey PRIMARY KEY (subject);

ALTER TABLE ONLY public.registrations
    ADD CONSTRAINT registrations_pkey PRIMARY KEY (registration_id);

ALTER TABLE ONLY public.request_message_pieces
    ADD CONSTRAINT request_message_pieces_pkey PRIMARY KEY (message_id, document_id);

ALTER TABLE ONLY public.request_messages
    ADD CONSTRAINT request_messages_pkey PRIMARY KEY (message_id);

ALTER TABLE ONLY public.request_messages
    ADD CONSTRAINT request_messages_request_id_position_key UNIQUE (request_id, "position");

ALTER TABLE ONLY public.request_numbers
    ADD CONSTRAINT request_numbers_pkey PRIMARY KEY (year);

ALTER TABLE ONLY public.request_pieces
    ADD CONSTRAINT request_pieces_pkey PRIMARY KEY (request_id, kind);

ALTER TABLE ONLY public.request_turns
    ADD CONSTRAINT request_turns_pkey PRIMARY KEY (request_id, "position");

ALTER TABLE ONLY public.requests
    ADD CONSTRAINT requests_number_key UNIQUE (number);

ALTER TABLE ONLY public.requests
    ADD CONSTRAINT requests_pkey PRIMARY KEY (request_id);

ALTER TABLE ONLY public.residences
    ADD CONSTRAINT residences_child_id_during_excl EXCLUDE USING gist (child_id WITH =, during WITH &&);

ALTER TABLE ONLY public.resource_declarations
    ADD CONSTRAINT resource_declarations_pkey PRIMARY KEY (declaration_id);

ALTER TABLE ONLY public.resource_notices
    ADD CONSTRAINT resource_notices_pkey PRIMARY KEY (household_id, about_on, occasion, days);

ALTER TABLE ONLY public.responsibilities
    ADD CONSTRAINT responsibilities_child_id_adult_id_role_during_excl EXCLUDE USING gist (child_id WITH =, adult_id WITH =, role WITH =, during WITH &&);

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.schoolings
    ADD CONSTRAINT schoolings_child_id_during_excl EXCLUDE USING gist (child_id WITH =, during WITH &&);

ALTER TABLE ONLY public.schools
    ADD CONSTRAINT schools_pkey PRIMARY KEY (school_code);

ALTER TABLE ONLY public.sector_plans
    ADD CONSTRAINT sector_plans_pkey PRIMARY KEY (school_year);

ALTER TABLE ONLY public.sector_segments
    ADD CONSTRAINT sector_segments_pkey PRIMARY KEY (segment_id, is_published);

ALTER TABLE ONLY public.unpaid_invoices
    ADD CONSTRAINT unpaid_invoices_pkey PRIMARY KEY (invoice_id);

ALTER TABLE ONLY public.waiting_owners
    ADD CONSTRAINT waiting_owners_pkey PRIMARY KEY (kind, item_id);

CREATE UNIQUE INDEX address_bases_alone ON public.address_bases USING btree ((true));

CREATE UNIQUE INDEX address_protections_live ON public.address_protections USING btree (household_id) WHERE (ended_at IS NULL);

CREATE INDEX address_protections_of_household ON public.address_protections USING btree (household_id);

CREATE INDEX adults_by_name ON public.adults USING btree (name_key);

CREATE INDEX adults_by_name_and_email ON public.adults USING btree (name_key, email_key, adult_id) WHERE (email_key IS NOT NULL);

CREATE INDEX adults_by_name_and_phone ON public.adults USING btree (name_key, phone, adult_id) WHERE (phone IS NOT NULL);

CREATE INDEX adults_by_phone ON public.adults USING btree (phone) WHERE (phone IS NOT NULL);

CREATE INDEX adults_email ON public.adults USING btree (email_key);

CREATE INDEX adults_invited ON public.adults USING btree (email_key) WHERE is_invited;

CREATE INDEX adults_to_compare ON public.adults USING btree (adult_id) WHERE (((compared_name IS DISTINCT FROM name_key) OR (compared_phone IS DISTINCT FROM phone)) OR (compared_email IS DISTINCT FROM email_key));

CREATE INDEX adults_unreachable ON public.adults USING btree (adult_id) WHERE ((email IS NULL) AND (phone IS NULL));

CREATE INDEX archived_members_person ON public.archived_members USING btree (person_id, kind);

CREATE INDEX authorization_answers_of_adult ON public.authorization_answers USING btree (adult_id);

CREATE INDEX base_addresses_of_street ON public.base_addresses USING btree (street_id, number);

CREATE INDEX base_street_marks_of_street ON public.base_street_marks USING btree (street_id);

CREATE INDEX base_streets_by_key ON public.base_streets USING btree (street_key, postal_code);

CREATE INDEX bulk_decisions_old ON public.bulk_decisions USING btree (decided_at);

CREATE INDEX children_by_birth ON public.children USING btree (birth_on);

CREATE INDEX children_expected ON public.children USING btree (birth_on, child_id) WHERE is_expected;

CREATE INDEX children_to_compare ON public.children USING btree (child_id) WHERE ((compared_name IS DISTINCT FROM name_key) OR (compared_birth_on IS DISTINCT FROM birth_on));

CREATE INDEX circular_children_child ON public.circular_children USING btree (child_id);

CREATE INDEX circular_children_household ON public.circular_children USING btree (household_id);

CREATE INDEX circular_children_wanted ON public.circular_children USING btree (circular_id, household_id, child_id) WHERE (wanted IS NOT NULL);

CREATE INDEX circulars_age ON public.circulars USING btree (ends_on, circular_id);

CREATE INDEX circulars_newest ON public.circulars USING btree (created_at DESC, circular_id DESC);

CREATE INDEX circulars_of_school ON public.circulars USING btree (school_code);

CREATE INDEX circulars_of_version ON public.circulars USING btree (code, version);

CREATE INDEX circulars_to_remind ON public.circulars USING btree (remind_on, circular_id) WHERE ((remind_on IS NOT NULL) AND (closed_at IS NULL));

CREATE INDEX class_change_lines_child ON public.class_change_lines USING btree (child_id);

CREATE INDEX class_change_lines_class ON public.class_change_lines USING btree (class_id);

CREATE INDEX class_change_lines_to ON public.class_change_lines USING btree (to_class_id);

CREATE INDEX class_change_lines_waiting ON public.class_change_lines USING btree (run_id, child_id) WHERE (outcome = 'to_move'::text);

CREATE INDEX class_change_pupils_child ON public.class_change_pupils USING btree (child_id);

CREATE INDEX class_change_pupils_to ON public.class_change_pupils USING btree (to_class_id);

CREATE INDEX class_change_steps_class ON public.class_change_steps USING btree (class_id);

CREATE INDEX class_change_steps_to ON public.class_change_steps USING btree (to_class_id);

CREATE INDEX class_changes_age ON public.class_changes USING btree (COALESCE(undone_at, finished_at, created_at));

CREATE INDEX class_changes_of_school ON public.class_changes USING btree (school_code);

CREATE UNIQUE INDEX class_changes_once ON public.class_changes USING btree (school_code, school_year) WHERE (status <> 'undone'::text);

CREATE INDEX class_changes_running ON public.class_changes USING btree (run_id) WHERE (status = 'running'::text);

CREATE INDEX classes_of_school ON public.classes USING btree (school_code, school_year);

CREATE UNIQUE INDEX classes_open ON public.classes USING btree (school_code, school_year, label_key) WHERE (NOT is_closed);

CREATE INDEX dead_letters_open ON public.dead_letters USING btree (topic, partition, record_offset) WHERE (resolved_at IS NULL);

CREATE UNIQUE INDEX delegates_address ON public.delegates USING btree (email_key) WHERE (email_key IS NOT NULL);

CREATE INDEX delegations_ended ON public.delegations USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE UNIQUE INDEX delegations_live ON public.delegations USING btree (household_id, parent_id, delegate_id) WHERE (ending IS NULL);

CREATE UNIQUE INDEX delegations_live_address ON public.delegations USING btree (household_id, parent_id, email_key) WHERE (ending IS NULL);

CREATE INDEX delegations_of_delegate ON public.delegations USING btree (delegate_id);

CREATE INDEX delegations_of_household ON public.delegations USING btree (household_id, given_at);

CREATE INDEX delegations_of_parent ON public.delegations USING btree (parent_id);

CREATE INDEX delegations_standing ON public.delegations USING btree (ends_on) WHERE (ending IS NULL);

CREATE INDEX derogations_listed ON public.derogations USING btree (asked_on, derogation_id);

CREATE INDEX derogations_of_child ON public.derogations USING btree (child_id);

CREATE INDEX derogations_oldest ON public.derogations USING btree (asked_on, derogation_id) WHERE (status = 'waiting'::text);

CREATE UNIQUE INDEX derogations_open ON public.derogations USING btree (child_id, school_year) WHERE (status = 'waiting'::text);

CREATE INDEX documents_ending ON public.documents USING btree (ends_on, document_id) WHERE (ends_on IS NOT NULL);

CREATE INDEX documents_listed ON public.documents USING btree (sent_at, document_id) WHERE (sent_at IS NOT NULL);

CREATE INDEX documents_of_household ON public.documents USING btree (household_id, document_id);

CREATE INDEX documents_of_person ON public.documents USING btree (person_id);

CREATE INDEX documents_waiting ON public.documents USING btree (sent_at, document_id) WHERE (status = 'sent'::text);

CREATE INDEX editing_leases_ended ON public.editing_leases USING btree (ends_at);

CREATE INDEX email_changes_by_age ON public.email_changes USING btree (requested_at);

CREATE INDEX email_changes_of_account ON public.email_changes USING btree (account_id) WHERE (outcome IS NULL);

CREATE INDEX email_changes_of_adult ON public.email_changes USING btree (adult_id, requested_at);

CREATE UNIQUE INDEX email_changes_pending ON public.email_changes USING btree (adult_id) WHERE (outcome IS NULL);

CREATE INDEX entourage_of_child ON public.entourage USING btree (child_id);

CREATE INDEX exports_of_adult ON public.exports USING btree (adult_id, export_id);

CREATE INDEX exports_of_household ON public.exports USING btree (household_id);

CREATE INDEX file_confirmations_of_adult ON public.file_confirmations USING btree (adult_id);

CREATE INDEX files_apart_other ON public.files_apart USING btree (other_id);

CREATE INDEX history_household ON ONLY public.history USING btree (household_id, noted_at DESC, id DESC) WHERE (household_id IS NOT NULL);

CREATE INDEX history_rest_household_id_noted_at_id_idx ON public.history_rest USING btree (household_id, noted_at DESC, id DESC) WHERE (household_id IS NOT NULL);

CREATE INDEX history_subject ON ONLY public.history USING btree (subject, noted_at DESC, id DESC);

CREATE INDEX history_rest_subject_noted_at_id_idx ON public.history_rest USING btree (subject, noted_at DESC, id DESC);

CREATE INDEX home_swaps_household ON public.home_swaps USING btree (household_id);

CREATE INDEX household_archives_asked ON public.household_archives USING btree (household_id) WHERE (asked_at IS NOT NULL);

CREATE INDEX household_archives_asker ON public.household_archives USING btree (asked_by);

CREATE INDEX household_enrollments_household ON public.household_enrollments USING btree (household_id, ends_on);

CREATE INDEX household_enrollments_starting ON public.household_enrollments USING btree (starts_on) WHERE (starts_on IS NOT NULL);

CREATE INDEX household_import_lines_child ON public.household_import_lines USING btree (run_id, ((cells ->> 'child_key'::text)), line_number) WHERE ((cells ->> 'child_key'::text) IS NOT NULL);

CREATE INDEX household_import_lines_finding ON public.household_import_lines USING btree (run_id, finding, line_number);

CREATE INDEX household_import_lines_household ON public.household_import_lines USING btree (household_id);

CREATE INDEX household_import_lines_key ON public.household_import_lines USING btree (household_key);

CREATE INDEX household_import_lines_position ON public.household_import_lines USING btree (run_id, "position");

CREATE INDEX household_import_lines_waiting ON public.household_import_lines USING btree (run_id, "position") WHERE (finding = ANY (ARRAY['waiting'::text, 'to_open'::text, 'to_update'::text, 'to_invite'::text]));

CREATE INDEX household_imports_age ON public.household_imports USING btree (COALESCE(finished_at, created_at));

CREATE INDEX household_imports_examining ON public.household_imports USING btree (run_id) WHERE (status = 'examining'::text);

CREATE UNIQUE INDEX household_imports_running ON public.household_imports USING btree ((true)) WHERE (status = 'running'::text);

CREATE INDEX household_members_days ON public.household_members USING btree (person_id) INCLUDE (during, household_id, kind);

CREATE INDEX household_members_of_person ON public.household_members USING btree (person_id, kind);

CREATE INDEX household_merges_of_former ON public.household_merges USING btree (former_id);

CREATE INDEX household_merges_of_kept ON public.household_merges USING btree (kept_id);

CREATE UNIQUE INDEX household_merges_standing ON public.household_merges USING btree (former_id) WHERE (undone_at IS NULL);

CREATE INDEX household_merges_undoable ON public.household_merges USING btree (merged_at) WHERE (rows_before IS NOT NULL);

CREATE INDEX household_payers_adult ON public.household_payers USING btree (adult_id);

CREATE INDEX household_payers_household ON public.household_payers USING btree (household_id) INCLUDE (during);

CREATE INDEX households_archived ON public.households USING btree (archived_on, household_id) WHERE (archived_on IS NOT NULL);

CREATE INDEX households_by_mark ON public.households USING gin (search_marks) WITH (gin_pending_list_limit='256');

CREATE INDEX households_by_payer ON public.households USING btree (payer_key, household_id);

CREATE INDEX households_merged ON public.households USING btree (merged_into);

CREATE INDEX households_of_kind ON public.households USING btree (kind, payer_key, household_id);

CREATE INDEX households_payer ON public.households USING btree (payer_adult_id);

CREATE UNIQUE INDEX households_rna ON public.households USING btree (rna);

CREATE UNIQUE INDEX households_siret ON public.households USING btree (siret);

CREATE INDEX households_turning ON public.households USING btree (next_turn_on) WHERE (next_turn_on IS NOT NULL);

CREATE INDEX households_unverified ON public.households USING btree (payer_key, household_id) WHERE ((base_address_id IS NULL) AND (address_lines IS NOT NULL) AND (country IS NULL));

CREATE INDEX idempotency_keys_created ON public.idempotency_keys USING btree (created_at);

CREATE INDEX imported_children_child ON public.imported_children USING btree (child_id);

CREATE INDEX imported_households_household ON public.imported_households USING btree (household_id);

CREATE INDEX inbox_applied ON public.inbox USING btree (applied_at);

CREATE INDEX insurances_by_year ON public.insurances USING btree (school_year);

CREATE INDEX issued_documents_naming ON public.issued_documents USING gin (named_ids);

CREATE INDEX issued_documents_of_child ON public.issued_documents USING btree (child_id) WHERE (child_id IS NOT NULL);

CREATE INDEX issued_documents_of_household ON public.issued_documents USING btree (household_id, document_id);

CREATE INDEX outbox_shard ON public.outbox USING btree (shard, id);

CREATE INDEX person_changes_asked ON public.person_changes USING btree (asked_by, change_id);

CREATE INDEX person_changes_decided ON public.person_changes USING btree (decided_at) WHERE (decided_at IS NOT NULL);

CREATE INDEX person_changes_household ON public.person_changes USING btree (household_id);

CREATE INDEX person_changes_oldest ON public.person_changes USING btree (asked_at, change_id) WHERE (status = 'waiting'::text);

CREATE UNIQUE INDEX person_changes_open ON public.person_changes USING btree (subject_id, ((kind = 'contact'::text))) WHERE (status = 'waiting'::text);

CREATE INDEX person_changes_waiting ON public.person_changes USING btree (change_id) WHERE (status = 'waiting'::text);

CREATE INDEX persons_alike_other ON public.persons_alike USING btree (other_id);

CREATE INDEX protection_requests_asked ON public.protection_requests USING btree (asked_by);

CREATE INDEX protection_requests_household ON public.protection_requests USING btree (household_id);

CREATE INDEX protection_requests_oldest ON public.protection_requests USING btree (request_id) WHERE (settled_at IS NULL);

CREATE INDEX protection_requests_settled ON public.protection_requests USING btree (settled_at) WHERE (settled_at IS NOT NULL);

CREATE UNIQUE INDEX protection_requests_waiting ON public.protection_requests USING btree (asked_by, household_id) WHERE (settled_at IS NULL);

CREATE INDEX quotient_calls_of_household ON public.quotient_calls USING btree (household_id, called_at);

CREATE INDEX quotient_calls_past ON public.quotient_calls USING btree (called_at);

CREATE INDEX quotient_readings_due ON public.quotient_readings USING btree (next_at) WHERE (status = 'waiting'::text);

CREATE INDEX quotient_readings_of_household ON public.quotient_readings USING btree (household_id, asked_at);

CREATE INDEX quotient_readings_past ON public.quotient_readings USING btree (asked_at) WHERE (status <> 'taken'::text);

CREATE UNIQUE INDEX quotient_readings_waiting ON public.quotient_readings USING btree (household_id) WHERE (status = 'waiting'::text);

CREATE UNIQUE INDEX quotients_current ON public.quotients USING btree (household_id, effective_on) WHERE (replaced_at IS NULL);

CREATE INDEX quotients_document ON public.quotients USING btree (document_id);

CREATE INDEX quotients_ending ON public.quotients USING btree (ends_on, household_id) WHERE ((replaced_at IS NULL) AND (ends_on IS NOT NULL));

CREATE INDEX quotients_of_household ON public.quotients USING btree (household_id);

CREATE INDEX registration_levels_empty ON public.registration_levels USING btree (empty_at);

CREATE INDEX registrations_decided ON public.registrations USING btree (decided_at) WHERE (decided_at IS NOT NULL);

CREATE INDEX registrations_household ON public.registrations USING btree (household_id);

CREATE INDEX registrations_oldest ON public.registrations USING btree (requested_at, registration_id) WHERE (status = 'waiting'::text);

CREATE UNIQUE INDEX registrations_once ON public.registrations USING btree (request_hash) WHERE (status = 'waiting'::text);

CREATE INDEX registrations_requested ON public.registrations USING btree (requested_at);

CREATE INDEX registrations_unanswered ON public.registrations USING btree (registration_id) WHERE (answered_at IS NULL);

CREATE INDEX request_message_pieces_of_document ON public.request_message_pieces USING btree (document_id);

CREATE INDEX request_pieces_of_document ON public.request_pieces USING btree (document_id);

CREATE INDEX requests_begun ON public.requests USING btree (changed_at, request_id) WHERE (status = 'draft'::text);

CREATE INDEX requests_kept ON public.requests USING btree (kept_until, request_id) WHERE (kept_until IS NOT NULL);

CREATE INDEX requests_listed ON public.requests USING btree (sent_at, request_id) WHERE (sent_at IS NOT NULL);

CREATE INDEX requests_of_children ON public.requests USING gin (child_ids);

CREATE INDEX requests_of_household ON public.requests USING btree (household_id, request_id);

CREATE INDEX requests_of_person ON public.requests USING btree (person_id);

CREATE INDEX requests_of_version ON public.requests USING btree (code, version);

CREATE INDEX requests_waiting ON public.requests USING btree (sent_at, request_id) WHERE ((status = ANY (ARRAY['sent'::text, 'under_review'::text, 'more_asked'::text])) OR ((task_on IS NOT NULL) AND (task_done_at IS NULL)));

CREATE INDEX residences_of_child ON public.residences USING btree (child_id) INCLUDE (during);

CREATE INDEX resource_declarations_listed ON public.resource_declarations USING btree (declared_at, declaration_id) WHERE (status = 'waiting'::text);

CREATE INDEX resource_declarations_of_document ON public.resource_declarations USING btree (document_id);

CREATE INDEX resource_declarations_of_household ON public.resource_declarations USING btree (household_id, declared_at);

CREATE UNIQUE INDEX resource_declarations_waiting ON public.resource_declarations USING btree (household_id) WHERE (status = 'waiting'::text);

CREATE INDEX responsibilities_adult ON public.responsibilities USING btree (adult_id);

CREATE INDEX responsibilities_of_child ON public.responsibilities USING btree (child_id) INCLUDE (during, role, authority);

CREATE INDEX schoolings_of_class ON public.schoolings USING btree (class_id);

CREATE INDEX schoolings_of_school ON public.schoolings USING btree (school_code, school_year);

CREATE INDEX sector_segments_of_year ON public.sector_segments USING btree (school_year, is_published);

CREATE INDEX unpaid_invoices_household ON public.unpaid_invoices USING btree (household_id);

CREATE INDEX waiting_owners_ended ON public.waiting_owners USING btree (ends_at);

ALTER INDEX public.history_household ATTACH PARTITION public.history_rest_household_id_noted_at_id_idx;

ALTER INDEX public.history_pkey ATTACH PARTITION public.history_rest_pkey;

ALTER INDEX public.history_subject ATTACH PARTITION public.history_rest_subject_noted_at_id_idx;

CREATE TRIGGER history_is_added_to BEFORE DELETE OR UPDATE ON public.history FOR EACH ROW EXECUTE FUNCTION public.refuse_change_of_history();

CREATE TRIGGER history_is_not_emptied BEFORE TRUNCATE ON public.history FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change_of_history();

ALTER TABLE ONLY public.address_protections
    ADD CONSTRAINT address_protections_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.adults
    ADD CONSTRAINT adults_adult_id_kind_fkey FOREIGN KEY (adult_id, kind) REFERENCES public.persons(person_id, kind);

ALTER TABLE ONLY public.archived_members
    ADD CONSTRAINT archived_members_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.household_archives(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.archived_members
    ADD CONSTRAINT archived_members_person_id_kind_fkey FOREIGN KEY (person_id, kind) REFERENCES public.persons(person_id, kind);

ALTER TABLE ONLY public.authorization_answers
    ADD CONSTRAINT authorization_answers_adult_id_fkey FOREIGN KEY (adult_id) REFERENCES public.adults(adult_id);

ALTER TABLE ONLY public.authorization_answers
    ADD CONSTRAINT authorization_answers_child_id_fkey FOREIGN KEY (child_id) REFERENCES public.children(child_id);

ALTER TABLE ONLY public.base_addresses
    ADD CONSTRAINT base_addresses_street_id_fkey FOREIGN KEY (street_id) REFERENCES public.base_streets(street_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.base_street_marks
    ADD CONSTRAINT base_street_marks_street_id_fkey FOREIGN KEY (street_id) REFERENCES public.base_streets(street_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.bulk_decision_lines
    ADD CONSTRAINT bulk_decision_lines_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES public.bulk_decisions(batch_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.children
    ADD CONSTRAINT children_child_id_kind_fkey FOREIGN KEY (child_id, kind) REFERENCES public.persons(person_id, kind);

ALTER TABLE ONLY public.circular_children
    ADD CONSTRAINT circular_children_child_id_fkey FOREIGN KEY (child_id) REFERENCES public.children(child_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.circular_children
    ADD CONSTRAINT circular_children_circular_id_fkey FOREIGN KEY (circular_id) REFERENCES public.circulars(circular_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.circular_children
    ADD CONSTRAINT circular_children_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.circulars
    ADD CONSTRAINT circulars_code_version_fkey FOREIGN KEY (code, version) REFERENCES public.procedure_versions(code, version);

ALTER TABLE ONLY public.circulars
    ADD CONSTRAINT circulars_school_code_fkey FOREIGN KEY (school_code) REFERENCES public.schools(school_code);

ALTER TABLE ONLY public.class_change_lines
    ADD CONSTRAINT class_change_lines_child_id_fkey FOREIGN KEY (child_id) REFERENCES public.children(child_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.class_change_lines
    ADD CONSTRAINT class_change_lines_class_id_fkey FOREIGN KEY (class_id) REFERENCES public.classes(class_id);

ALTER TABLE ONLY public.class_change_lines
    ADD CONSTRAINT class_change_lines_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.class_changes(run_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.class_change_lines
    ADD CONSTRAINT class_change_lines_to_class_id_fkey FOREIGN KEY (to_class_id) REFERENCES public.classes(class_id);

ALTER TABLE ONLY public.class_change_pupils
    ADD CONSTRAINT class_change_pupils_child_id_fkey FOREIGN KEY (child_id) REFERENCES public.children(child_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.class_change_pupils
    ADD CONSTRAINT class_change_pupils_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.class_changes(run_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.class_change_pupils
    ADD CONSTRAINT class_change_pupils_to_class_id_fkey FOREIGN KEY (to_class_id) REFERENCES public.classes(class_id);

ALTER TABLE ONLY public.class_change_steps
    ADD CONSTRAINT class_change_steps_class_id_fkey FOREIGN KEY (class_id) REFERENCES public.classes(class_id);

ALTER TABLE ONLY public.class_change_steps
    ADD CONSTRAINT class_change_steps_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.class_changes(run_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.class_change_steps
    ADD CONSTRAINT class_change_steps_to_class_id_fkey FOREIGN KEY (to_class_id) REFERENCES public.classes(class_id);

ALTER TABLE ONLY public.class_changes
    ADD CONSTRAINT class_changes_school_code_fkey FOREIGN KEY (school_code) REFERENCES public.schools(school_code);

ALTER TABLE ONLY public.classes
    ADD CONSTRAINT classes_school_code_fkey FOREIGN KEY (school_code) REFERENCES public.schools(school_code);

ALTER TABLE ONLY public.comings_of_age
    ADD CONSTRAINT comings_of_age_child_id_fkey FOREIGN KEY (child_id) REFERENCES public.children(child_id);

ALTER TABLE ONLY public.delegates
    ADD CONSTRAINT delegates_adult_id_fkey FOREIGN KEY (adult_id) REFERENCES public.adults(adult_id);

ALTER TABLE ONLY public.delegations
    ADD CONSTRAINT delegations_delegate_id_fkey FOREIGN KEY (delegate_id) REFERENCES public.delegates(delegate_id);

ALTER TABLE ONLY public.delegations
    ADD CONSTRAINT delegations_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id);

ALTER TABLE ONLY public.delegations
    ADD CONSTRAINT delegations_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES public.adults(adult_id);

ALTER TABLE ONLY public.derogations
    ADD CONSTRAINT derogations_child_id_fkey FOREIGN KEY (child_id) REFERENCES public.children(child_id);

ALTER TABLE ONLY public.document_pages
    ADD CONSTRAINT document_pages_document_id_fkey FOREIGN KEY (document_id) REFERENCES public.documents(document_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.documents
    ADD CONSTRAINT documents_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id);

ALTER TABLE ONLY public.documents
    ADD CONSTRAINT documents_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.persons(person_id);

ALTER TABLE ONLY public.email_changes
    ADD CONSTRAINT email_changes_adult_id_fkey FOREIGN KEY (adult_id) REFERENCES public.adults(adult_id);

ALTER TABLE ONLY public.entourage
    ADD CONSTRAINT entourage_child_id_fkey FOREIGN KEY (child_id) REFERENCES public.children(child_id);

ALTER TABLE ONLY public.export_parts
    ADD CONSTRAINT export_parts_export_id_fkey FOREIGN KEY (export_id) REFERENCES public.exports(export_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.exports
    ADD CONSTRAINT exports_adult_id_fkey FOREIGN KEY (adult_id) REFERENCES public.adults(adult_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.exports
    ADD CONSTRAINT exports_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.file_confirmations
    ADD CONSTRAINT file_confirmations_adult_id_fkey FOREIGN KEY (adult_id) REFERENCES public.adults(adult_id);

ALTER TABLE ONLY public.file_confirmations
    ADD CONSTRAINT file_confirmations_child_id_fkey FOREIGN KEY (child_id) REFERENCES public.children(child_id);

ALTER TABLE ONLY public.files_apart
    ADD CONSTRAINT files_apart_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.files_apart
    ADD CONSTRAINT files_apart_other_id_fkey FOREIGN KEY (other_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.health_files
    ADD CONSTRAINT health_files_child_id_fkey FOREIGN KEY (child_id) REFERENCES public.children(child_id);

ALTER TABLE ONLY public.home_swaps
    ADD CONSTRAINT home_swaps_child_id_fkey FOREIGN KEY (child_id) REFERENCES public.children(child_id);

ALTER TABLE ONLY public.home_swaps
    ADD CONSTRAINT home_swaps_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id);

ALTER TABLE ONLY public.household_archives
    ADD CONSTRAINT household_archives_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES public.adults(adult_id);

ALTER TABLE ONLY public.household_archives
    ADD CONSTRAINT household_archives_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.household_import_lines
    ADD CONSTRAINT household_import_lines_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE SET NULL;

ALTER TABLE ONLY public.household_import_lines
    ADD CONSTRAINT household_import_lines_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.household_imports(run_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.household_members
    ADD CONSTRAINT household_members_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id);

ALTER TABLE ONLY public.household_members
    ADD CONSTRAINT household_members_person_id_kind_fkey FOREIGN KEY (person_id, kind) REFERENCES public.persons(person_id, kind);

ALTER TABLE ONLY public.household_merges
    ADD CONSTRAINT household_merges_former_id_fkey FOREIGN KEY (former_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.household_merges
    ADD CONSTRAINT household_merges_kept_id_fkey FOREIGN KEY (kept_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.household_payers
    ADD CONSTRAINT household_payers_adult_id_fkey FOREIGN KEY (adult_id) REFERENCES public.adults(adult_id);

ALTER TABLE ONLY public.household_payers
    ADD CONSTRAINT household_payers_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id);

ALTER TABLE ONLY public.households
    ADD CONSTRAINT households_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES public.households(household_id);

ALTER TABLE ONLY public.households
    ADD CONSTRAINT households_payer_adult_id_fkey FOREIGN KEY (payer_adult_id) REFERENCES public.adults(adult_id) ON DELETE SET NULL;

ALTER TABLE ONLY public.imported_children
    ADD CONSTRAINT imported_children_child_id_fkey FOREIGN KEY (child_id) REFERENCES public.children(child_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.imported_households
    ADD CONSTRAINT imported_households_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.insurances
    ADD CONSTRAINT insurances_child_id_fkey FOREIGN KEY (child_id) REFERENCES public.children(child_id);

ALTER TABLE ONLY public.person_changes
    ADD CONSTRAINT person_changes_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES public.adults(adult_id);

ALTER TABLE ONLY public.person_changes
    ADD CONSTRAINT person_changes_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.persons_alike
    ADD CONSTRAINT persons_alike_one_id_fkey FOREIGN KEY (one_id) REFERENCES public.persons(person_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.persons_alike
    ADD CONSTRAINT persons_alike_other_id_fkey FOREIGN KEY (other_id) REFERENCES public.persons(person_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.protection_requests
    ADD CONSTRAINT protection_requests_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES public.adults(adult_id);

ALTER TABLE ONLY public.protection_requests
    ADD CONSTRAINT protection_requests_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.quotient_calls
    ADD CONSTRAINT quotient_calls_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.quotient_readings
    ADD CONSTRAINT quotient_readings_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.quotients
    ADD CONSTRAINT quotients_document_id_fkey FOREIGN KEY (document_id) REFERENCES public.documents(document_id) ON DELETE SET NULL;

ALTER TABLE ONLY public.quotients
    ADD CONSTRAINT quotients_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id);

ALTER TABLE ONLY public.registrations
    ADD CONSTRAINT registrations_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.request_message_pieces
    ADD CONSTRAINT request_message_pieces_document_id_fkey FOREIGN KEY (document_id) REFERENCES public.documents(document_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.request_message_pieces
    ADD CONSTRAINT request_message_pieces_message_id_fkey FOREIGN KEY (message_id) REFERENCES public.request_messages(message_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.request_messages
    ADD CONSTRAINT request_messages_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.requests(request_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.request_pieces
    ADD CONSTRAINT request_pieces_document_id_fkey FOREIGN KEY (document_id) REFERENCES public.documents(document_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.request_pieces
    ADD CONSTRAINT request_pieces_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.requests(request_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.request_turns
    ADD CONSTRAINT request_turns_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.requests(request_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.requests
    ADD CONSTRAINT requests_code_version_fkey FOREIGN KEY (code, version) REFERENCES public.procedure_versions(code, version);

ALTER TABLE ONLY public.requests
    ADD CONSTRAINT requests_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id);

ALTER TABLE ONLY public.requests
    ADD CONSTRAINT requests_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.persons(person_id);

ALTER TABLE ONLY public.residences
    ADD CONSTRAINT residences_child_id_fkey FOREIGN KEY (child_id) REFERENCES public.children(child_id);

ALTER TABLE ONLY public.resource_declarations
    ADD CONSTRAINT resource_declarations_document_id_fkey FOREIGN KEY (document_id) REFERENCES public.documents(document_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.resource_declarations
    ADD CONSTRAINT resource_declarations_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.resource_notices
    ADD CONSTRAINT resource_notices_household_id_fkey FOREIGN KEY (household_id) REFERENCES public.households(household_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.responsibilities
    ADD CONSTRAINT responsibilities_adult_id_fkey FOREIGN KEY (adult_id) REFERENCES public.adults(adult_id);

ALTER TABLE ONLY public.responsibilities
    ADD CONSTRAINT responsibilities_child_id_fkey FOREIGN KEY (child_id) REFERENCES public.children(child_id);

ALTER TABLE ONLY public.schoolings
    ADD CONSTRAINT schoolings_child_id_fkey FOREIGN KEY (child_id) REFERENCES public.children(child_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.schoolings
    ADD CONSTRAINT schoolings_class_id_school_code_school_year_fkey FOREIGN KEY (class_id, school_code, school_year) REFERENCES public.classes(class_id, school_code, school_year);

ALTER TABLE ONLY public.schoolings
    ADD CONSTRAINT schoolings_school_code_fkey FOREIGN KEY (school_code) REFERENCES public.schools(school_code);

ALTER TABLE ONLY public.sector_segments
    ADD CONSTRAINT sector_segments_school_year_fkey FOREIGN KEY (school_year) REFERENCES public.sector_plans(school_year);
