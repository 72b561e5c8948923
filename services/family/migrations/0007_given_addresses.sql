-- Who gave the address of an adult: themselves, who confirmed it by its link, or the town, and with which revision of
-- their details.
alter table adults
    add column is_email_confirmed boolean not null default false,
    add column email_given_revision integer;

-- A change that was refused for an address of somebody else's counts like any other.
alter table email_changes
    drop constraint email_changes_outcome_check,
    add constraint email_changes_outcome_check check (outcome in ('confirmed', 'replaced', 'withdrawn', 'overtaken', 'secured', 'taken'));
