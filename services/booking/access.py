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

FILED: Final = "select $4::uuid union all select household_id from merged_files where kept_id = $4"
"""The households whose papers stand in the file `$4`: itself, and those that became part of it."""

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

# Each of these reads one row by its key; `exists` would be answered by a hash of the whole table.
BELONGS_TODAY: Final = """(
    select a.days @> {today} from household_adults a where a.household_id = g.household_id and a.adult_id = g.adult_id) is true"""
CHILD_BELONGS: Final = """(
    select m.days @> b.service_on from household_children m
    where m.household_id = {household} and m.child_id = b.child_id) is true"""

ACTS_FOR: Final = f"""exists (
    select from guardianships g
    where g.adult_id = {{adult}} and g.child_id = {{child}} and g.household_id = {{household}}
      and (g.days @> {{today}} or g.days {{on}} and {BELONGS_TODAY}))"""
"""Whether an adult may act for a child in a household: they answer for it there today, for living with a child is not enough; or they
will on the days `on`, and belong to the household already."""

ANSWERS_ON: Final = """exists (
    select from guardianships g
    where g.adult_id = {adult} and g.child_id = {child} and g.household_id = {household} and g.days @> {day})"""
"""Whether an adult answers for a child in a household on a day."""

GIVERS_OF_BOOKING: Final = f"""array(
    select g.adult_id from guardianships g
    where g.child_id = b.child_id and case when g.household_id = b.household_id then
        g.days @> {{today}} or {BELONGS_TODAY} and (g.days @> b.service_on or upper(g.days) = (
            select max(upper(last.days)) from guardianships last
            where last.household_id = b.household_id and last.child_id = b.child_id
            having not bool_or(last.days @> {{today}}) and max(upper(last.days)) <= {{today}}))
    else
        g.days @> {{today}} and {CHILD_BELONGS.format(household="g.household_id")}
        and not {CHILD_BELONGS.format(household="b.household_id")}
    end)"""  # noqa: S608 - it is put together from constants alone
"""The adults who may give a booking `b` back (ADR 22): those who answer for the child in its household, today or on that day; where nobody
does any more, whoever did last and still belongs to it; and for a day on which the child belongs to another home, who answers for it there."""

_READS: Final = """exists (select from actor where actor.guardian_id is null or exists (
    select from guardianships g
    where g.adult_id = actor.guardian_id and g.child_id = {child} and g.household_id = {household}
      and (upper_inf(g.days) or upper(g.days) > actor.today or coalesce((
        select last.authority <> 'none' and (upper_inf(last.days) or upper(last.days) > actor.today or not exists (
            select from responsibilities other
            where other.child_id = last.child_id and other.role in ('guardian', 'caretaker') and other.authority <> 'none'
              and other.days @> actor.today))
        from responsibilities last
        where last.adult_id = g.adult_id and last.child_id = g.child_id and last.role in ('guardian', 'caretaker')
          and lower(last.days) <= actor.today
        order by upper_inf(last.days) desc, upper(last.days) desc, last.authority = 'none' limit 1), false))))"""


def reads(child: str, household: str) -> str:
    """The condition under which the actor reads what a household has of a child's days: an adult answers for the child there, or will; or did,
    and still answers for it elsewhere, or was among the last to answer when nobody does any more. Who never did, who does no longer while others
    do, and whom a decision keeps out read nothing, not what was before either."""
    return _READS.format(child=child, household=household)


ENROLLED_CHILD: Final = CHILD_AT_SITE.format(child="{id}", sites="actor.sites", today="actor.today")

CHILD: Final = Reach(
    f"""actor.guardian_id is not null or actor.sites is null or {ENROLLED_CHILD} or not exists (
        select from enrollments e where e.child_id = {{id}} and e.status <> 'refused')"""
)
"""Of a child to enroll, for an agent: one that is enrolled at their sites, or nowhere, for somebody takes the first enrollment."""

ENROLLMENT: Final = Reach(
    f"actor.sites is null or {PLACED_AT_SITE.format(enrollment='{id}', sites='actor.sites', today='actor.today')}"
)
"""Of an enrollment: an agent of a site that has the child now, will have it, or had it last."""

ANSWERED_CHILD: Final = Reach(
    """exists (
        select from guardianships g where g.adult_id = actor.guardian_id and g.child_id = {id} and g.days @> actor.today)"""
)
"""Of a child's own file: whoever answers for it today in a home of it, whichever of two."""
