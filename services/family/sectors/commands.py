"""Working on the sectors of a school year, and having them count."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from chassis.actor import Actor
from chassis.comparing import comparable
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.identifiers import new_id
from chassis.lists import ListUnreadable
from chassis.refusal import FieldRefusal, Invalid, NotFound
from contracts.family import sectors as models
from contracts.family.school_events import SECTIONS
from contracts.family.sector_words import StreetSide
from contracts.family.sectors import SEGMENTS_MAX, SectorFile, SectorPlan

from ..adapters.sector_files import read_sector_file
from ..errors import SectorsFull, SectorsUnchanged
from ..schools.store import unknown_school
from . import store
from .domain import SectorFileReason, Segment, overlaps
from .queries import read_plan

PLAN_ID: Final = UUID(int=0)
_SIDES: Final = {"": StreetSide.BOTH, "pair": StreetSide.EVEN, "impair": StreetSide.ODD, "les deux": StreetSide.BOTH}


@command
async def add_segment(
    tx: Transaction, actor: Actor, claim: Claim, school_year: int, request: models.Segment
) -> SectorPlan:
    """Add a segment to the plan. Raises Invalid, SectorsFull."""
    if (answer := await claim.replay(tx, SectorPlan)) is not None:
        return answer
    await store.hold_plan(tx, school_year)
    known = await store.load_segments(tx, school_year, is_published=False)
    if len(known) >= SEGMENTS_MAX:
        raise SectorsFull(count=SEGMENTS_MAX)
    segment = _segment(request)
    if await unknown_school(tx, [segment.school]):
        raise Invalid(FieldRefusal("/school", "school_unknown"))
    others = list(known.values())
    for other, place in overlaps([*others, segment]):
        if place == len(others):
            raise Invalid(
                FieldRefusal("/street", SectorFileReason.SECTOR_OVERLAPS, (("school", others[other].school),))
            )
    segment_id = new_id()
    await store.add_segments(tx, school_year, {segment_id: segment})
    tx.note(Act(actor, "sectors_changed", PLAN_ID, after={"school_year": school_year}))
    return await claim.keep(tx, await read_plan(tx, school_year))


@command
async def remove_segment(tx: Transaction, actor: Actor, school_year: int, segment_id: UUID) -> SectorPlan:
    """Take a segment out of the plan. Raises NotFound."""
    await store.hold_plan(tx, school_year)
    if not await store.remove_segment(tx, school_year, segment_id):
        raise NotFound
    tx.note(Act(actor, "sectors_changed", PLAN_ID, after={"school_year": school_year}))
    return await read_plan(tx, school_year)


@command
async def replace_sectors(tx: Transaction, actor: Actor, school_year: int, request: SectorFile) -> SectorPlan:
    """Have a file, or what counts the year before, take the place of the plan. Raises Invalid, which names the first line that is wrong."""
    if request.is_copy:
        segments = list((await store.load_segments(tx, school_year - 1, is_published=True)).values())
        if not segments:
            raise Invalid(FieldRefusal("/is_copy", SectorFileReason.SECTOR_NOTHING_BEFORE))
    else:
        segments = _read(request.content)
        if code := await unknown_school(tx, [segment.school for segment in segments]):
            raise Invalid(FieldRefusal("/content", SectorFileReason.SECTOR_SCHOOL_UNKNOWN, (("school", code),)))
    await store.hold_plan(tx, school_year)
    await store.empty_plan(tx, school_year)
    await store.add_segments(tx, school_year, {new_id(): segment for segment in segments})
    tx.note(Act(actor, "sectors_changed", PLAN_ID, after={"school_year": school_year}))
    return await read_plan(tx, school_year)


@command
async def publish_sectors(tx: Transaction, actor: Actor, school_year: int) -> SectorPlan:
    """Have the plan count; one that counts already stays as it is. Raises SectorsUnchanged: it is empty, and nothing counts."""
    await store.hold_plan(tx, school_year)
    plan = await read_plan(tx, school_year)
    if not plan.is_changed:
        if plan.published_at is None:
            raise SectorsUnchanged
        return plan
    await store.publish_plan(tx, school_year, await tx.now(), actor.account_id)
    tx.note(Act(actor, "sectors_published", PLAN_ID, after={"school_year": school_year}))
    return await read_plan(tx, school_year)


def _segment(request: models.Segment) -> Segment:
    """A segment as it is kept. Raises Invalid."""
    first, last = SECTIONS.index(request.first_level), SECTIONS.index(request.last_level)
    if first > last:
        raise Invalid(FieldRefusal("/last_level", SectorFileReason.SECTOR_LEVELS_REVERSED))
    numbers = (request.from_number, request.until_number)
    if None not in numbers and numbers[0] > numbers[1]:  # type: ignore[operator]  # neither is None
        raise Invalid(FieldRefusal("/until_number", SectorFileReason.SECTOR_NUMBERS_REVERSED))
    if request.street is None and (numbers != (None, None) or request.side is not StreetSide.BOTH):
        raise Invalid(FieldRefusal("/street", SectorFileReason.SECTOR_STREET_MISSING))
    street = " ".join(request.street.split()) if request.street else None
    return Segment(request.school, first, last, " ".join(request.city.split()), street, request.side, *numbers)


def _read(content: bytes) -> list[Segment]:
    """The segments of a file. Raises Invalid."""
    try:
        rows = read_sector_file(content)
    except ListUnreadable as fault:
        reason = SectorFileReason(f"sector_{fault.reason.removeprefix('list_')}")
        raise Invalid(FieldRefusal("/content", reason, (("line", fault.line),))) from fault
    segments = [_line(number, cells) for number, cells in rows]
    for other, place in overlaps(segments):
        lines = (("line", rows[place][0]), ("other", rows[other][0]))
        raise Invalid(FieldRefusal("/content", SectorFileReason.SECTOR_LINES_OVERLAP, lines))
    return segments


def _line(number: int, cells: Mapping[str, str]) -> Segment:
    """A line as a segment. Raises Invalid, which names the line."""
    read: dict[str, Any] = dict(cells)
    for name in ("first_level", "last_level"):
        read[name] = cells.get(name, "").casefold()
    side = comparable(cells.get("side", ""))
    read["side"] = next((value for word, value in _SIDES.items() if word and side.startswith(word[:4])), None)
    if not side:
        read["side"] = StreetSide.BOTH
    try:
        return _segment(models.Segment.model_validate(read))
    except ValidationError as error:
        field_name = str(error.errors()[0]["loc"][0])
    except Invalid as refusal:
        field_name = refusal.fields[0].pointer.removeprefix("/")
    facts = (("line", number), ("column", field_name))
    raise Invalid(FieldRefusal("/content", SectorFileReason.SECTOR_LINE_WRONG, facts))
