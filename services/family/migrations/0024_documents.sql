-- Documents that families send, file by file; the contents themselves stand in the document store, sealed with each document's own key.

-- `audience` says whether `person_id` is a child's, an adult's, or there is none. `sealed`: what an agent wrote.
create table documents (
    document_id uuid primary key,
    household_id uuid not null references households,
    kind text not null,
    audience text not null check (audience in ('household', 'adult', 'child')),
    person_id uuid references persons,
    marked_on date,
    status text not null check (status in ('draft', 'sent', 'validated', 'refused')),
    created_at timestamptz not null,
    created_by uuid not null,
    sent_at timestamptz,
    decided_at timestamptz,
    decided_by uuid,
    ends_on date,
    reason text,
    sealed bytea,
    reminded_at timestamptz,
    check ((audience = 'household') = (person_id is null)),
    check ((status = 'draft') = (sent_at is null)),
    check ((status in ('validated', 'refused')) = (decided_at is not null)),
    check ((decided_at is null) = (decided_by is null)),
    check ((status = 'refused') = (reason is not null)),
    check (ends_on is null or status = 'validated')
);
create index documents_of_household on documents (household_id, document_id);
create index documents_of_person on documents (person_id);
create index documents_listed on documents (sent_at, document_id) where sent_at is not null;
create index documents_waiting on documents (sent_at, document_id) where status = 'sent';
create index documents_ending on documents (ends_on, document_id) where ends_on is not null;

-- `blob` is the name of the content in the store.
create table document_pages (
    page_id uuid primary key,
    document_id uuid not null references documents on delete cascade,
    position smallint not null,
    is_pdf boolean not null,
    leaf_count smallint not null,
    byte_count integer not null,
    blob text not null unique,
    unique (document_id, position)
);

-- Documents by the file that they stand in by now: a file that became part of another one is read with it, and who is one person of two is that one.
create view filed_documents as
select d.*, coalesce(h.merged_into, h.household_id) as file_id,
    coalesce((
        select (pair ->> 'kept_person_id')::uuid
        from household_merges m cross join jsonb_array_elements(m.same_persons) as pair
        where m.former_id = d.household_id and m.undone_at is null and h.merged_into is not null
          and (pair ->> 'person_id')::uuid = d.person_id), d.person_id) as subject_id
from documents d join households h on h.household_id = d.household_id;
