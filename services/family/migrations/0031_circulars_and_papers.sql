-- Procedures that the town sent to a group (circulars), and whom each asks: a row for each child and home of it, for each home answers for itself.

-- The group: the pupils of a school year, of one school or of every one, of some levels and classes or all (none named). What was sent before `since_at` is no
-- answer. `remind_on`: when those are reminded who did not answer; none once that was done. `mailed_on`: the last day on which all were written to.
create table circulars (
    circular_id uuid primary key,
    code text not null,
    version integer not null,
    school_year integer not null,
    school_code text references schools,
    levels text[] not null,
    class_ids uuid[] not null,
    ends_on date not null,
    since_at timestamptz not null,
    remind_on date,
    mailed_on date not null,
    created_at timestamptz not null,
    created_by uuid not null,
    closed_at timestamptz,
    closed_by uuid,
    foreign key (code, version) references procedure_versions,
    check (school_code is not null or cardinality(class_ids) = 0),
    check ((closed_at is null) = (closed_by is null))
);
create index circulars_of_version on circulars (code, version);
create index circulars_of_school on circulars (school_code);
create index circulars_newest on circulars (created_at desc, circular_id desc);
create index circulars_to_remind on circulars (remind_on, circular_id) where remind_on is not null and closed_at is null;
create index circulars_age on circulars (ends_on, circular_id);

-- `wanted`: the mail that the job has yet to write to the home. `mailed_count`: how many of its adults the last one went to.
create table circular_children (
    circular_id uuid not null references circulars on delete cascade,
    child_id uuid not null references children on delete cascade,
    household_id uuid not null references households on delete cascade,
    wanted text check (wanted in ('asking', 'reminder')),
    told_at timestamptz,
    reminded_at timestamptz,
    mailed_count integer not null default 0,
    primary key (circular_id, child_id, household_id)
);
create index circular_children_child on circular_children (child_id);
create index circular_children_household on circular_children (household_id);
create index circular_children_wanted on circular_children (circular_id, household_id, child_id) where wanted is not null;

-- Requests on paper: who typed one at the counter for the adult who asks (`created_by`), and the pieces that an agent saw there.
alter table requests add column entered_by uuid;
alter table request_pieces alter column document_id drop not null, add column seen_by uuid,
    add check ((document_id is null) = (seen_by is not null));
drop view filed_requests;
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
