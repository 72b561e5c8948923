-- Two files that are of one household: pairs of which somebody said that they are not, merges, and what stood before each, by which it is undone.

create extension if not exists fuzzystrmatch;

-- The file that this one is part of by now. That one is part of no other.
alter table households add column merged_into uuid references households;
create index households_merged on households (merged_into);

-- Who is compared with whom: children of one birth date, adults of one telephone number or address.
create index children_by_birth on children (birth_on);
create index adults_by_phone on adults (phone) where phone is not null;

-- `reason` stands sealed with the key of the first file, which is the one of the smaller id.
create table files_apart (
    household_id uuid not null references households on delete cascade,
    other_id uuid not null references households on delete cascade,
    reason bytea not null,
    noted_at timestamptz not null,
    noted_by uuid not null,
    primary key (household_id, other_id),
    check (household_id < other_id)
);
create index files_apart_other on files_apart (other_id);

-- `same_persons` are pairs of ids, who went and whom they are. `rows_before` and `rows_after` are the rows that a merge wrote, as they were and as it left
-- them: sealed with the key of the file that is kept, whose erasure is theirs.
create table household_merges (
    merge_id uuid primary key,
    kept_id uuid not null references households on delete cascade,
    former_id uuid not null references households on delete cascade,
    same_persons jsonb not null,
    last_on date not null,
    merged_at timestamptz not null,
    merged_by uuid not null,
    rows_before bytea,
    rows_after bytea,
    undone_at timestamptz,
    undone_by uuid,
    check (kept_id <> former_id),
    check ((undone_at is null) = (undone_by is null))
);
create unique index household_merges_standing on household_merges (former_id) where undone_at is null;
create index household_merges_of_kept on household_merges (kept_id);
create index household_merges_of_former on household_merges (former_id);
create index household_merges_undoable on household_merges (merged_at) where rows_before is not null;

-- Where a certificate stands today, and whom it is about there: a file may have become part of another one, and its people people of that one.
create view filed_certificates as
select d.document_id, d.kind, d.number, d.household_id, coalesce(h.merged_into, d.household_id) as file_id,
    coalesce((
        select (pair ->> 'kept_person_id')::uuid
        from household_merges m cross join jsonb_array_elements(m.same_persons) as pair
        where m.former_id = d.household_id and m.undone_at is null and h.merged_into is not null
          and (pair ->> 'person_id')::uuid = d.adult_id), d.adult_id) as adult_id,
    d.child_id,
    array(
        select coalesce((
            select (pair ->> 'kept_person_id')::uuid
            from household_merges m cross join jsonb_array_elements(m.same_persons) as pair
            where m.former_id = d.household_id and m.undone_at is null and h.merged_into is not null
              and (pair ->> 'person_id')::uuid = named.child_id), named.child_id)
        from unnest(d.named_ids) as named (child_id)) as named_ids,
    d.from_on, d.to_on, d.issued_at, d.pdf
from issued_documents d left join households h on h.household_id = d.household_id;
