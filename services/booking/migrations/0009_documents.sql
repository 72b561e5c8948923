-- What families' documents are worth: a replica, one row for each that was sent. `person_id`: the member that it is for, none for the household.

create table documents (
    document_id uuid primary key,
    version bigint not null,
    household_id uuid not null,
    person_id uuid,
    kind text not null,
    status text not null check (status in ('sent', 'validated', 'refused')),
    ends_on date
);
create index documents_of_person on documents (person_id, kind) where person_id is not null;
create index documents_of_household on documents (household_id, kind) where person_id is null;
