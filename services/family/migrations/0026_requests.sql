-- Requests of families (démarches): the procedures that the town published, and what was asked by them.

-- Every published text, as it was. `published_by` is none for what the town began with.
create table procedure_versions (
    code text not null,
    version integer not null check (version > 0),
    text text not null,
    published_at timestamptz not null,
    published_by uuid,
    primary key (code, version)
);

-- The last number that a request took in a year: a counter's row goes back with a refused sending, as a sequence would not.
create table request_numbers (
    year integer primary key,
    last_number integer not null
);

-- `asked_by`: the adult who began it and then who sent it; `entered_by`: the agent who typed it at the counter for that adult, from a paper. `presses`: by the number of a page of a draft, which showing of it was kept last.
-- `child_ids`: the children whom it is about or whom an answer names. `sealed`: the answers; `outcome`: what was decided, in words. Both are sealed with the
-- request's own key.
create table requests (
    request_id uuid primary key,
    household_id uuid not null references households,
    code text not null,
    version integer not null,
    subject text not null check (subject in ('household', 'adult', 'child')),
    person_id uuid references persons,
    child_ids uuid[] not null default '{}',
    status text not null check (status in ('draft', 'sent', 'under_review', 'more_asked', 'accepted', 'refused', 'withdrawn')),
    number text unique,
    presses jsonb not null default '{}',
    sealed bytea,
    outcome bytea,
    created_at timestamptz not null,
    asked_by uuid not null,
    entered_by uuid,
    changed_at timestamptz not null,
    sent_at timestamptz,
    due_on date,
    decided_at timestamptz,
    decided_by uuid,
    kept_until date,
    task_on date,
    task_done_at timestamptz,
    foreign key (code, version) references procedure_versions,
    check ((subject = 'household') = (person_id is null)),
    check ((status = 'draft') = (sent_at is null)),
    check ((status = 'draft') = (number is null)),
    check ((status in ('accepted', 'refused')) = (decided_at is not null)),
    check ((decided_at is null) = (decided_by is null)),
    check ((status in ('accepted', 'refused', 'withdrawn')) = (kept_until is not null)),
    check (task_on is null or status = 'accepted'),
    check (task_done_at is null or task_on is not null)
);
create index requests_of_household on requests (household_id, request_id);
create index requests_of_version on requests (code, version);
create index requests_of_person on requests (person_id);
create index requests_of_children on requests using gin (child_ids);
create index requests_listed on requests (sent_at, request_id) where sent_at is not null;
create index requests_waiting on requests (sent_at, request_id)
    where status in ('sent', 'under_review', 'more_asked') or task_on is not null and task_done_at is null;
create index requests_kept on requests (kept_until, request_id) where kept_until is not null;
create index requests_begun on requests (changed_at, request_id) where status = 'draft';

-- The states that a request came to.
create table request_turns (
    request_id uuid not null references requests on delete cascade,
    position smallint not null,
    status text not null,
    turned_at timestamptz not null,
    is_by_agent boolean not null,
    primary key (request_id, position)
);

-- The documents that are given for the pieces of a request, or who saw them on paper at the counter.
create table request_pieces (
    request_id uuid not null references requests on delete cascade,
    kind text not null,
    document_id uuid references documents on delete cascade,
    seen_by uuid,
    primary key (request_id, kind),
    check ((document_id is null) = (seen_by is not null))
);
create index request_pieces_of_document on request_pieces (document_id);

-- What the family and the service wrote to each other, sealed with the request's key.
create table request_messages (
    message_id uuid primary key,
    request_id uuid not null references requests on delete cascade,
    position smallint not null,
    sent_at timestamptz not null,
    sent_by uuid not null,
    is_by_agent boolean not null,
    sealed bytea not null,
    unique (request_id, position)
);

create table request_message_pieces (
    message_id uuid not null references request_messages on delete cascade,
    document_id uuid not null references documents on delete cascade,
    primary key (message_id, document_id)
);
create index request_message_pieces_of_document on request_message_pieces (document_id);

-- Requests by the file that they stand in by now, and whom they are about: a file that became part of another one is read with it, and who is one person of
-- two is that one.
create view filed_requests as
select r.*, coalesce(h.merged_into, h.household_id) as file_id,
    coalesce((
        select (pair ->> 'kept_person_id')::uuid
        from household_merges m cross join jsonb_array_elements(m.same_persons) as pair
        where m.former_id = r.household_id and m.undone_at is null and h.merged_into is not null
          and (pair ->> 'person_id')::uuid = r.person_id), r.person_id) as subject_id,
    array(
        select coalesce((
            select (pair ->> 'kept_person_id')::uuid
            from household_merges m cross join jsonb_array_elements(m.same_persons) as pair
            where m.former_id = r.household_id and m.undone_at is null and h.merged_into is not null
              and (pair ->> 'person_id')::uuid = named.child_id), named.child_id)
        from unnest(r.child_ids) as named (child_id)) as named_ids,
    coalesce((
        select (pair ->> 'kept_person_id')::uuid
        from household_merges m cross join jsonb_array_elements(m.same_persons) as pair
        where m.former_id = r.household_id and m.undone_at is null and h.merged_into is not null
          and (pair ->> 'person_id')::uuid = r.asked_by), r.asked_by) as sender_id
from requests r join households h on h.household_id = r.household_id;
