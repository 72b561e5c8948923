"""What an actor of the booking service reaches, by the replica of the files and by the sites of what was enrolled and booked.

A family is bound by its household, an agent by the sites where they work; who works everywhere reaches everything.
"""

from typing import Final

from chassis.access import AT_SITE as AT_SITE
from chassis.access import Reach

HOUSEHOLD: Final = Reach(
    """actor.guardian_id is null or exists (
        select from household_adults a
        where a.adult_id = actor.guardian_id and a.household_id = {id} and a.days @> actor.today)"""
)
"""Of a household: an adult's own, for as long as they belong to it. An agent may name every one, and sees what it has at their sites."""

CHILD: Final = Reach(
    """case when actor.guardian_id is not null then exists (
        select from guardianships g
        where g.adult_id = actor.guardian_id and g.child_id = {id} and g.days @> actor.today)
    else actor.sites is null or exists (
        select from enrollments e join placements p on p.enrollment_id = e.id join groups g on g.id = p.group_id
        where e.child_id = {id} and e.status <> 'refused' and g.site_code = any(actor.sites)) end"""
)
"""Of a child: whoever answers for them today, for living with a child is not enough; an agent of a site where it was enrolled."""

ENROLLMENT: Final = Reach(
    """actor.sites is null or exists (
        select from placements p join groups g on g.id = p.group_id
        where p.enrollment_id = {id} and g.site_code = any(actor.sites))"""
)
"""Of an enrollment: an agent of a site where it has a group."""
