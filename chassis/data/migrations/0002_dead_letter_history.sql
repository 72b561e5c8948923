-- A dead letter is never removed: it says how often it was tried, and who ended it, when and how.

alter table dead_letters rename column redriven_at to resolved_at;
alter table dead_letters
    add column last_failed_at timestamptz not null default clock_timestamp(),
    add column resolution text check (resolution in ('applied', 'already_applied', 'discarded')),
    add column resolved_by text,
    add column reason text;
create index dead_letters_open on dead_letters (topic, partition, record_offset) where resolved_at is null;
