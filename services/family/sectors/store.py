"""Storage of plans of sectors: the one that agents work on, and the one that counts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from contracts.family.sector_words import StreetSide

from .domain import Segment

COLUMNS: Final = ("school", "first_level", "last_level", "city", "street", "side", "from_number", "until_number")

HOLD_PLAN_SQL = "insert into sector_plans (school_year) values ($1) on conflict (school_year) do nothing"

LOCK_PLAN_SQL = "select published_at from sector_plans where school_year = $1 for update"


async def hold_plan(tx: Transaction, school_year: int) -> None:
    """Hold the plan of a school year until the transaction ends, an empty one where there was none."""
    await tx.execute(HOLD_PLAN_SQL, school_year)
    await tx.fetchrow(LOCK_PLAN_SQL, school_year)


SEGMENTS_SQL = """
select segment_id, school, first_level, last_level, city, street, side, from_number, until_number
from sector_segments where school_year = $1 and is_published = $2
order by city, street nulls last, from_number nulls first, side, first_level, school, segment_id
"""


async def load_segments(db: Queries, school_year: int, *, is_published: bool) -> dict[UUID, Segment]:
    """The segments of a plan by id, in the order of streets and numbers."""
    return {row["segment_id"]: _segment(row) for row in await db.fetch(SEGMENTS_SQL, school_year, is_published)}


def _segment(row: Row) -> Segment:
    return Segment(**{name: row[name] for name in COLUMNS} | {"side": StreetSide(row["side"])})


ADD_SEGMENTS_SQL = """
insert into sector_segments
    (segment_id, is_published, school_year, school, first_level, last_level, city, street, side, from_number, until_number)
select s.segment_id, false, $1, s.school, s.first_level, s.last_level, s.city, s.street, s.side, s.from_number, s.until_number
from unnest($2::uuid[], $3::text[], $4::smallint[], $5::smallint[], $6::text[], $7::text[], $8::text[], $9::integer[], $10::integer[])
    as s(segment_id, school, first_level, last_level, city, street, side, from_number, until_number)
"""


async def add_segments(tx: Transaction, school_year: int, segments: Mapping[UUID, Segment]) -> None:
    """Add segments to what agents work on."""
    columns: Sequence[list[object]] = [[getattr(item, name) for item in segments.values()] for name in COLUMNS]
    await tx.execute(ADD_SEGMENTS_SQL, school_year, list(segments), *columns)


REMOVE_SEGMENT_SQL = "delete from sector_segments where segment_id = $2 and school_year = $1 and not is_published"


async def remove_segment(tx: Transaction, school_year: int, segment_id: UUID) -> bool:
    """Take a segment out of what agents work on; False when it is not there."""
    return await tx.execute(REMOVE_SEGMENT_SQL, school_year, segment_id) == "DELETE 1"


EMPTY_PLAN_SQL = "delete from sector_segments where school_year = $1 and is_published = $2"


async def empty_plan(tx: Transaction, school_year: int, *, is_published: bool = False) -> None:
    """Take every segment out of a plan."""
    await tx.execute(EMPTY_PLAN_SQL, school_year, is_published)


PUBLISH_SEGMENTS_SQL = """
insert into sector_segments
    (segment_id, is_published, school_year, school, first_level, last_level, city, street, side, from_number, until_number)
select segment_id, true, school_year, school, first_level, last_level, city, street, side, from_number, until_number
from sector_segments where school_year = $1 and not is_published
"""

NOTE_PUBLICATION_SQL = "update sector_plans set published_at = $2, published_by = $3 where school_year = $1"


async def publish_plan(tx: Transaction, school_year: int, at: datetime, by: UUID) -> None:
    """Have what agents worked on take the place of what counts."""
    await empty_plan(tx, school_year, is_published=True)
    await tx.execute(PUBLISH_SEGMENTS_SQL, school_year)
    await tx.execute(NOTE_PUBLICATION_SQL, school_year, at, by)
