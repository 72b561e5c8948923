"""The children of a family, the file of each, what its parents authorize, and the press that says that nothing changed."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.authorizations import Authorizations, AuthorizationsChange, Confirmation
from contracts.family.child_events import Consent
from contracts.family.children_api import (
    answer_authorizations,
    confirm_child_file,
    my_children,
    read_authorizations,
    read_health,
)
from contracts.family.insurance import Insurance
from contracts.family.insurance_api import read_insurance
from contracts.family.schools_api import read_schooling
from gateway.calls import Refused, typed_as
from gateway.composing import Part, permitted
from portal.family.children.sectors import child_sectors
from portal.frame.alike import child_names
from portal.frame.authorizations import AUTHORIZATIONS, consents, school_years, sent, values_of
from portal.frame.history import Names, read_child_history
from portal.frame.schools import public_site_names
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit

PATH: Final = "/mes-enfants"


@page(PATH)
async def children_page(visit: Visit) -> Response[Any]:
    """The children whom the adult answers for."""
    children = await visit.call(my_children)
    context = {"children": children.items, "names": child_names(children.items), "today": visit.portal.today()}
    return visit.page("family/children/list.html.j2", context)


@page(f"{PATH}/{{child_id:uuid}}")
async def child_page(visit: Visit, child_id: UUID) -> Response[Any]:
    """A child's file: its parts, what is authorized this year and, in time, for the next one."""
    today = visit.portal.today()
    years = school_years(today)
    children, schooling, authorized, sectors, insurances = await asyncio.gather(
        visit.call(my_children),
        permitted(visit.call(read_schooling, child_id)),
        asyncio.gather(*(visit.call(read_authorizations, child_id, year) for year in years)),
        child_sectors(visit, child_id, years),
        _insurances(visit, child_id, years),
    )
    context = {
        "name": child_names(children.items).get(child_id, ""),
        "child": next((card for card in children.items if card.child_id == child_id), None),
        "today": today,
        "schooling": schooling,
        "years": authorized,
        "sectors": sectors,
        "insurances": insurances,
        "names": await public_site_names(visit) if sectors else {},
    }
    return visit.page("family/children/child.html.j2", context, form=visit.form())


async def _insurances(visit: Visit, child_id: UUID, years: Sequence[int]) -> list[Part[Insurance] | None]:
    """Who insures the child in each of these school years, in a town that asks."""
    if not visit.portal.town.asks_insurance:
        return []
    return await asyncio.gather(*(permitted(visit.call(read_insurance, child_id, year)) for year in years))


@page(f"{PATH}/{{child_id:uuid}}/autorisations/{{school_year:int}}")
async def authorizations_page(visit: Visit, child_id: UUID, school_year: int) -> Response[Any]:
    """What each parent says, and the form of one's own answers."""
    known = await visit.call(read_authorizations, child_id, school_year)
    return visit.page(
        "family/children/authorizations.html.j2",
        {"known": known, "consents": consents(visit)},
        form=visit.form(AUTHORIZATIONS, values_of(known.own.model_dump(), known.own.leaves_from)),
    )


@action(f"{PATH}/{{child_id:uuid}}/autorisations/{{school_year:int}}")
async def answer(visit: Visit, child_id: UUID, school_year: int) -> Response[Any]:
    """Say what the town may do."""
    typed = AUTHORIZATIONS.typed(visit.posted.values)
    try:
        body = typed_as(AuthorizationsChange, AUTHORIZATIONS.body(sent(typed)))
        await visit.call(answer_authorizations, child_id, school_year, body)
    except Refused as refused:
        state = visit.refused(refused, typed, AUTHORIZATIONS)
        return await show_again(visit, authorizations_page, state, child_id=child_id, school_year=school_year)
    return visit.redirect(f"{PATH}/{child_id}", FlashNotice("success", "authorizations_answered"))


@page(f"{PATH}/{{child_id:uuid}}/rien-na-change/{{school_year:int}}")
async def unchanged_page(visit: Visit, child_id: UUID, school_year: int) -> Response[Any]:
    """All that would be said again, before it is."""
    health, known, insurances = await asyncio.gather(
        visit.call(read_health, child_id),
        visit.call(read_authorizations, child_id, school_year),
        _insurances(visit, child_id, [school_year]),
    )
    context = {"health": health, "known": known, "carried": carried(known), "insurances": insurances}
    return visit.page("family/children/unchanged.html.j2", context, form=visit.form())


def carried(known: Authorizations) -> list[tuple[str, Consent | None]]:
    """What the parent would say for the year, of each thing."""
    return [(item.kind.value, getattr(known.carried, item.kind.value)) for item in known.authorizations]


@action(f"{PATH}/{{child_id:uuid}}/rien-na-change/{{school_year:int}}", typing=None)
async def say_unchanged(visit: Visit, child_id: UUID, school_year: int) -> Response[Any]:
    """Say that nothing changed of what was shown."""
    try:
        shown = typed_as(Confirmation, {"revision": visit.posted.get("revision")})
        await visit.call(confirm_child_file, child_id, school_year, shown)
    except Refused as refused:
        state = visit.refused(refused)
        return await show_again(visit, unchanged_page, state, child_id=child_id, school_year=school_year)
    return visit.redirect(f"{PATH}/{child_id}", FlashNotice("success", "child_file_confirmed"))


@page(f"{PATH}/{{child_id:uuid}}/consultations")
async def looks_page(visit: Visit, child_id: UUID) -> Response[Any]:
    """Who looked at the file or changed it."""
    (year, *_) = school_years(visit.portal.today())
    known = await visit.call(read_authorizations, child_id, year)
    own_id, texts = visit.session.guardian_id, visit.portal.texts
    parents = {parent.adult_id: parent.adult_name for item in known.authorizations for parent in item.answers}
    actors = parents | ({own_id: texts("history.you")} if own_id else {})
    history = await read_child_history(visit, child_id, Names(actors, {child_id: known.first_name}))
    return visit.page("family/children/looks.html.j2", {"known": known, "history": history})


PAGES = [
    children_page,
    child_page,
    authorizations_page,
    answer,
    unchanged_page,
    say_unchanged,
    looks_page,
]
