-- Files that became part of another one, as the family service says it: a replica, which goes with its household. What is enrolled there follows,
-- on behalf of the agent who merged them (`actor_id`).
create table merged_files (
    household_id uuid primary key references households on delete cascade,
    kept_id uuid not null,
    last_on date not null,
    actor_id uuid not null
);

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
