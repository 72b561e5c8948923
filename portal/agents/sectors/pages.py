"""School sectors of a year: the streets of each school, worked on, tried and published; sent and taken away as a file."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.school_events import SECTIONS
from contracts.family.sector_words import StreetSide
from contracts.family.sectors import BODY_BYTES_MAX, SEGMENTS_MAX, KeptSegment, SectorFile, Segment
from contracts.family.sectors_api import (
    add_segment,
    publish_sectors,
    read_sectors,
    remove_segment,
    replace_sectors,
    try_sectors,
)
from contracts.http import Page
from gateway.calls import Refused, typed_as
from portal.frame.exports import Column, can_export, export
from portal.frame.schools import school_name, school_names, town_schools
from portal.frame.spaces import MenuLabel, action, file, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState
from portal.kit.days import school_year_of

PATH: Final = "/agents/secteurs"
YEAR: Final = "annee"
SCHOOL: Final = "ecole"
ROWS: Final = 100
"""Of the table on a page."""
SEGMENT: Final = Form(
    Segment,
    "agents.sectors",
    ("school", "first_level", "last_level", "city", "street", "side", "from_number", "until_number"),
)
FILE: Final = Form(SectorFile, "agents.sectors", ("content",))


@page(PATH, entry=MenuLabel("agents.menu.sectors", "school", read_sectors))
async def sectors_page(visit: Visit) -> Response[Any]:
    """The segments of a year, those of one school or all, with the ways to change and publish them."""
    year = _year(visit)
    plan, schools = await visit.call(read_sectors, year), await town_schools(visit)
    names = schools or await school_names(visit)
    chosen = visit.query(SCHOOL)
    segments = [item for item in plan.segments if chosen in ("", item.school)]
    first = _first(visit, len(segments))
    is_more = first + ROWS < len(segments)
    context = {
        "plan": plan,
        "segments": segments[first : first + ROWS],
        "next_cursor": str(first + ROWS) if is_more else None,
        "previous_cursor": str(max(0, first - ROWS)) if first else None,
        "names": names,
        "schools": _schools(schools, names, plan.segments),
        "has_schools": bool(schools),
        "school": chosen,
        "year": year,
        "year_options": [(item, f"{item}-{item + 1}") for item in _years(visit)],
        "levels": level_options(visit),
        "sides": [(side.value, visit.portal.texts(f"agents.sectors.side_of.{side}")) for side in StreetSide],
        "can_export": can_export(visit),
        "town_name": visit.portal.town.town.name,
    }
    return visit.page("agents/sectors/sectors.html.j2", context, form=visit.form(SEGMENT))


@action(f"{PATH}/{{year:int}}/rues")
async def add(visit: Visit, year: int) -> Response[Any]:
    """Add a segment to the plan."""
    typed = SEGMENT.typed(visit.posted.values)
    try:
        await visit.call(add_segment, year, typed_as(Segment, SEGMENT.body(typed)))
    except Refused as refused:
        names = await school_names(visit)
        for problem in refused.problem.errors:
            if code := problem.params.get("school"):
                problem.params["school"] = school_name(names, code)
        return await show_again(visit, sectors_page, visit.refused(refused, typed, SEGMENT), _query(year))
    return visit.redirect(_address(year), FlashNotice("success", "sector_added"))


@action(f"{PATH}/{{year:int}}/retrait/{{segment_id:uuid}}", typing=None)
async def remove(visit: Visit, year: int, segment_id: UUID) -> Response[Any]:
    """Take a segment out of the plan."""
    try:
        await visit.call(remove_segment, year, segment_id)
    except Refused as refused:
        return await show_again(visit, sectors_page, visit.refused(refused), _query(year))
    return visit.redirect(_address(year), FlashNotice("success", "sector_removed"))


@action(f"{PATH}/{{year:int}}/fichier", body_max_bytes=BODY_BYTES_MAX)
async def send_file(visit: Visit, year: int) -> Response[Any]:
    """Have a file, or the year before, take the place of the plan."""
    is_copy = bool(visit.posted.get("is_copy"))
    content = visit.posted.file("content")
    if not is_copy and not content:
        unsaid = FormState({}, {"content": visit.portal.texts("agents.sectors.content_error")}, form=FILE)
        return await show_again(visit, sectors_page, unsaid, _query(year))
    body = {"is_copy": True} if is_copy else {"content": b64encode(content)}
    try:
        plan = await visit.call(replace_sectors, year, typed_as(SectorFile, body))
    except Refused as refused:
        return await show_again(visit, sectors_page, _file_refused(visit, refused), _query(year))
    return visit.redirect(_address(year), FlashNotice.counting("success", sectors_replaced=len(plan.segments)))


def _file_refused(visit: Visit, refused: Refused) -> Any:
    """What is wrong with a file, with the column of a line by the name that the file gives it."""
    for problem in refused.problem.errors:
        if column := problem.params.get("column"):
            problem.params["column"] = visit.portal.texts(f"agents.sectors.{column}")
    return visit.refused(refused, {}, FILE)


@page(f"{PATH}/{{year:int}}/essai")
async def trial_page(visit: Visit, year: int) -> Response[Any]:
    """What a publication would change, and the press that publishes."""
    plan, trial = await visit.call(read_sectors, year), await visit.call(try_sectors, year)
    context = {"plan": plan, "trial": trial, "names": await school_names(visit), "year": year}
    return visit.page("agents/sectors/trial.html.j2", context, form=visit.form())


@action(f"{PATH}/{{year:int}}/essai", typing=None)
async def publish(visit: Visit, year: int) -> Response[Any]:
    """Have the plan count."""
    try:
        await visit.call(publish_sectors, year)
    except Refused as refused:
        return await show_again(visit, trial_page, visit.refused(refused), year=year)
    return visit.redirect(_address(year), FlashNotice("success", "sectors_published"))


@file(f"{PATH}/tableau")
async def sectors_file(visit: Visit) -> Response[Any]:
    """The segments of a year as a file, which can be corrected and sent again."""
    plan, texts = await visit.call(read_sectors, _year(visit)), visit.portal.texts
    chosen = visit.query(SCHOOL)

    async def read(_cursor: str | None) -> Page[KeptSegment]:
        return Page(items=tuple(item for item in plan.segments if chosen in ("", item.school)))

    columns: Sequence[Column[KeptSegment]] = (
        Column("agents.sectors.school", lambda item: item.school),
        Column("agents.sectors.first_level", lambda item: item.first_level.upper()),
        Column("agents.sectors.last_level", lambda item: item.last_level.upper()),
        Column("agents.sectors.city", lambda item: item.city),
        Column("agents.sectors.street", lambda item: item.street),
        Column(
            "agents.sectors.side",
            lambda item: None if item.side is StreetSide.BOTH else texts(f"agents.sectors.side_word.{item.side}"),
        ),
        Column("agents.sectors.from_number", lambda item: item.from_number),
        Column("agents.sectors.until_number", lambda item: item.until_number),
    )
    return await export(visit, "secteurs", columns, read, SEGMENTS_MAX + 1)


def level_options(visit: Visit) -> list[tuple[str, str]]:
    """The levels with their names."""
    return [(level.value, visit.portal.texts(f"school.level.{level}")) for level in SECTIONS]


def _schools(
    schools: Mapping[str, str], names: Mapping[str, str], segments: Sequence[KeptSegment]
) -> list[tuple[str, str]]:
    """The schools that a segment may be of: the town's, and whatever else a file named. A site that is no school is none of them."""
    codes = dict.fromkeys([*schools, *(item.school for item in segments)])
    return [(code, school_name(names, code)) for code in codes]


def _year(visit: Visit) -> int:
    asked = visit.query(YEAR)
    known = [str(year) for year in _years(visit)]
    return int(asked) if asked in known else int(known[1])


def _years(visit: Visit) -> range:
    """The years that can be worked on: the one before, the present one and two ahead."""
    present = school_year_of(visit.portal.today())
    return range(present - 1, present + 3)


def _first(visit: Visit, count: int) -> int:
    asked = visit.cursor or "0"
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 and int(asked) < count else 0


def _query(year: int) -> dict[str, str]:
    return {YEAR: str(year)}


def _address(year: int) -> str:
    return f"{PATH}?{YEAR}={year}"


PAGES = [sectors_page, add, remove, send_file, trial_page, publish, sectors_file]
