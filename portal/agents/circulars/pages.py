"""Circulars for agents: those that were sent, and one with who answered, who did not, and what can be done of it."""

from collections.abc import Awaitable
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.circular_words import CircularState
from contracts.family.circulars import CircularChild
from contracts.family.circulars_api import (
    add_latecomers,
    close_circular,
    list_circular_children,
    list_circulars,
    read_circular,
    remind_circular,
)
from contracts.family.requests_api import read_request
from contracts.http import PAGE_SIZE_MAX, Page
from gateway.calls import Refused
from portal.frame.agents import agent_name
from portal.frame.exports import Column, can_export, export, on_the_clock
from portal.frame.spaces import MenuLabel, action, file, page, show_again
from portal.frame.visit import FlashNotice, Visit

PATH: Final = "/agents/envois"
ONE_PATH: Final = f"{PATH}/{{circular_id:uuid}}"
ACTS: Final = {
    "relance": (remind_circular, "circular_reminded"),
    "arrivees": (add_latecomers, "circular_extended"),
    "fin": (close_circular, "circular_closed"),
}
"""What is done of a circular, by the last step of the address."""


@page(PATH, entry=MenuLabel("agents.menu.circulars", "mail", list_circulars))
async def circulars_page(visit: Visit) -> Response[Any]:
    """Those that were sent, the newest first."""
    circulars = await visit.call(list_circulars, visit.cursor)
    context = {"circulars": circulars.items, "next_cursor": circulars.next_cursor, "today": visit.portal.today()}
    return visit.page("agents/circulars/list.html.j2", context)


@page(ONE_PATH)
async def circular_page(visit: Visit, circular_id: UUID) -> Response[Any]:
    """A circular: its counts, whom it asks, and what can be done."""
    state = _state(visit)
    circular = await visit.call(read_circular, circular_id)
    children = await visit.call(list_circular_children, circular_id, state, visit.cursor)
    context = {
        "circular": circular,
        "children": children.items,
        "next_cursor": children.next_cursor,
        "state": state,
        "sender": await agent_name(visit, circular.created_by),
        "closer": await agent_name(visit, circular.closed_by) if circular.closed_by else "",
        "today": visit.portal.today(),
        "can_read": visit.may(read_request),
        "can_export": can_export(visit),
    }
    return visit.page("agents/circulars/circular.html.j2", context, form=visit.form())


@action(f"{ONE_PATH}/{{act:str}}", typing=None)
async def do(visit: Visit, circular_id: UUID, act: str) -> Response[Any]:
    """Remind, ask those too who came late, or close."""
    if act not in ACTS:
        return visit.redirect(f"{PATH}/{circular_id}")
    operation, notice = ACTS[act]
    try:
        await visit.call(operation, circular_id)
    except Refused as refused:
        return await show_again(visit, circular_page, visit.refused(refused), circular_id=circular_id)
    return visit.redirect(f"{PATH}/{circular_id}", FlashNotice("success", notice))


@file(f"{ONE_PATH}/tableau")
async def circular_file(visit: Visit, circular_id: UUID) -> Response[Any]:
    """Whom a circular asks, for a spreadsheet."""
    texts, state = visit.portal.texts, _state(visit)
    circular = await visit.call(read_circular, circular_id)

    def read(cursor: str | None) -> Awaitable[Page[CircularChild]]:
        return visit.call(list_circular_children, circular_id, state, cursor, PAGE_SIZE_MAX)

    columns: list[Column[CircularChild]] = [
        Column("agents.pupils.last_name", lambda line: line.last_name),
        Column("agents.pupils.first_name", lambda line: line.first_name),
        Column("agents.pupils.birth_on", lambda line: line.birth_on),
        Column("agents.pupils.class", lambda line: line.class_label),
        Column("agents.circulars.file", lambda line: line.reference),
        Column("agents.circulars.state", lambda line: texts(f"agents.circulars.state_of.{line.state}")),
        Column("agents.circulars.number", lambda line: line.number),
        Column("agents.circulars.answered_on", lambda line: on_the_clock(visit, line.answered_at)),
        Column("agents.circulars.told_on", lambda line: on_the_clock(visit, line.told_at)),
        Column("agents.circulars.reminded_on", lambda line: on_the_clock(visit, line.reminded_at)),
    ]
    return await export(visit, f"envoi-{circular.code}", columns, read)


def _state(visit: Visit) -> CircularState | None:
    """Whom the address asks for."""
    asked = visit.query("etat")
    return CircularState(asked) if asked in tuple(CircularState) else None


PAGES = [circulars_page, circular_page, circular_file, do]
