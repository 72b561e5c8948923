"""The step "Je valide mon authentification": the keys of the town's services, each entered now or left for later.

The credentials are chosen by then, and the session was renewed with them: the step before is a page that says which they are, and leads back to
what was typed.
"""

from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response

from contracts.types import SessionStage
from gateway.calls import Refused
from portal.frame import kept_forms
from portal.frame.errors import FIRST_STEPS
from portal.frame.service_keys import KEYS, enter_keys, has_typed_key, show_keys
from portal.frame.spaces import action, at_stage, page, show_again
from portal.frame.visit import HOMES, FlashNotice, Visit
from portal.kit import FormState
from portal.public.first_steps.steps import steps_at

SERVICES: Final = at_stage(SessionStage.ENTER_KEYS)
PATH: Final = FIRST_STEPS[SessionStage.ENTER_KEYS]
CHOSEN_PATH: Final = "/premiere-connexion/identifiants-choisis"


@page(PATH, admits=SERVICES)
async def services_page(visit: Visit) -> Response[Any]:
    """The screen "Services"."""
    context = {**steps_at(visit, SessionStage.ENTER_KEYS), "action": PATH}
    return await show_keys(visit, "public/first_steps/services.html.j2", context)


@action(PATH, admits=SERVICES, has_secret=True)
async def enter_first_keys(visit: Visit) -> Response[Any]:
    """Enter the keys, or go back a step with what was typed."""
    typed = KEYS.typed(visit.posted.values)
    if visit.posted.get("step") == "previous":
        key = visit.sessions.sealing_key(visit.sessions.holder(visit.visitor.session), PATH)
        kept = kept_forms.keep(FormState(typed), PATH, key, visit.request.cookies)
        return visit.redirect(_with_form(CHOSEN_PATH, kept.name if kept else ""), cookies=kept.cookies if kept else ())
    try:
        session = await enter_keys(visit, typed)
    except Refused as refused:
        return await show_again(visit, services_page, visit.refused(refused, typed, KEYS))
    notice = "service_keys_entered" if has_typed_key(typed) else "service_keys_later"
    return visit.redirect(FIRST_STEPS.get(session.stage, HOMES[session.kind]), FlashNotice("success", notice))


@page(CHOSEN_PATH, admits=at_stage(SessionStage.ENTER_KEYS, SessionStage.ACCEPT_TERMS))
async def chosen_page(visit: Visit) -> Response[Any]:
    """The credentials that were chosen and stay so, where to change them later, and the way back to the step as it was left."""
    context = {
        **steps_at(visit, SessionStage.CHOOSE_CREDENTIALS),
        "action": "/premiere-connexion/annuler",
        "username": visit.session.username if visit.session.has_username else "",
        "next_url": _with_form(FIRST_STEPS[visit.session.stage], visit.query(kept_forms.PARAMETER)),
    }
    return visit.page("public/first_steps/chosen.html.j2", context)


def _with_form(path: str, name: str) -> str:
    return f"{path}?{urlencode({kept_forms.PARAMETER: name})}" if name else path


PAGES = [services_page, enter_first_keys, chosen_page]
