"""Enrollments as families and agents see them, and what a child may still ask to join."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Row, Transaction
from chassis.data.paging import page_of, read_id
from chassis.data.ranges import read_range
from chassis.days import DateRange, Days
from chassis.refusal import NotFound, Refusal
from contracts.booking.catalog import ActivityOffer
from contracts.booking.models import Enrollment
from contracts.http import PAGE_SIZE_MAX, Page
from contracts.types import ActorKind, EnrollmentStatus

from ..access import AT_SITE, ENROLLMENT, reads
from ..catalog.queries import EVERY_ACTIVITY_SQL, activity_of
from ..documents.domain import DocumentRules, Needed
from ..documents.store import load_papers
from .domain import ActivityFacts, EnrollableChild, EnrollmentWish, request_enrollment

EVERY_ENROLLMENT = """
select e.id as enrollment_id, e.household_id, e.child_id, c.first_name as child_first_name,
       c.last_name as child_last_name, c.birth_on as child_birth_on, e.activity_id, a.label as activity_label, e.status,
       lower(e.days) as starts_on, upper(e.days) - 1 as ends_on, e.requested_at, e.decided_at, e.reason, e.ended_at, e.end_reason,
       (
           select coalesce(jsonb_agg(
               jsonb_build_object('group_id', g.id, 'group_label', g.label, 'site_code', g.site_code,
                                  'starts_on', lower(p.during), 'ends_on', upper(p.during) - 1)
               order by p.during
           ), '[]') from placements p join groups g on g.id = p.group_id where p.enrollment_id = e.id and {at_site}
       ) as placements
from enrollments e
join activities a on a.id = e.activity_id
left join children c on c.child_id = e.child_id and c.household_id = e.household_id
""".format(at_site=AT_SITE.of("g.site_code"))  # noqa: S608 - it is put together from constants alone
"""Enrollments, with their groups at the sites that the actor reaches."""

ENROLLMENT_SQL = reaching("{every_enrollment} where e.id = $4", every_enrollment=EVERY_ENROLLMENT)


async def enrollment(queries: Database | Transaction, actor: Actor, enrollment_id: UUID) -> Enrollment:
    """One enrollment, whoever it belongs to, as this actor sees it."""
    row = await queries.fetchrow(ENROLLMENT_SQL, *reach_of(actor, await queries.today()), enrollment_id)
    if row is None:
        raise NotFound
    return Enrollment(**row)


@dataclass(frozen=True, slots=True)
class EnrollmentFilter:
    """Which enrollments to list; None means any. `cursor` is the last enrollment of the page before."""

    status: EnrollmentStatus | None
    household_id: UUID | None
    cursor: str | None


ENROLLMENTS_OF_HOUSEHOLD_SQL = reaching(
    """{every_enrollment}
where e.household_id = $5 and ($4::text is null or e.status = $4) and ($6::uuid is null or e.id < $6) and {is_reached} and {is_read}
order by e.id desc limit $7
""",
    every_enrollment=EVERY_ENROLLMENT,
    is_reached=ENROLLMENT.of("e.id"),
    is_read=reads("e.child_id", "e.household_id"),
)

ENROLLMENTS_SQL = reaching(
    """{every_enrollment}
where $5::uuid is null and ($4::text is null or e.status = $4) and ($6::uuid is null or e.id > $6) and {is_reached}
order by e.id limit $7
""",
    every_enrollment=EVERY_ENROLLMENT,
    is_reached=ENROLLMENT.of("e.id"),
)


async def enrollments(db: Database, actor: Actor, wanted: EnrollmentFilter) -> Page[Enrollment]:
    """A household's enrollments, the latest first; or those of all that the actor reaches, the longest waiting first."""
    sql = ENROLLMENTS_SQL if wanted.household_id is None else ENROLLMENTS_OF_HOUSEHOLD_SQL
    status = wanted.status.value if wanted.status else None
    reach = reach_of(actor, await db.today())
    rows = await db.fetch(sql, *reach, status, wanted.household_id, read_id(wanted.cursor), PAGE_SIZE_MAX + 1)
    named = await _namesakes(db, rows) if actor.kind is not ActorKind.PARENT else frozenset()
    items = [Enrollment(**row, has_namesake=row["enrollment_id"] in named) for row in rows]
    return page_of(items, lambda enrollment: (enrollment.enrollment_id,))


NAMESAKES_SQL = """
select e.id from enrollments e
join child_records one on one.child_id = e.child_id
where e.id = any($1::uuid[]) and exists (
    select from child_records other
    join enrollments o on o.child_id = other.child_id and o.status in ('requested', 'validated') and o.days && e.days
    join placements q on q.enrollment_id = o.id join groups there on there.id = q.group_id
    join groups here on here.site_code = there.site_code join placements p on p.group_id = here.id and p.enrollment_id = e.id
    where lower(other.last_name) = lower(one.last_name) and lower(other.first_name) = lower(one.first_name) and other.child_id <> one.child_id)
"""


async def _namesakes(db: Database, rows: Sequence[Row]) -> frozenset[UUID]:
    """The enrollments of children beside whom another one of the same name is enrolled at a site, on whichever page that one stands."""
    named = await db.fetch(NAMESAKES_SQL, [row["enrollment_id"] for row in rows])
    return frozenset(row["id"] for row in named)


OFFERS_SQL = reaching(
    """
select activity.*, (
    select array_agg(days) from enrollments e
    where e.child_id = $4 and e.household_id = $5 and e.activity_id = activity.activity_id
      and e.status in ('requested', 'validated')
) as enrolled
from (
    {every_activity}
    where ($6::uuid is null or a.id > $6)
      and exists (select from groups g where g.activity_id = a.id and g.is_default and {is_reached})
    order by a.id limit $7
) activity
order by activity_id
""",
    every_activity=EVERY_ACTIVITY_SQL,
    is_reached=AT_SITE.of("g.site_code"),
)


@dataclass(frozen=True, slots=True)
class OffersAsked:
    """For which child, in a household, activities are asked for; `cursor` is the last one of the page before."""

    child_id: UUID
    child: EnrollableChild
    cursor: str | None


async def offers(db: Database, actor: Actor, rules: DocumentRules, asked: OffersAsked) -> Page[ActivityOffer]:
    """Every activity that the actor may ask for, as it stands for a child of a household, by the rule that decides a request."""
    today = await db.today()
    reach, own = reach_of(actor, today), (asked.child_id, asked.child.household_id)
    rows = await db.fetch(OFFERS_SQL, *reach, *own, read_id(asked.cursor), PAGE_SIZE_MAX + 1)
    codes = (code for row in rows for code in row["required_documents"])
    papers = await load_papers(db, rules.asked_of(actor.kind), [own], codes)
    offered = [_offer(dict(row), asked.child, today, papers.needed(own, row["required_documents"])) for row in rows]
    return page_of(offered, lambda offer: (offer.activity.activity_id,))


def _offer(fields: dict[str, Any], child: EnrollableChild, today: date, documents: Needed) -> ActivityOffer:
    enrolled = Days.of(read_range(days) for days in fields.pop("enrolled") or ())
    activity = activity_of(fields)
    sites = tuple(site.code for site in activity.sites)
    facts = ActivityFacts(DateRange(activity.starts_on, activity.ends_on), activity.age_min, activity.age_max, sites)
    # Whichever site is chosen, the answer is the same.
    wish = EnrollmentWish(today, child, facts, site_code=sites[0], enrolled=enrolled, documents=documents)
    outcome = request_enrollment(wish)
    if not isinstance(outcome, Refusal):
        return ActivityOffer(activity=activity, reason=None, params={})
    reason = outcome.fields[0].code if outcome.fields else outcome.code()
    return ActivityOffer(
        activity=activity, reason=reason, params={name: str(value) for name, value in outcome.params.items()}
    )
