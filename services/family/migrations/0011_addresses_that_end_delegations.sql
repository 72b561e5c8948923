-- Whoever read an address that the town corrects may have let themself act from it.

alter table delegations drop constraint delegations_ending_check;
alter table delegations add constraint delegations_ending_check check (ending in (
    'revoked', 'given_up', 'expired', 'ended_by_town', 'authority_lost', 'parent_left', 'children_left', 'kept_away',
    'delegate_joined', 'doubled', 'address_corrected'));
