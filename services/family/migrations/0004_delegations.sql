-- What parents let others do for children of theirs, and who these others are.

-- Somebody who helps families. An adult whom a file invites has the adult's own id: their account is a family's, and their file says the address.
-- `left_at`: the account was taken away, for nobody let them do anything any more.
create table delegates (
    delegate_id uuid primary key,
    adult_id uuid unique references adults,
    first_name text not null,
    last_name text not null,
    email text,
    email_key text collate "C",
    created_at timestamptz not null,
    left_at timestamptz,
    check (adult_id = delegate_id),
    check ((adult_id is null) = (email is not null) and (email is null) = (email_key is null))
);
create unique index delegates_address on delegates (email_key) where email_key is not null;

-- `ends_on` still counts. The name and the address are those that the parent typed.
create table delegations (
    delegation_id uuid primary key,
    household_id uuid not null references households,
    parent_id uuid not null references adults,
    delegate_id uuid not null references delegates,
    first_name text not null,
    last_name text not null,
    email text not null,
    child_ids uuid[] not null check (cardinality(child_ids) > 0),
    acts text[] not null check (cardinality(acts) > 0),
    ends_on date not null,
    given_at timestamptz not null,
    ending text check (ending in ('revoked', 'given_up', 'expired', 'ended_by_town', 'authority_lost', 'parent_left', 'children_left')),
    ended_at timestamptz,
    end_reason text,
    check ((ending is null) = (ended_at is null)),
    check ((end_reason is not null) = (ending is not null and ending = 'ended_by_town'))
);
-- A parent lets one person act once for a household; both parents may.
create unique index delegations_live on delegations (household_id, parent_id, delegate_id) where ending is null;
create index delegations_of_household on delegations (household_id, given_at);
create index delegations_of_delegate on delegations (delegate_id);
create index delegations_of_parent on delegations (parent_id);
create index delegations_standing on delegations (ends_on) where ending is null;
create index delegations_ended on delegations (ended_at) where ended_at is not null;
