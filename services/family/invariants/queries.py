"""What always holds of files: whatever changed in one was told."""

from typing import Final

from chassis.invariants import Checking, changes_are_told
from contracts.family import api

CHANGES_SQL = """
select 'family.households' as topic, household_id::text as key, 1::bigint as count from households
union all
select 'family.household_facts', household_id::text, 1 from households
union all
select 'family.children', child_id::text, 1 from children
union all
select 'family.responsibilities', child_id::text, 1 from responsibilities group by child_id
union all
select 'family.quotients', household_id::text, count(*) from quotients group by household_id
union all
select 'family.delegations', delegation_id::text, case when ending is null then 1 else 2 end from delegations
union all
select 'family.delegates', delegate_id::text, 1 from delegates
"""

CHECKING: Final = Checking(api.family_invariants, api.check_family_invariants, (changes_are_told(CHANGES_SQL),))
