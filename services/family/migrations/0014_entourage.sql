-- Who is around a child and no member of a home of it. Who it is stands sealed with the child's own key (`history_keys`): one row for each child, so that
-- neither home of one child learns of another child of the other.
create table entourage (
    contact_id uuid not null,
    child_id uuid not null references children,
    kind text not null check (kind in ('emergency', 'pickup', 'forbidden', 'trusted')),
    rank smallint not null check (rank > 0),
    sealed bytea not null,
    primary key (contact_id, child_id)
);
create index entourage_of_child on entourage (child_id);

-- Corrections of a civil status or of how an adult is reached, and children to be added, that families ask for. `subject_id` is the person, or the id that a new child gets. What was
-- there, what is wanted and why it was refused stand sealed with the household's key.
create table person_changes (
    change_id uuid primary key,
    household_id uuid not null references households on delete cascade,
    subject_id uuid not null,
    kind text not null check (kind in ('child', 'adult', 'new_child', 'contact')),
    status text not null check (status in ('waiting', 'accepted', 'refused', 'withdrawn')),
    sealed bytea not null,
    asked_by uuid not null references adults,
    asked_at timestamptz not null,
    decided_at timestamptz,
    check ((status = 'waiting') = (decided_at is null))
);
-- One open request for each person, and one more about how they are reached.
create unique index person_changes_open on person_changes (subject_id, (kind = 'contact')) where status = 'waiting';
create index person_changes_waiting on person_changes (change_id) where status = 'waiting';
create index person_changes_asked on person_changes (asked_by, change_id);
create index person_changes_household on person_changes (household_id);
