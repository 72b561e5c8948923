-- On what a quotient rests, until when it counts, what families declare, and what their adults were told of it.

-- `ends_on` is the last day on which a quotient counts of itself; the next one may cut it. `sealed`: month, income and children of the proof.
alter table quotients
    add column ends_on date check (ends_on >= effective_on),
    add column way text not null default 'entered' check (way in ('entered', 'declared', 'read')),
    add column document_id uuid references documents on delete set null,
    add column sealed bytea;
alter table quotients alter column way drop default;
create index quotients_ending on quotients (ends_on, household_id) where replaced_at is null and ends_on is not null;
create index quotients_document on quotients (document_id);

-- One waits for each household. `sealed`: what was declared, and what an agent wrote. It goes with its proof.
create table resource_declarations (
    declaration_id uuid primary key,
    household_id uuid not null references households on delete cascade,
    document_id uuid not null references documents on delete cascade,
    status text not null check (status in ('waiting', 'accepted', 'refused', 'withdrawn')),
    source text not null,
    sealed bytea not null,
    declared_at timestamptz not null,
    declared_by uuid not null,
    decided_at timestamptz,
    decided_by uuid,
    check ((status = 'waiting') = (decided_at is null)),
    check ((decided_at is null) = (decided_by is null))
);
create unique index resource_declarations_waiting on resource_declarations (household_id) where status = 'waiting';
create index resource_declarations_of_household on resource_declarations (household_id, declared_at);
create index resource_declarations_of_document on resource_declarations (document_id);
create index resource_declarations_listed on resource_declarations (declared_at, declaration_id) where status = 'waiting';

-- With the declaration that a document proves, while that waits: both are decided together.
create or replace view filed_documents as
select d.*, coalesce(h.merged_into, h.household_id) as file_id,
    coalesce((
        select (pair ->> 'kept_person_id')::uuid
        from household_merges m cross join jsonb_array_elements(m.same_persons) as pair
        where m.former_id = d.household_id and m.undone_at is null and h.merged_into is not null
          and (pair ->> 'person_id')::uuid = d.person_id), d.person_id) as subject_id,
    (select r.declaration_id from resource_declarations r
     where r.document_id = d.document_id and r.status = 'waiting' limit 1) as declaration_id
from documents d join households h on h.household_id = d.household_id;

-- What the adults of a household were told: of the end of a quotient by its last day, or that none is known by the first day of an enrollment's school year.
create table resource_notices (
    household_id uuid not null references households on delete cascade,
    occasion text not null check (occasion in ('ending', 'ended', 'unknown')),
    about_on date not null,
    days integer not null,
    noticed_at timestamptz not null,
    primary key (household_id, about_on, occasion, days)
);

-- From when an enrollment lasts: nothing is priced before.
alter table household_enrollments add column starts_on date;
create index household_enrollments_starting on household_enrollments (starts_on) where starts_on is not null;
