"""The queue with one of it beside: who looks after it, its decision, and the next one."""

import asyncio
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import UUID

from litestar import Response
from litestar.exceptions import NotFoundException

from contracts.booking.permissions import BookingPermission
from contracts.booking.queue_api import list_waiting_enrollments
from contracts.family.permissions import FamilyPermission
from contracts.family.queue_api import list_waiting
from contracts.identity.agents_api import list_colleagues
from contracts.queue import OwnerChange, WaitingItem, WaitingKind
from gateway.calls import Refused
from gateway.composing import no_part, permitted
from portal.agents.queue.panels import FORMS, carry_out, kept_by_another, page_of, panel_of
from portal.agents.queue.sources import (
    AGES,
    KINDS,
    OWNERS,
    PATH,
    WORDS,
    Filters,
    change_owner,
    read_counts,
    read_item,
    read_queue,
)
from portal.frame.agents import agents_by_name
from portal.frame.schools import site_names
from portal.frame.spaces import MenuLabel, action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import FormState

ITEM: Final = f"{PATH}/{{kind:str}}/{{item_id:uuid}}"
ENTRY: Final = MenuLabel("agents.menu.queue", "queue", list_waiting, others=(list_waiting_enrollments,))
NEXT: Final = re.compile(rf"({'|'.join(KINDS)})/([0-9a-f-]{{36}})")
OWNER_NOTICES: Final = {
    "owned_by_colleague": "queue_owned_by_colleague",
    "not_found": "queue_owned_by_colleague",
    "invalid": "queue_owner_unknown",
}
"""Why nobody else looks after something, by the code of the refusal."""
OWNERS_OF: Final = {WaitingKind.ENROLLMENT: BookingPermission.READ_ENROLLMENTS}
"""What an agent needs to look after a kind, where it is not the queue of files."""


@page(PATH, entry=ENTRY)
async def queue_page(visit: Visit) -> Response[Any]:
    """What waits, the oldest first, and the first of it beside where there is room."""
    return await _show(visit, None)


@page(ITEM)
async def item_page(visit: Visit, kind: str, item_id: UUID) -> Response[Any]:
    """One thing beside the queue; of what waits no more, what became of it."""
    return await _show(visit, await read_item(visit, _kind(kind), item_id))


def _kind(word: str) -> WaitingKind:
    """A kind by its word of the address. Raises NotFoundException."""
    if word not in KINDS:
        raise NotFoundException
    return KINDS[word]


async def _show(visit: Visit, opened: WaitingItem | None) -> Response[Any]:
    filters = Filters.of(visit.asked)
    waiting, (counts, _), sites = await asyncio.gather(
        read_queue(visit, filters), read_counts(visit, filters.asked.get("site")), site_names(visit)
    )
    item = opened or (waiting.items[0] if waiting.items else None)
    part, names, colleagues = await asyncio.gather(
        permitted(panel_of(visit, item)) if item else no_part(),
        _names(visit, (*waiting.items, *([item] if item else []))),
        _colleagues(visit, item),
    )
    panel, proposed = part.value if part and part.value else ({}, {})
    context = {
        "items": waiting.items,
        "missing": waiting.missing,
        "next_url": filters.at(suite=waiting.next_cursor) if waiting.next_cursor else "",
        "counts": counts,
        "filters": filters,
        "options": _options(visit, sites),
        "sites": sites,
        "words": WORDS,
        "item": item,
        "is_opened": opened is not None,
        "is_panel_missing": item is not None and (part is None or not part.is_available),
        "page_of": page_of,
        "neighbours": _neighbours(waiting.items, item),
        "names": names,
        "colleagues": colleagues,
        "ticked": visit.query("choix").split(","),
        "own_id": visit.session.account_id,
        "answer_days": visit.portal.town.town.answer_days,
        "today": visit.portal.today(),
        **panel,
    }
    form = visit.form(FORMS.get(item.kind) if item else None, proposed)
    return visit.page("agents/queue/queue.html.j2", context, form=form)


def _options(visit: Visit, sites: dict[str, str]) -> dict[str, list[tuple[str, str]]]:
    texts = visit.portal.texts
    options = {
        "suivi": [(word, texts(f"agents.queue.owner_is.{word}")) for word in OWNERS],
        "age": [(word, texts(f"agents.queue.age_is.{word}")) for word in AGES],
    }
    return {**options, "site": list(sites.items())} if len(sites) > 1 else options


def _neighbours(items: Sequence[WaitingItem], item: WaitingItem | None) -> dict[str, WaitingItem | None]:
    """What stands before and after something in the list; after what is not in it comes the first."""
    around = (None, *items, None)
    place = around.index(item) if item in items else 0
    return {"previous": around[place - 1] if place else None, "next": around[place + 1]}


async def _names(visit: Visit, items: Iterable[WaitingItem]) -> dict[UUID, str]:
    """The agents who look after things or decided them, by name; an adult who took something back is none."""
    decided = {item.settled.decided_by for item in items if item.settled}
    return await agents_by_name(visit, {item.owner_id for item in items} | decided)


async def _colleagues(visit: Visit, item: WaitingItem | None) -> list[tuple[str, str]]:
    """To whom something that waits may be handed."""
    if item is None or item.settled is not None:
        return []
    needed = OWNERS_OF.get(item.kind, FamilyPermission.READ_QUEUE)
    part = await permitted(visit.call(list_colleagues, needed))
    agents = part.value.items if part and part.value else ()
    return [(str(agent.account_id), agent.name) for agent in agents if agent.account_id != visit.session.account_id]


@action(f"{ITEM}/decision")
async def decide(visit: Visit, kind: str, item_id: UUID) -> Response[Any]:
    """Decide, and go on to the next one. Whoever comes second is shown who decided what."""
    filters, own = _returning(visit), {"kind": kind, "item_id": item_id}
    item = await read_item(visit, _kind(kind), item_id)
    if item.settled is not None or item.kind not in FORMS:
        return visit.redirect(filters.at(item_page.address(own)))
    if again := await kept_by_another(visit, item):
        return await show_again(visit, item_page, again, filters.asked, **own)
    try:
        notice = await carry_out(visit, item)
    except Refused as refused:
        if (await read_item(visit, item.kind, item_id)).settled is not None:
            return visit.redirect(filters.at(item_page.address(own)))
        form = FORMS[item.kind]
        state: FormState = visit.refused(refused, form.typed(visit.posted.values), form)
        return await show_again(visit, item_page, state, filters.asked, **own)
    after = NEXT.fullmatch(visit.posted.get("suivant"))
    return visit.redirect(filters.at(f"{PATH}/{after[0]}" if after else PATH), notice)


@action(f"{ITEM}/suivi")
async def own(visit: Visit, kind: str, item_id: UUID) -> Response[Any]:
    """Take something, give it back, or hand it to a colleague; where another agent was faster, the page says who."""
    filters, notice = _returning(visit), FlashNotice("success", "queue_owner_changed")
    change = OwnerChange(owner_id=_account(visit, "owner_id"), known_owner_id=_account(visit, "known_owner_id"))
    try:
        await change_owner(visit, _kind(kind), item_id, change)
    except Refused as refused:
        if refused.problem.code not in OWNER_NOTICES:
            raise
        notice = FlashNotice("warning", OWNER_NOTICES[refused.problem.code])
    return visit.redirect(filters.at(item_page.address({"kind": kind, "item_id": item_id})), notice)


def _account(visit: Visit, name: str) -> UUID | None:
    """An account that was posted. Raises NotFoundException: it is none."""
    try:
        return UUID(posted) if (posted := visit.posted.get(name)) else None
    except ValueError as error:
        raise NotFoundException from error


def _returning(visit: Visit) -> Filters:
    """The filters with which the form was shown."""
    return Filters.of(dict(parse_qsl(visit.posted.get("retour"))))


PAGES = [queue_page, item_page, decide, own]
