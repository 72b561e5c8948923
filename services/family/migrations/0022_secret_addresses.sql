-- Addresses that are secret from the start, and requests of families to keep theirs so.

-- `sealed`: of a request for a space whose address is secret, that address and why, sealed with a key of the request's own, until it is decided.
alter table registrations add column sealed bytea;

-- Families that ask for their address to be protected. What they wrote, and why nothing came of it, stands sealed with the household's key. One waits for each
-- adult and household, with the last words; nobody of the household reads that there is one.
create table protection_requests (
    request_id uuid primary key,
    household_id uuid not null references households on delete cascade,
    asked_by uuid not null references adults,
    sealed bytea not null,
    asked_at timestamptz not null,
    settled_at timestamptz,
    settled_by uuid,
    check ((settled_at is null) = (settled_by is null))
);
create unique index protection_requests_waiting on protection_requests (asked_by, household_id) where settled_at is null;
create index protection_requests_oldest on protection_requests (request_id) where settled_at is null;
create index protection_requests_household on protection_requests (household_id);
create index protection_requests_asked on protection_requests (asked_by);
create index protection_requests_settled on protection_requests (settled_at) where settled_at is not null;
