-- Documents that a service issues under a number: kept as they were set, found again by their content, and checked by whoever is shown one, by a code
-- that is printed on it.

create table issued_numbers (
    series text not null,
    year integer not null,
    last_number integer not null,
    primary key (series, year)
);

-- `fingerprint` is of whom and what a document is about: the same again is the same document. `digest` is of its bytes, null until it was set. Of one whose
-- people were erased stay number, code, day and digest: whoever holds a copy is still told that it is genuine. `named_ids` are the children whom one of
-- an adult names.
create table issued_documents (
    document_id uuid primary key,
    kind text not null,
    number text not null unique,
    code text not null,
    household_id uuid,
    adult_id uuid,
    child_id uuid,
    named_ids uuid[] not null default '{}',
    from_on date,
    to_on date,
    fingerprint bytea unique,
    pdf bytea,
    digest bytea,
    issued_on date not null,
    issued_at timestamptz not null,
    issued_by uuid not null,
    check ((household_id is null) = (fingerprint is null)),
    check (pdf is null or digest is not null)
);
create index issued_documents_of_household on issued_documents (household_id, document_id);
create index issued_documents_of_child on issued_documents (child_id) where child_id is not null;
create index issued_documents_naming on issued_documents using gin (named_ids);
