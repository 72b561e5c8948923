"""Which households an actor of the booking service reaches, by the replica of the files."""

from typing import Final

from chassis.access import Reach

HOUSEHOLD: Final = Reach(
    """actor.guardian_id is null or exists (
        select from household_adults a
        where a.adult_id = actor.guardian_id and a.household_id = {id} and a.days @> actor.today)"""
)
"""Of a household: an adult's own, for as long as they belong to it; an agent reaches every one."""

CHILD: Final = Reach(
    """actor.guardian_id is null or exists (
        select from guardianships g
        where g.adult_id = actor.guardian_id and g.child_id = {id} and g.days @> actor.today)"""
)
"""Of a child: whoever answers for them today; living with a child is not enough."""
