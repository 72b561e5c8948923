-- Delegations see nothing of before their first day, are known by the address that the parent typed, and lose children whom their delegate may not fetch.
alter table delegations add column begins_on date not null default current_date;
alter table delegations alter column begins_on drop default;
-- The address as it is compared, whoever has it: of one parent and household it has one delegation at a time.
alter table delegations add column email_key text collate "C";
update delegations set email_key = lower(email);
alter table delegations alter column email_key set not null;
create unique index delegations_live_address on delegations (household_id, parent_id, email_key) where ending is null;
-- Children of it for whom it lasts no more.
alter table delegations add column left_child_ids uuid[] not null default '{}';
alter table delegations drop constraint delegations_ending_check;
alter table delegations add constraint delegations_ending_check check (ending in (
    'revoked', 'given_up', 'expired', 'ended_by_town', 'authority_lost', 'parent_left', 'children_left', 'kept_away', 'delegate_joined', 'doubled'));
-- Who reads a mailbox today, whether a file still invites them or not.
create index adults_email on adults (email_key);
