-- Who edits a form of a file, one agent at a time, until `ends_at` unless they go on (a lease).
create table editing_leases (
    form text not null check (form in ('change', 'contact', 'health', 'entourage', 'civil_status')),
    subject_id uuid not null,
    account_id uuid not null,
    ends_at timestamptz not null,
    primary key (form, subject_id)
);
create index editing_leases_ended on editing_leases (ends_at);

-- Requests of families that are decided are forgotten by their age.
create index person_changes_decided on person_changes (decided_at) where decided_at is not null;
