"""Plans of sectors as agents read them, what a publication would change, and the schools of a child by its homes."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Queries, Row, Transaction
from contracts.family.school_events import SECTIONS
from contracts.family.sector_words import SectorReason
from contracts.family.sectors import (
    ChildSectors,
    HomeSector,
    KeptSegment,
    SectorMove,
    SectorPlan,
    SectorTrial,
)

from ..access import HOUSEHOLD
from ..addresses.domain import spot_of
from ..health.queries import child_for
from .domain import SectorMap, Segment, level_of, moves
from .store import COLUMNS, load_segments

PLAN_SQL = "select published_at, published_by from sector_plans where school_year = $1"


async def read_plan(db: Queries, school_year: int) -> SectorPlan:
    """The plan of a year that agents work on; an empty one where nobody began."""
    row = await db.fetchrow(PLAN_SQL, school_year)
    segments = await load_segments(db, school_year, is_published=False)
    published = await load_segments(db, school_year, is_published=True)
    return SectorPlan(
        school_year=school_year,
        segments=tuple(KeptSegment(segment_id=key, **_fields(segment)) for key, segment in segments.items()),
        is_changed=set(segments.values()) != set(published.values()),
        published_at=row["published_at"] if row else None,
        published_by=row["published_by"] if row else None,
    )


def _fields(segment: Segment) -> dict[str, object]:
    levels = {"first_level": SECTIONS[segment.first_level], "last_level": SECTIONS[segment.last_level]}
    return {name: getattr(segment, name) for name in COLUMNS} | levels


# Where a household's address is one of the base, its street and commune are those of the base. Of one child, or of every one born since a day.
HOMES_SQL = reaching(
    """
select c.child_id, c.birth_on, h.household_id, h.reference, h.address_lines, h.country, h.base_address_id,
       coalesce(s.city, h.city) as city, s.name as base_street, a.number as base_number,
       exists (select from address_bases) as has_base
from children c
join household_members m on m.person_id = c.child_id and m.kind = 'child'
join households h on h.household_id = m.household_id
left join base_addresses a on a.address_id = h.base_address_id
left join base_streets s on s.street_id = a.street_id
where ($4::uuid is null or c.child_id = $4) and c.birth_on >= $5 and m.during @> $3::date and {is_reached}
order by c.child_id, h.reference
""",
    is_reached=HOUSEHOLD.of("h.household_id"),
)


async def try_plan(db: Database, actor: Actor, school_year: int) -> SectorTrial:
    """What a publication would change. Thousands of addresses are compared beside the event loop."""
    first_birth_on = date(school_year - len(SECTIONS) - 1, 1, 1)
    rows = await db.fetch(HOMES_SQL, *reach_of(actor, await db.today()), None, first_birth_on)
    published = await load_segments(db, school_year, is_published=True)
    draft = await load_segments(db, school_year, is_published=False)
    plans = SectorMap(published.values()), SectorMap(draft.values())
    changed, unchanged, unknown = await asyncio.to_thread(lambda: moves(_schools(rows, school_year, plans)))
    order = sorted(changed.items(), key=lambda item: (-item[1], item[0][0] or "", item[0][1] or ""))
    return SectorTrial(
        moves=tuple(SectorMove(from_school=former, to_school=new, child_count=count) for (former, new), count in order),
        unchanged_count=unchanged,
        unknown_count=unknown,
    )


def _schools(
    rows: Sequence[Row], school_year: int, plans: tuple[SectorMap, SectorMap]
) -> Iterator[tuple[str | None, str | None]]:
    """The school of each home of each child whose level has a sector, by the plan that counts and by the other one."""
    for row in rows:
        if isinstance(level_of(row["birth_on"].year, school_year), int):
            former, new = (school_of(row, school_year, plan) for plan in plans)
            yield (
                None if isinstance(former, SectorReason) else former,
                None if isinstance(new, SectorReason) else new,
            )


def school_of(row: Row, school_year: int, plan: SectorMap) -> str | SectorReason:
    """The school of a child by one of its homes, or why none is known."""
    level = level_of(row["birth_on"].year, school_year)
    if isinstance(level, SectorReason):
        return level
    if not plan:
        return SectorReason.NOT_PUBLISHED
    if row["address_lines"] is None:
        return SectorReason.PROTECTED
    if row["country"] is not None:
        return SectorReason.ABROAD
    lines = row["address_lines"]
    if row["base_street"] is not None:
        lines = [f"{row['base_number'] or ''} {row['base_street']}".strip()]
    return plan.school(row["city"], spot_of(lines), level)


async def read_child_sectors(
    db: Database | Transaction, actor: Actor, child_id: UUID, school_year: int
) -> ChildSectors:
    """The schools of a child by its homes, for a family those of its own alone: where the other home is, is for that one to say. Raises NotFound."""
    child = await child_for(db, actor, child_id)
    rows = await db.fetch(HOMES_SQL, *reach_of(actor, await db.today()), child_id, date.min)
    plan = SectorMap((await load_segments(db, school_year, is_published=True)).values())
    level = level_of(child.birth_on.year, school_year)
    return ChildSectors(
        child_id=child_id,
        first_name=child.first_name,
        last_name=child.last_name,
        school_year=school_year,
        level=SECTIONS[level] if isinstance(level, int) else None,
        homes=tuple(_home(row, school_of(row, school_year, plan)) for row in rows),
    )


def _home(row: Row, school: str | SectorReason) -> HomeSector:
    is_known = not isinstance(school, SectorReason)
    return HomeSector(
        household_id=row["household_id"],
        reference=row["reference"],
        school=school if is_known else None,
        reason=None if is_known else school,
        is_address_verified=row["base_address_id"] is not None if row["has_base"] else None,
    )


def schools_of(sectors: ChildSectors) -> Mapping[str, None]:
    """The schools of a child's homes, each once, in their order."""
    return dict.fromkeys(home.school for home in sectors.homes if home.school is not None)
