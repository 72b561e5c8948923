-- Files that are put aside, what keeps one in use, and what lists of gaps are read by.

-- Since when a file is put aside: nobody belongs to it from that day on, and whoever did stands in `archived_members`.
-- `changed_on`: when the file was last written.
alter table households add archived_on date, add changed_on date;
create index households_archived on households (archived_on, household_id) where archived_on is not null;

create table household_archives (
    household_id uuid primary key references households on delete cascade,
    archived_at timestamptz not null,
    archived_by uuid not null,
    reason text not null,
    -- The last day on which something was for the file before: putting it aside is no act of the household's.
    last_active_on date not null,
    asked_at timestamptz,
    asked_by uuid references adults,
    check ((asked_at is null) = (asked_by is null))
);
create index household_archives_asker on household_archives (asked_by);
create index household_archives_asked on household_archives (household_id) where asked_at is not null;

-- Who belonged to a file when it was put aside, on the days that they would have: they do again when it is taken up.
create table archived_members (
    household_id uuid not null references household_archives on delete cascade,
    person_id uuid not null,
    kind text not null,
    position smallint not null,
    during daterange not null check (not isempty(during) and not lower_inf(during)),
    primary key (household_id, person_id, during),
    foreign key (person_id, kind) references persons (person_id, kind),
    exclude using gist (household_id with =, person_id with =, during with &&)
);
create index archived_members_person on archived_members (person_id, kind);

-- Who belongs to a file, or did when it was put aside: what agents are shown of it.
create view shown_members as
select household_id, person_id, kind, position, during from household_members
union all
select household_id, person_id, kind, position, during from archived_members;

-- Replicas of facts: enrollments until their last day, and invoices that are not paid. Ids, days and amounts alone.
create table household_enrollments (
    enrollment_id uuid primary key,
    household_id uuid not null,
    child_id uuid not null,
    ends_on date not null
);
create index household_enrollments_household on household_enrollments (household_id, ends_on);

create table unpaid_invoices (
    invoice_id uuid primary key,
    household_id uuid not null,
    unpaid_cents integer not null
);
create index unpaid_invoices_household on unpaid_invoices (household_id);

-- The last day on which money was asked of a household, or came from it.
create table household_activity (
    household_id uuid primary key,
    last_on date not null
);

-- What lists of gaps ask for: whoever answers for nobody else is found by the child, who is doubled by name and number.
create index adults_by_name_and_phone on adults (name_key, phone, adult_id) where phone is not null;
create index adults_by_name_and_email on adults (name_key, email_key, adult_id) where email_key is not null;
create index adults_unreachable on adults (adult_id) where email is null and phone is null;
create index residences_of_child on residences (child_id) include (during);
create index responsibilities_of_child on responsibilities (child_id) include (during, role, authority);
create index household_payers_household on household_payers (household_id) include (during);
create index household_members_days on household_members (person_id) include (during, household_id, kind);
