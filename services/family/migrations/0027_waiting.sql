-- Who decided a change, or took it back: the account of an agent, or the adult.
alter table person_changes add column decided_by uuid;
alter table person_changes add check ((decided_by is null) = (decided_at is null));

-- What waits for an agent, by how long it does.
create index person_changes_oldest on person_changes (asked_at, change_id) where status = 'waiting';
create index derogations_oldest on derogations (asked_on, derogation_id) where status = 'waiting';
create index registrations_oldest on registrations (requested_at, registration_id) where status = 'waiting';
