-- Files that became part of another one, as the family service says it: a replica, which goes with its household. What is enrolled there follows,
-- on behalf of the agent who merged them (`actor_id`).
create table merged_files (
    household_id uuid primary key references households on delete cascade,
    kept_id uuid not null,
    last_on date not null,
    actor_id uuid not null
);
create index merged_files_of_kept on merged_files (kept_id);

-- Whom of the file that is kept somebody of the other one is.
create table merged_persons (
    household_id uuid not null references merged_files on delete cascade,
    person_id uuid not null,
    kept_person_id uuid not null,
    primary key (household_id, person_id)
);

-- Enrollments that followed into a file that is kept, and of whom they were: they go back when the files are two again.
create table followed_enrollments (
    enrollment_id uuid primary key references enrollments,
    former_household_id uuid not null,
    former_child_id uuid not null,
    actor_id uuid not null
);
create index followed_enrollments_of_household on followed_enrollments (former_household_id);

-- Enrollments that do not follow by themselves, and the code of what stands against it: an agent decides them with the days left behind.
create table enrollments_left (
    enrollment_id uuid primary key references enrollments,
    code text not null,
    noted_at timestamptz not null
);

-- Where a certificate stands today, and whom it is about there: a file may have become part of another one, and its people people of that one.
create view filed_certificates as
select d.document_id, d.kind, d.number, d.household_id, coalesce(f.kept_id, d.household_id) as file_id,
    d.adult_id, coalesce(p.kept_person_id, d.child_id) as child_id, d.from_on, d.to_on, d.issued_at, d.pdf
from issued_documents d
left join merged_files f on f.household_id = d.household_id
left join merged_persons p on p.household_id = d.household_id and p.person_id = d.child_id;
