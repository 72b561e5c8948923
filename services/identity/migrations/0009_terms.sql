-- The text of each version of the terms that somebody accepted, and who accepted it when: the proof that the town may have to give.
create table terms_versions (
    version text primary key,
    text_hash bytea not null,
    document jsonb not null
);

-- It is the proof of the person who gave it, a guardian, a delegate or an agent by their account, and outlives the account that they gave it with.
-- `void_at`: since when it counts for nothing, for a stranger may have given it, who read `given_from`, an address that the town corrected.
create table terms_acceptances (
    person_id uuid not null,
    version text not null references terms_versions,
    account_id uuid not null,
    accepted_at timestamptz not null,
    address_hash bytea not null,
    void_at timestamptz,
    given_from text,
    primary key (person_id, version, accepted_at),
    check ((void_at is null) = (given_from is null))
);
create unique index terms_acceptances_counting on terms_acceptances (person_id, version) where void_at is null;
create index terms_acceptances_account on terms_acceptances (account_id);
create index terms_acceptances_version on terms_acceptances (version);
