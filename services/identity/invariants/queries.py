"""What always holds of accounts: whatever changed in one was told."""

from typing import Final

from chassis.invariants import Checking, Invariant, changes_are_told
from contracts.identity import api

CHANGES_SQL = """
select 'identity.accounts' as topic, account_id::text as key, 1::bigint as count from accounts
union all
select 'identity.account_facts', a.account_id::text, 1 + count(t.version)
from accounts a left join terms_acceptances t using (account_id) group by a.account_id
"""

STRAY_PERSONS_SQL = """
select 'account ' || a.account_id || ' stands for nobody' as key from accounts a
where a.kind = 'parent' and not a.is_disabled and not exists (
    select from account_persons p join invited_guardians g using (guardian_id) where p.account_id = a.account_id)
union all
select 'account ' || a.account_id || ' is closed, and somebody is invited' from accounts a
where a.is_disabled and exists (
    select from account_persons p join invited_guardians g using (guardian_id) where p.account_id = a.account_id)
union all
select 'guardian ' || g.guardian_id || ' has no account' from invited_guardians g
where not exists (select from account_persons p where p.guardian_id = g.guardian_id)
union all
select 'account ' || a.account_id || ' is of no delegate' from accounts a
where a.kind = 'delegate' and 1 <> (select count(*) from account_persons p where p.account_id = a.account_id and p.is_delegate)
union all
select 'account ' || a.account_id || ' is no delegate''s, and stands for one' from accounts a
where a.kind <> 'delegate' and exists (select from account_persons p where p.account_id = a.account_id and p.is_delegate)
union all
select 'account ' || a.account_id || ' was merged, and stands for somebody' from accounts a
where a.merged_into is not null and exists (select from account_persons p where p.account_id = a.account_id)
union all
select 'session ' || s.session_id || ' is of a closed account' from sessions s join accounts a using (account_id)
where a.kind = 'parent' and a.is_disabled
union all
select 'merge ' || m.merge_id || ' left its account open' from account_merges m
join accounts a on a.account_id = m.merged_account_id where m.undone_at is null and a.merged_into is distinct from m.kept_account_id
"""

CHECKING: Final = Checking(
    api.identity_invariants,
    api.check_identity_invariants,
    (
        changes_are_told(CHANGES_SQL),
        Invariant(
            "I18",
            "Every adult who is invited has one account, every open account of a family somebody whom it stands for, and every delegate's them alone.",
            STRAY_PERSONS_SQL,
        ),
    ),
)
