"""Requests for a space, for agents: what waits, beside the files that may be of the same people; open a file, or refuse with a reason."""

import asyncio
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.api import decide_registration, find_households, list_registrations, read_registration
from contracts.family.registrations import Registration, RegistrationDecision
from contracts.family.search import HouseholdSummary
from gateway.calls import Refused, typed_as
from gateway.composing import permitted
from portal.frame.spaces import MenuLabel, action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form

DECISION: Final = Form(RegistrationDecision, "agents.registration", ("reason",))
ENTRY: Final = MenuLabel("agents.menu.registrations", "family", list_registrations, is_of_registration=True)
TWINS_MAX: Final = 10


@page("/agents/demandes-d-espace", entry=ENTRY)
async def registrations_page(visit: Visit) -> Response[Any]:
    """The requests that wait, the oldest first."""
    registrations = await visit.call(list_registrations, visit.cursor)
    context = {
        "registrations": registrations.items,
        "next_cursor": registrations.next_cursor,
        "today": visit.portal.today(),
    }
    return visit.page("agents/counter/registrations.html.j2", context)


@page("/agents/demandes-d-espace/{registration_id:uuid}")
async def registration_page(visit: Visit, registration_id: UUID) -> Response[Any]:
    """A request, beside the files that may be of the same people."""
    registration = await visit.call(read_registration, registration_id)
    context = {"registration": registration, "twins": await _twins(visit, registration)}
    return visit.page("agents/counter/registration.html.j2", context, form=visit.form(DECISION))


@action("/agents/demandes-d-espace/{registration_id:uuid}/decision")
async def decide(visit: Visit, registration_id: UUID) -> Response[Any]:
    """Open the file, which invites the adult, or refuse; either is told by mail."""
    is_accepted = visit.posted.get("decision") == "accept"
    typed = DECISION.typed(visit.posted.values)
    body = {"is_accepted": is_accepted, "reason": typed.get("reason", "").strip() or None}
    try:
        decided = await visit.call(decide_registration, registration_id, typed_as(RegistrationDecision, body))
    except Refused as refused:
        state = visit.refused(refused, typed, DECISION)
        # What stands against the file is about what was asked: there is no field here to lead to.
        others = [message for name, message in state.errors.items() if name != "reason"]
        own = {name: message for name, message in state.errors.items() if name == "reason"}
        state = replace(state, errors=own, refusal=" ".join(others) or state.refusal)
        return await show_again(visit, registration_page, state, registration_id=registration_id)
    if decided.household_id is None:
        return visit.redirect(registrations_page.path, FlashNotice("success", "registration_refused"))
    return visit.redirect(
        f"/agents/familles/{decided.household_id}",
        FlashNotice(
            "success", "household_created" if visit.portal.town.invites_at_once else "household_created_to_invite"
        ),
    )


async def _twins(visit: Visit, registration: Registration) -> list[HouseholdSummary] | None:
    """The files with this address, this adult's name or a child's; None when they cannot be seen."""
    guardian = registration.guardian
    names = [f"{child.first_name} {child.last_name}" for child in registration.children]
    whose = registration.organization
    known_by = (whose.legal_name, *filter(None, (whose.siret, whose.rna))) if whose else ()
    asked = dict.fromkeys((*known_by, guardian.email, f"{guardian.first_name} {guardian.last_name}", *names))
    answers = await asyncio.gather(*(permitted(visit.call(find_households, words[:100])) for words in asked))
    if any(answer is None or not answer.is_available for answer in answers):
        return None
    files = {item.household_id: item for answer in answers if answer and answer.value for item in answer.value.items}
    return list(files.values())[:TWINS_MAX]


PAGES = [registrations_page, registration_page, decide]
