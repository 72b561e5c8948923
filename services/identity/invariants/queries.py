"""What always holds of accounts: whatever changed in one was told."""

from typing import Final

from chassis.invariants import Checking, changes_are_told
from contracts.identity import api

CHANGES_SQL = """
select 'identity.accounts' as topic, account_id::text as key, 1::bigint as count from accounts
union all
select 'identity.account_facts', a.account_id::text, 1 + count(t.version)
from accounts a left join terms_acceptances t using (account_id) group by a.account_id
"""

CHECKING: Final = Checking(api.identity_invariants, api.check_identity_invariants, (changes_are_told(CHANGES_SQL),))
