"""Which adults and households an actor of the family service reaches."""

from typing import Final

from chassis.access import Reach

ADULT: Final = Reach("actor.guardian_id is null or {id} = actor.guardian_id")
"""Of an adult: oneself; an agent reaches everybody."""
HOUSEHOLD: Final = Reach(
    """actor.guardian_id is null or exists (
        select from household_members m
        where m.person_id = actor.guardian_id and m.household_id = {id} and m.during @> actor.today)"""
)
"""Of a household: an adult's own, for as long as they belong to it; an agent reaches every one."""
