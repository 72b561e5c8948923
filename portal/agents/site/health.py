"""A child's health for agents who are entitled to it: what is known, on behalf of a family the form to change it, and the proofs of vaccination."""

from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.child_events import ProofStatus
from contracts.family.children_api import change_health, note_proof, read_health
from contracts.family.health import ProofSeen
from gateway.calls import Refused, typed_as
from portal.frame.health import save_health, show_health_form
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form

PATH: Final = "/agents/enfants/{child_id:uuid}/sante"
PROOF: Final = Form(ProofSeen, "agents.child_health", ("status", "valid_until_on"))


@page(PATH)
async def health_page(visit: Visit, child_id: UUID) -> Response[Any]:
    """What is known of a child's health; that the agent looked is noted."""
    health = await visit.call(read_health, child_id)
    texts = visit.portal.texts
    context = {
        "health": health,
        "today": visit.portal.today(),
        "can_change": visit.may(change_health),
        "can_note": visit.may(note_proof),
        "statuses": [(status.value, texts(f"agents.child_health.proof.{status}")) for status in ProofStatus],
    }
    return visit.page("agents/site/health.html.j2", context, form=visit.form(PROOF))


@action(PATH)
async def note(visit: Visit, child_id: UUID) -> Response[Any]:
    """Note a proof of vaccination."""
    typed = PROOF.typed(visit.posted.values)
    try:
        await visit.call(note_proof, child_id, typed_as(ProofSeen, PROOF.body(typed)))
    except Refused as refused:
        return await show_again(visit, health_page, visit.refused(refused, typed, PROOF), child_id=child_id)
    return visit.redirect(f"/agents/enfants/{child_id}/sante", FlashNotice("success", "proof_noted"))


@page(f"{PATH}/modifier")
async def form_page(visit: Visit, child_id: UUID) -> Response[Any]:
    """The form to change it on behalf of the family."""
    return await show_health_form(visit, child_id, f"/agents/enfants/{child_id}/sante", is_town=True)


@action(f"{PATH}/modifier")
async def change(visit: Visit, child_id: UUID) -> Response[Any]:
    return await save_health(visit, child_id, form_page, f"/agents/enfants/{child_id}/sante")


PAGES = [health_page, note, form_page, change]
