"""What parents authorize, entered by an agent from a paper that they signed: whose paper it is, then what it says."""

from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.authorizations import Authorizations, AuthorizationsOnPaper
from contracts.family.children_api import enter_authorizations, read_authorizations
from gateway.calls import Refused, typed_as
from portal.frame.authorizations import AUTHORIZATIONS, consents, school_years, sent, values_of
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit

PATH: Final = "/agents/enfants/{child_id:uuid}/autorisations/{school_year:int}"
PARENT: Final = "parent"
"""Whose paper it is: the parameter of the page, and a field of its form."""


@page(PATH)
async def authorizations_page(visit: Visit, child_id: UUID, school_year: int) -> Response[Any]:
    """What counts of each thing, and the form of what one parent says."""
    known = await visit.call(read_authorizations, child_id, school_year)
    named = visit.query(PARENT)
    parent = next((item for item in known.parents if str(item.adult_id) == named), None)
    context = {
        "known": known,
        "parent": parent,
        "consents": consents(visit),
        "other_years": [year for year in school_years(visit.portal.today()) if year != school_year],
        "name": PARENT,
    }
    values = _said_by(known, parent.adult_id) if parent else {}
    return visit.page("agents/children/authorizations.html.j2", context, form=visit.form(AUTHORIZATIONS, values))


@action(PATH)
async def enter(visit: Visit, child_id: UUID, school_year: int) -> Response[Any]:
    """Enter what a parent's paper says."""
    typed, parent = AUTHORIZATIONS.typed(visit.posted.values), visit.posted.get(PARENT)
    try:
        body = AUTHORIZATIONS.body(sent(typed)) | {"adult_id": parent}
        await visit.call(enter_authorizations, child_id, school_year, typed_as(AuthorizationsOnPaper, body))
    except Refused as refused:
        state = visit.refused(refused, typed, AUTHORIZATIONS)
        places = {"child_id": child_id, "school_year": school_year}
        return await show_again(visit, authorizations_page, state, {PARENT: parent}, **places)
    where = authorizations_page.address({"child_id": child_id, "school_year": school_year})
    return visit.redirect(where, FlashNotice("success", "authorizations_entered"))


def _said_by(known: Authorizations, adult_id: UUID) -> dict[str, str]:
    """What a parent said until now, as it would be typed."""
    answers = {
        item.kind.value: answer
        for item in known.authorizations
        for answer in item.answers
        if answer.adult_id == adult_id
    }
    leaving = answers.get("leaving_alone")
    return values_of(
        {kind: answer.consent for kind, answer in answers.items()}, leaving.leaves_from if leaving else None
    )


PAGES = [authorizations_page, enter]
