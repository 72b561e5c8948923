-- Who edits a form of a file, one agent at a time, or a draft, one adult of its household, since when, and until `ends_at` unless they go on (a lease). `holder_id`:
-- the account of an agent, or the adult.
create table editing_leases (
    form text not null check (form in ('change', 'contact', 'health', 'entourage', 'civil_status', 'insurance', 'request', 'draft')),
    subject_id uuid not null,
    holder_id uuid not null,
    begun_at timestamptz not null,
    ends_at timestamptz not null,
    primary key (form, subject_id)
);
create index editing_leases_ended on editing_leases (ends_at);

-- Requests of families that are decided are forgotten by their age.
create index person_changes_decided on person_changes (decided_at) where decided_at is not null;
