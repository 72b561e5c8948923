"""Derogations: what families ask for, what is decided, and the school of a child by its homes."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.derogations import (
    Derogation,
    DerogationCreate,
    DerogationDecision,
    DerogationReason,
    DerogationStatus,
)
from contracts.family.derogations_api import (
    child_derogations,
    decide_derogation,
    list_derogations,
    read_derogation,
    record_derogation,
    withdraw_derogation,
)
from contracts.family.sectors_api import read_child_sectors
from contracts.http import PAGE_SIZE_MAX, Page
from gateway.calls import Refused, typed_as
from portal.agents.accounts.filters import Options, chosen
from portal.frame.agents import agents_by_name
from portal.frame.exports import Column, can_export, export
from portal.frame.schools import school_name, school_names, town_schools
from portal.frame.spaces import MenuLabel, action, file, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form
from portal.kit.days import school_year_of

PATH: Final = "/agents/derogations"
CHILD_PATH: Final = "/agents/enfants/{child_id:uuid}/ecole"
REQUEST: Final = Form(DerogationCreate, "agents.derogations", ("school_year", "school", "reason", "asked_on", "note"))
DECISION: Final = Form(DerogationDecision, "agents.derogations.decision", ("reason",))
Filters = tuple[int | None, DerogationStatus | None, DerogationReason | None, str | None]


@page(PATH, entry=MenuLabel("agents.menu.derogations", "school", list_derogations))
async def derogations_page(visit: Visit) -> Response[Any]:
    """The requests, those that wait by default."""
    names = await school_names(visit)
    options = _options(visit, names)
    asked = _asked(visit, options)
    requests = await visit.call(list_derogations, *_narrowed(asked), visit.cursor)
    context = {
        "requests": requests.items,
        "next_cursor": requests.next_cursor,
        "options": options,
        "asked": asked,
        "names": names,
        "can_export": can_export(visit),
    }
    return visit.page("agents/sectors/derogations.html.j2", context)


@file(f"{PATH}/tableau")
async def derogations_file(visit: Visit) -> Response[Any]:
    """The same, for a spreadsheet."""
    texts, names = visit.portal.texts, await school_names(visit)
    filters = _narrowed(_asked(visit, _options(visit, names)))

    def read(cursor: str | None) -> Awaitable[Page[Derogation]]:
        return visit.call(list_derogations, *filters, cursor, PAGE_SIZE_MAX)

    columns: Sequence[Column[Derogation]] = (
        Column("agents.derogations.last_name", lambda item: item.last_name),
        Column("agents.derogations.first_name", lambda item: item.first_name),
        Column("agents.derogations.school_year", lambda item: f"{item.school_year}-{item.school_year + 1}"),
        Column(
            "agents.derogations.sector",
            lambda item: ", ".join(school_name(names, code) for code in item.sector_schools),
        ),
        Column("agents.derogations.school", lambda item: school_name(names, item.school)),
        Column("agents.derogations.reason", lambda item: texts(f"sectors.reason.{item.reason}")),
        Column("agents.derogations.asked_on", lambda item: item.asked_on),
        Column("agents.derogations.status", lambda item: texts(f"sectors.status.{item.status}")),
    )
    return await export(visit, "derogations", columns, read)


@page(f"{PATH}/{{derogation_id:uuid}}")
async def derogation_page(visit: Visit, derogation_id: UUID) -> Response[Any]:
    """A request, what was decided, and the forms of what can be done with it."""
    known, names = await visit.call(read_derogation, derogation_id), await school_names(visit)
    context = {
        "known": known,
        "names": names,
        "who": await _who(visit, known),
        "can_decide": visit.may(decide_derogation),
    }
    return visit.page("agents/sectors/derogation.html.j2", context, form=visit.form(DECISION))


@action(f"{PATH}/{{derogation_id:uuid}}/decision")
async def decide(visit: Visit, derogation_id: UUID) -> Response[Any]:
    """Grant the request or refuse it."""
    is_granted = visit.posted.get("decision") == "grant"
    typed = DECISION.typed(visit.posted.values)
    try:
        body = {"is_granted": is_granted, **DECISION.body(typed)}
        await visit.call(decide_derogation, derogation_id, typed_as(DerogationDecision, body))
    except Refused as refused:
        state = visit.refused(refused, typed, DECISION)
        return await show_again(visit, derogation_page, state, derogation_id=derogation_id)
    notice = "derogation_granted" if is_granted else "derogation_refused"
    return visit.redirect(f"{PATH}/{derogation_id}", FlashNotice("success", notice))


@action(f"{PATH}/{{derogation_id:uuid}}/retrait", typing=None)
async def withdraw(visit: Visit, derogation_id: UUID) -> Response[Any]:
    """Record that the family gives it up."""
    try:
        await visit.call(withdraw_derogation, derogation_id)
    except Refused as refused:
        return await show_again(visit, derogation_page, visit.refused(refused), derogation_id=derogation_id)
    return visit.redirect(f"{PATH}/{derogation_id}", FlashNotice("success", "derogation_withdrawn"))


@page(CHILD_PATH)
async def child_page(visit: Visit, child_id: UUID) -> Response[Any]:
    """The school of a child by its homes, this year and the next, its derogations, and the form of a request."""
    years = _years(visit)
    sectors, requests = await asyncio.gather(
        asyncio.gather(*(visit.call(read_child_sectors, child_id, year) for year in years)),
        visit.call(child_derogations, child_id),
    )
    schools, texts = await town_schools(visit), visit.portal.texts
    names = schools or await school_names(visit)
    context = {
        "sectors": sectors,
        "child": sectors[0],
        "requests": requests.items,
        "names": names,
        "schools": list(schools.items()),
        "years": [(year, f"{year}-{year + 1}") for year in years],
        "reasons": [(reason.value, texts(f"sectors.reason.{reason}")) for reason in DerogationReason],
        "url": CHILD_PATH.replace("{child_id:uuid}", str(child_id)),
        "today": visit.portal.today(),
    }
    return visit.page("agents/sectors/child.html.j2", context, form=visit.form(REQUEST))


@action(CHILD_PATH)
async def record(visit: Visit, child_id: UUID) -> Response[Any]:
    """Record a family's request."""
    typed = REQUEST.typed(visit.posted.values)
    try:
        known = await visit.call(record_derogation, child_id, typed_as(DerogationCreate, REQUEST.body(typed)))
    except Refused as refused:
        return await show_again(visit, child_page, visit.refused(refused, typed, REQUEST), child_id=child_id)
    return visit.redirect(f"{PATH}/{known.derogation_id}", FlashNotice("success", "derogation_recorded"))


async def _who(visit: Visit, known: Derogation) -> dict[UUID, str]:
    """The agents who recorded and decided, by name."""
    return await agents_by_name(visit, (known.recorded_by, known.decided_by))


def _years(visit: Visit) -> tuple[int, int]:
    present = school_year_of(visit.portal.today())
    return present, present + 1


def _options(visit: Visit, names: Mapping[str, str]) -> Options:
    texts, present = visit.portal.texts, school_year_of(visit.portal.today())
    return {
        "etat": [(item.value, texts(f"sectors.status.{item}")) for item in DerogationStatus],
        "annee": [(str(year), f"{year}-{year + 1}") for year in range(present - 2, present + 3)],
        "motif": [(item.value, texts(f"sectors.reason.{item}")) for item in DerogationReason],
        "ecole": list(names.items()),
    }


def _asked(visit: Visit, options: Options) -> dict[str, str]:
    """What the list is narrowed by; what waits, where the address says nothing."""
    return chosen(visit, options) if set(visit.asked) & set(options) else {"etat": DerogationStatus.WAITING.value}


def _narrowed(asked: Mapping[str, str]) -> Filters:
    year, status, reason = asked.get("annee"), asked.get("etat"), asked.get("motif")
    return (
        int(year) if year else None,
        DerogationStatus(status) if status else None,
        DerogationReason(reason) if reason else None,
        asked.get("ecole"),
    )


PAGES = [
    derogations_page,
    derogations_file,
    derogation_page,
    decide,
    withdraw,
    child_page,
    record,
]
