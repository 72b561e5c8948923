"""Asking for a quotient, looking at what was found, and taking it: for a family, and for agents on behalf of one."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.reading_words import CivilSex, ReadingStatus
from contracts.family.readings import QuotientAsked
from contracts.family.readings_api import drop_reading, quotient_readings, read_quotient, take_quotient
from gateway.calls import Refused, typed_as
from portal.frame.spaces import Screen, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form
from portal.kit.formats import month_words

MONTHS: Final = 24
_BIRTH: Final = ("birth_name", "first_names", "sex", "birth_on", "birth_country", "birth_city", "birth_department")
ASKED: Final = Form(QuotientAsked, "readings.form", (*_BIRTH, "month", "is_later_agreed"))
OPEN: Final = (ReadingStatus.FOUND, ReadingStatus.WAITING, ReadingStatus.MISSING, ReadingStatus.FAILED)
NOTICES: Final = {ReadingStatus.FOUND: "quotient_found", ReadingStatus.WAITING: "quotient_waiting"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is shown: at an address, which household it is about, where it leads back to, and whether to an agent. `known`: the name of whoever may be asked about, as
    it would be typed; `parameters` are those of the address."""

    path: str
    back: str
    household_id: UUID
    is_town: bool
    known: Mapping[str, str]
    parameters: Mapping[str, Any]


async def show(visit: Visit, place: Place) -> Response[Any]:
    """What was found or waits, the form, and what there is besides."""
    readings = await visit.call(quotient_readings, place.household_id)
    texts = visit.portal.texts
    context = {
        "readings": readings,
        "current": [item for item in readings.items if item.status in OPEN],
        "taken": [item for item in readings.items if item.status is ReadingStatus.TAKEN],
        "place": place,
        "sexes": [(sex.value, texts(f"readings.sex.{sex}")) for sex in CivilSex],
        "countries": [(code, texts(f"countries.{code}")) for code in _countries()],
        "months": _months(visit.portal.today()) if place.is_town else (),
    }
    return visit.page("frame/quotients/readings.html.j2", context, form=visit.form(ASKED, place.known))


async def ask(visit: Visit, place: Place, page: Screen) -> Response[Any]:
    """Ask, and come back to what was found; what was typed stays where nothing was."""
    typed = ASKED.typed(visit.posted.values)
    try:
        body = typed_as(QuotientAsked, ASKED.body(typed))
        reading = await visit.call(read_quotient, place.household_id, body)
    except Refused as refused:
        return await show_again(visit, page, visit.refused(refused, typed, ASKED), **place.parameters)
    return visit.redirect(place.path, FlashNotice("success", NOTICES.get(reading.status, "quotient_found")))


async def take(visit: Visit, place: Place, page: Screen, reading_id: UUID) -> Response[Any]:
    """Have what was found count."""
    try:
        await visit.call(take_quotient, reading_id)
    except Refused as refused:
        return await show_again(visit, page, visit.refused(refused), **place.parameters)
    return visit.redirect(place.path, FlashNotice("success", "quotient_taken"))


async def drop(visit: Visit, place: Place, page: Screen, reading_id: UUID) -> Response[Any]:
    """Forget what was found, or ask no more."""
    try:
        await visit.call(drop_reading, reading_id)
    except Refused as refused:
        return await show_again(visit, page, visit.refused(refused), **place.parameters)
    return visit.redirect(place.path, FlashNotice("success", "reading_dropped"))


@cache
def _countries() -> Sequence[str]:
    """The codes of countries, in the order in which they are shown."""
    texts = tomllib.loads(Path(__file__).with_name("texts.toml").read_text("utf-8"))
    return tuple(texts["countries"])


def _months(today: date) -> list[tuple[str, str]]:
    """The months that may be asked for, the present one first."""
    months = [divmod(today.year * 12 + today.month - 1 - back, 12) for back in range(MONTHS + 1)]
    return [(f"{year}-{month + 1:02}", month_words(date(year, month + 1, 1))) for year, month in months]
