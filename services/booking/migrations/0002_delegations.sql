-- What parents let others do for children of theirs: a replica of what the family service knows. Who acts by one acts as its parent, who
-- stands in `guardianships`, for these children and acts alone.
create table delegations (
    delegation_id uuid primary key,
    version bigint not null,
    household_id uuid not null,
    parent_id uuid not null,
    delegate_id uuid not null,
    child_ids uuid[] not null,
    acts text[] not null,
    -- Still counts.
    ends_on date not null,
    ending text
);
create index delegations_of_household on delegations (household_id);
