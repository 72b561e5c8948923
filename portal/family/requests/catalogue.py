"""What a family may ask the town for, its requests, and beginning one."""

import asyncio
from typing import Any, Final

from litestar import Response
from litestar.exceptions import NotFoundException

from contracts.family.api import my_household
from contracts.family.circulars_api import own_circulars
from contracts.family.models import Household
from contracts.family.procedure_words import Subject
from contracts.family.procedures import OwnProcedure
from contracts.family.procedures_api import own_procedures
from contracts.family.request_words import Draftable, RequestStatus
from contracts.family.requests import RequestCreate
from contracts.family.requests_api import begin_request, own_requests
from gateway.calls import Refused, typed_as
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import Visit
from portal.kit import Form, FormState

PATH: Final = "/mes-demarches"
NEW_PATH: Final = f"{PATH}/nouvelle/{{code:str}}"
BEGINNING: Final = Form(RequestCreate, "requests.begin", ("person_id",))
SETTLED: Final = (RequestStatus.ACCEPTED, RequestStatus.REFUSED, RequestStatus.WITHDRAWN)
SHOWN_MAX: Final = 30
OTHERS: Final = ("/mon-espace-de-stockage", "/edition-de-documents", "/inscriptions")
"""Pages of other services that are linked from this one."""
CHILD: Final = "enfant"
"""In an address: the child whom a request is asked about."""


@page(PATH)
async def requests_page(visit: Visit) -> Response[Any]:
    """What a family may ask for, what it asked, and sending a document."""
    own, procedures = await visit.call(own_requests), await visit.call(own_procedures)
    asked = await visit.call(own_circulars)
    drafts = [item for item in own.items if item.status is RequestStatus.DRAFT]
    sent = [item for item in own.items if item not in drafts]
    context = {
        "asked": asked.items,
        "drafts": drafts,
        "sent": sent[:SHOWN_MAX],
        "procedures": [item for item in procedures.items if not item.leads_to or visit.shows(item.leads_to)],
        "shown": [url for url in OTHERS if visit.shows(url)],
        "today": visit.portal.today(),
    }
    return visit.page("family/requests/list.html.j2", context, form=visit.form())


@page(NEW_PATH)
async def begin_page(visit: Visit, code: str) -> Response[Any]:
    """What a procedure is, how long it takes, whom it is about, what is missing from the step before, and what was begun or sent of it already."""
    procedure, household, own = await asyncio.gather(
        _procedure(visit, code), visit.call(my_household), visit.call(own_requests)
    )
    people = _people(visit, procedure.subject, household)
    context = {
        "procedure": procedure,
        "household_id": household.household_id,
        "people": people,
        "begun": [item for item in own.items if item.code == code and item.status not in SETTLED],
        "is_open": procedure.draftable is Draftable.OPEN,
    }
    named = visit.query(CHILD)
    whom = people[0][0] if len(people) == 1 else named if named in dict(people) else ""
    return visit.page("family/requests/begin.html.j2", context, form=visit.form(BEGINNING, {"person_id": whom}))


async def _procedure(visit: Visit, code: str) -> OwnProcedure:
    """A procedure of the catalogue. Raises NotFoundException."""
    known = {item.code: item for item in (await visit.call(own_procedures)).items}
    if code not in known or known[code].leads_to:
        raise NotFoundException
    return known[code]


def _people(visit: Visit, subject: Subject, household: Household) -> list[tuple[str, str]]:
    """Whom a request may be about: the children, or who is signed in; nobody where it is the household's."""
    if subject is Subject.CHILD:
        return [(str(child.child_id), f"{child.first_name} {child.last_name}") for child in household.children]
    if subject is Subject.ADULT:
        own_id = visit.session.guardian_id
        return [
            (str(adult.adult_id), f"{adult.first_name} {adult.last_name}")
            for adult in household.adults
            if adult.adult_id == own_id
        ]
    return []


@action(NEW_PATH)
async def begin(visit: Visit, code: str) -> Response[Any]:
    """Begin a request, or go on with its draft."""
    typed = BEGINNING.typed(visit.posted.values)
    body = {"code": code, "household_id": visit.posted.get("household_id") or None, **BEGINNING.body(typed)}
    try:
        begun = await visit.call(begin_request, typed_as(RequestCreate, body))
    except Refused as refused:
        state: FormState = visit.refused(refused, typed, BEGINNING)
        return await show_again(visit, begin_page, state, code=code)
    return visit.redirect(f"{PATH}/{begun.request_id}/etape/1")


PAGES = [requests_page, begin_page, begin]
