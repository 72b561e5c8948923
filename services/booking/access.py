"""Which households an actor of the booking service reaches, by the replica of the files."""

from typing import Final

from chassis.access import Reach

HOUSEHOLD: Final = Reach(
    """actor.guardian_id is null or exists (
        select from guardians g where g.guardian_id = actor.guardian_id and g.household_id = {id})"""
)
"""Of a household: a guardian's own; an agent reaches every one."""
