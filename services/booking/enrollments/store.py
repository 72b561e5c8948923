"""Storage of enrollments and of the groups that enrolled children are in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Row, Transaction
from chassis.data.ranges import read_range, read_ranges, stored_range
from chassis.days import DateRange, Days
from chassis.identifiers import new_id
from chassis.timeline import Timeline
from contracts.types import EnrollmentStatus

from ..access import AT_SITE, ENROLLMENT
from ..calendar.domain import EnrollmentFacts
from .domain import ActivityFacts, Cut, EnrollableChild, Enrolled

PLACEMENT_DAYS = "daterange(nullif(lower(p.during), lower(e.days)), nullif(upper(p.during), upper(e.days)))"
"""The days on which the child of an enrollment `e` is seen in the group of its placement `p`: before and after the enrollment
that is the group of its first and last day, so that these days are closed for being outside, and for nothing else."""

ENROLLMENT_OF_DAY = f"""
select e.status as enrollment_status, e.days, exists (
    select from placements p
    where p.enrollment_id = e.id and p.group_id = s.group_id and {PLACEMENT_DAYS} @> s.service_on
) as is_in_group
from enrollments e
where e.child_id = c.child_id and e.activity_id = s.activity_id and e.household_id = c.household_id
order by e.status in ('requested', 'validated') desc, e.days @> s.service_on desc, e.requested_at desc, e.id desc limit 1
"""  # noqa: S608 - it is put together from constants alone
"""The enrollment by which a child `c` of a household is judged at a slot `s`: one that is live, rather than not; the one that covers the day,
rather than another; the latest. `enrollment_of` reads it."""


def enrollment_of(row: Row) -> EnrollmentFacts | None:
    """An enrollment of the columns of `ENROLLMENT_OF_DAY`, None where there is none."""
    if row["enrollment_status"] is None:
        return None
    return EnrollmentFacts(EnrollmentStatus(row["enrollment_status"]), read_range(row["days"]), row["is_in_group"])


ACTIVITY_FACTS_SQL = reaching(
    """
select starts_on, ends_on, age_min, age_max, required_documents,
       array(
           select g.site_code from groups g
           where g.activity_id = activities.id and g.is_default and {is_reached} order by g.site_code
       ) as site_codes
from activities where id = $4
""",
    is_reached=AT_SITE.of("g.site_code"),
)


async def activity_facts(tx: Transaction, actor: Actor, activity_id: UUID) -> ActivityFacts | None:
    """What an activity asks of a child, at the sites that the actor reaches; None when there is no such activity there."""
    row = await tx.fetchrow(ACTIVITY_FACTS_SQL, *reach_of(actor, await tx.today()), activity_id)
    return facts_of(row) if row and row["site_codes"] else None


ACTIVITY_LABEL_SQL = "select label from activities where id = $1"


async def activity_label(tx: Transaction, activity_id: UUID) -> str:
    """What an activity is called."""
    label: str = await tx.fetchval(ACTIVITY_LABEL_SQL, activity_id)
    return label


def facts_of(row: Row) -> ActivityFacts:
    """An activity of a row with its dates, ages, `site_codes` and documents."""
    days = DateRange(row["starts_on"], row["ends_on"])
    lists = (tuple(row["site_codes"]), tuple(row["required_documents"]))
    return ActivityFacts(days, row["age_min"], row["age_max"], *lists)


def enrollable(row: Row) -> EnrollableChild:
    """A child of a row of `child_for`."""
    return EnrollableChild(row["household_id"], row["birth_on"], read_ranges(row["days"]))


ENROLLED_DAYS_SQL = """
select days from enrollments
where child_id = $1 and activity_id = $2 and household_id = $3 and status in ('requested', 'validated')
"""


async def enrolled_days(tx: Transaction, child_id: UUID, activity_id: UUID, household_id: UUID | None) -> Days:
    """The days that the child's live enrollments in the activity have, for a household."""
    rows = await tx.fetch(ENROLLED_DAYS_SQL, child_id, activity_id, household_id)
    return Days.of(read_range(row["days"]) for row in rows)


@dataclass(frozen=True, slots=True)
class NewEnrollment:
    """An enrollment that a family or an agent asks for, at a site."""

    enrollment_id: UUID
    household_id: UUID
    child_id: UUID
    activity_id: UUID
    site_code: str
    days: DateRange
    requested_by: UUID
    requested_at: datetime


INSERT_ENROLLMENT_SQL = """
insert into enrollments (id, household_id, child_id, activity_id, status, days, requested_by, requested_at)
values ($1, $2, $3, $4, 'requested', $5, $6, $7)
on conflict on constraint enrollments_apart do nothing returning true
"""

PLACE_IN_DEFAULT_GROUP_SQL = """
insert into placements (id, enrollment_id, group_id, during)
select $1, $2, id, $5 from groups where activity_id = $3 and site_code = $4 and is_default
"""


async def insert_enrollment(tx: Transaction, enrollment: NewEnrollment) -> bool:
    """Store a new enrollment in the default group of its site; False when one with a day in common was stored meanwhile."""
    days = stored_range(enrollment.days)
    is_stored = await tx.fetchval(
        INSERT_ENROLLMENT_SQL,
        enrollment.enrollment_id,
        enrollment.household_id,
        enrollment.child_id,
        enrollment.activity_id,
        days,
        enrollment.requested_by,
        enrollment.requested_at,
    )
    if not is_stored:
        return False
    place = (enrollment.activity_id, enrollment.site_code, days)
    await tx.execute(PLACE_IN_DEFAULT_GROUP_SQL, new_id(), enrollment.enrollment_id, *place)
    return True


LOCK_ENROLLMENT_SQL = reaching(
    """
select e.household_id, e.child_id, e.activity_id, e.status, e.days from enrollments e
where e.id = $4 and {is_reached} for update of e
""",
    is_reached=ENROLLMENT.of("e.id"),
)

PLACEMENTS_SQL = reaching(
    """
select p.group_id, p.during, {is_reached} as is_reached from placements p join groups g on g.id = p.group_id
where p.enrollment_id = $4
""",
    is_reached=AT_SITE.of("g.site_code"),
)


async def lock_enrollment(tx: Transaction, actor: Actor, enrollment_id: UUID) -> Enrolled | None:
    """An enrollment to decide or to change, or None when there is none for this actor."""
    reach = reach_of(actor, await tx.today())
    row = await tx.fetchrow(LOCK_ENROLLMENT_SQL, *reach, enrollment_id)
    if row is None:
        return None
    placements = await tx.fetch(PLACEMENTS_SQL, *reach, enrollment_id)
    return Enrolled(
        enrollment_id=enrollment_id,
        household_id=row["household_id"],
        child_id=row["child_id"],
        activity_id=row["activity_id"],
        status=EnrollmentStatus(row["status"]),
        days=read_range(row["days"]),
        groups=Timeline.of((read_range(placement["during"]), placement["group_id"]) for placement in placements),
        of_others=Days.of(read_range(placement["during"]) for placement in placements if not placement["is_reached"]),
    )


HOLD_OPENINGS_SQL = "select from activities where id = $1 for share"


async def hold_openings(tx: Transaction, activity_id: UUID) -> None:
    """Wait for whoever is opening days of an activity, and have others wait: a day of which there is no place yet has nothing else to
    lock, and one that opens later is booked by what stands then. To be held before places are, as those who open days do."""
    await tx.execute(HOLD_OPENINGS_SQL, activity_id)


@dataclass(frozen=True, slots=True)
class DecisionTaken:
    """Who decided what, and when; `reason` says why it was refused."""

    status: EnrollmentStatus
    reason: str | None
    decided_by: UUID
    decided_at: datetime


DECIDE_ENROLLMENT_SQL = """
update enrollments set status = $2, reason = $3, decided_by = $4, decided_at = $5 where id = $1
"""


async def save_decision(tx: Transaction, enrollment_id: UUID, decision: DecisionTaken) -> None:
    await tx.execute(
        DECIDE_ENROLLMENT_SQL,
        enrollment_id,
        decision.status.value,
        decision.reason,
        decision.decided_by,
        decision.decided_at,
    )


@dataclass(frozen=True, slots=True)
class End:
    """Who ended an enrollment, when and why."""

    ended_by: UUID
    ended_at: datetime
    reason: str


CUT_ENROLLMENT_SQL = """
update enrollments set status = $2, days = coalesce($3, days), ended_by = $4, ended_at = $5, end_reason = $6 where id = $1
"""


async def save_cut(tx: Transaction, enrollment_id: UUID, cut: Cut, end: End) -> None:
    """Store that an enrollment was cut, with its groups; one that has no day left keeps those that it had, for the record."""
    days = stored_range(cut.days) if cut.days else None
    await tx.execute(CUT_ENROLLMENT_SQL, enrollment_id, cut.status.value, days, end.ended_by, end.ended_at, end.reason)
    if cut.days is not None:
        await replace_placements(tx, enrollment_id, cut.groups)


FORGET_PLACEMENTS_SQL = "delete from placements where enrollment_id = $1"

INSERT_PLACEMENTS_SQL = """
insert into placements (id, enrollment_id, group_id, during)
select id, $1, group_id, during from unnest($2::uuid[], $3::uuid[], $4::daterange[]) as p(id, group_id, during)
"""


async def replace_placements(tx: Transaction, enrollment_id: UUID, groups: Timeline[UUID]) -> None:
    """Store the groups that an enrolled child is in, day by day."""
    await tx.execute(FORGET_PLACEMENTS_SQL, enrollment_id)
    await tx.execute(
        INSERT_PLACEMENTS_SQL,
        enrollment_id,
        [new_id() for _ in groups],
        [placement.value for placement in groups],
        [stored_range(placement.during) for placement in groups],
    )


IS_GROUP_OF_SQL = reaching(
    " select exists (select from groups g where g.id = $4 and g.activity_id = $5 and {is_reached})",
    is_reached=AT_SITE.of("g.site_code"),
)


async def is_group_of(tx: Transaction, actor: Actor, group_id: UUID, activity_id: UUID) -> bool:
    """Whether it is one of the groups of this activity, at a site that the actor reaches."""
    return bool(await tx.fetchval(IS_GROUP_OF_SQL, *reach_of(actor, await tx.today()), group_id, activity_id))
