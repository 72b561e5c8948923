-- The few notices that still hold a credential, found by their account when a newer credential replaces it.

create index notices_sealed on notices (subject_id) where sealed is not null;
