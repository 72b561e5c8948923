"""What an actor of the booking service reaches, by the replica of the files and by the sites of what was enrolled and booked.

A family is bound by its household, an agent by the sites where they work; who works everywhere reaches everything.
"""

from typing import Final

from chassis.access import AT_SITE as AT_SITE
from chassis.access import Reach, sites_of
from chassis.actor import Actor
from chassis.refusal import Forbidden

HOUSEHOLD: Final = Reach(
    """actor.guardian_id is null or exists (
        select from household_adults a
        where a.adult_id = actor.guardian_id and a.household_id = {id} and a.days @> actor.today)"""
)
"""Of a household: an adult's own, for as long as they belong to it. An agent may name every one, and sees what it has at their sites."""

PLACED_AT_SITE: Final = """exists (
    select from placements p join groups g on g.id = p.group_id
    where p.enrollment_id = {enrollment} and g.site_code = any({sites}) and not exists (
        select from placements later
        where later.enrollment_id = p.enrollment_id and later.during >> p.during and lower(later.during) <= {today}))"""
"""Whether an enrollment is one of these sites': of the child's group of today or a later day, or of the last one that it had."""

CHILD_AT_SITE: Final = f"""exists (
    select from enrollments e
    where e.child_id = {{child}} and e.status <> 'refused'
      and {PLACED_AT_SITE.format(enrollment="e.id", sites="{sites}", today="{today}")})"""
"""Whether a child is enrolled at one of these sites."""

ENROLLED_CHILD: Final = CHILD_AT_SITE.format(child="{id}", sites="actor.sites", today="actor.today")

CHILD: Final = Reach(
    f"""case when actor.guardian_id is not null then exists (
        select from guardianships g
        where g.adult_id = actor.guardian_id and g.child_id = {{id}} and g.days @> actor.today)
    else actor.sites is null or {ENROLLED_CHILD} or not exists (
        select from enrollments e where e.child_id = {{id}} and e.status <> 'refused') end"""  # noqa: S608 - it is put together from constants alone
)
"""Of a child to enroll: whoever answers for them today, for living with a child is not enough; an agent of a site where it is
enrolled, and of any site while it is enrolled nowhere, for somebody takes the first enrollment."""

ENROLLMENT: Final = Reach(
    f"actor.sites is null or {PLACED_AT_SITE.format(enrollment='{id}', sites='actor.sites', today='actor.today')}"
)
"""Of an enrollment: an agent of a site that has the child now, will have it, or had it last."""


def require_every_site(actor: Actor) -> None:
    """What is the whole town's, such as its sites and activities, is for somebody who works everywhere.

    Raises:
        Forbidden: this agent works at some sites alone.
    """
    if sites_of(actor) is not None:
        raise Forbidden
