"""The page that stands before what the town asks a proof for: it takes a code of an application, what a passkey answers, or a code that it has
mailed when somebody presses a button, and leads back."""

from typing import Any, Final

from litestar import Response

from contracts.identity.api import read_step_up, send_step_up_code, step_up, step_up_with_application
from contracts.identity.passkeys import PasskeyProof
from contracts.identity.passkeys_api import start_passkey_proof, step_up_with_passkey
from contracts.identity.step_up import ApplicationProof, Proof, StepUpState
from contracts.types import ActorKind, StepUp, StepUpMeans
from gateway.calls import Refused, typed_as
from portal.frame import kept_forms
from portal.frame.errors import CONFIRMATION, OWN_HOME
from portal.frame.passkeys import question, refusal
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit, safe_path
from portal.kit import Form, FormState

BACK: Final = "retour"
"""The parameter of the address, and the hidden field, that says which page comes back."""
LEFT: Final = "sans"
"""The one that says where whoever gives no proof goes, where the page that comes back would ask again."""
CLASS: Final = "pour"
"""The one that says before which acts the proof is asked for."""
CODE: Final = Form(Proof, "confirmation", ("code",))
APPLICATION: Final = Form(ApplicationProof, "confirmation", ("application_code",))
PASSKEY_PATH: Final = f"{CONFIRMATION}/cle-d-acces"


@page(CONFIRMATION)
async def confirmation_page(visit: Visit) -> Response[Any]:
    """Why a proof is asked for, and the code that is on its way. To open it sends nothing and leads nowhere by itself."""
    state, back, left = await visit.call(read_step_up), safe_path(visit.query(BACK)), safe_path(visit.query(LEFT))
    asked = visit.query(CLASS)
    context = {
        "state": state,
        "is_needed": bool(state.asks) and state.proof_ends_at is None,
        "act": asked if asked in list(StepUp) else "other",
        "has_typed": _has_typed(back),
        "back": back,
        "left": left or back,
        "home": OWN_HOME,
        "has_application": StepUpMeans.TOTP in state.means,
        "has_passkey": StepUpMeans.PASSKEY in state.means,
        "has_franceconnect": StepUpMeans.FRANCECONNECT in state.means and visit.portal.town.has_franceconnect,
        "fields": {BACK: back, LEFT: left, CLASS: asked},
        "is_agent": visit.session.kind is ActorKind.AGENT,
    }
    return visit.page("account/confirmation/confirmation.html.j2", context, form=visit.form(CODE))


@action(f"{CONFIRMATION}/code", typing=None)
async def send_code(visit: Visit) -> Response[Any]:
    """Have a code mailed, the first one or another."""
    query = _asked(visit)
    try:
        await visit.call(send_step_up_code)
    except Refused as refused:
        return await show_again(visit, confirmation_page, visit.refused(refused), query)
    return visit.redirect(confirmation_page.at(query))


@action(CONFIRMATION, typing=None, has_secret=True)
async def confirm(visit: Visit) -> Response[Any]:
    """Take the code that was mailed, and lead back to the page that was left."""
    try:
        await visit.call(step_up, typed_as(Proof, {"code": visit.posted.get("code")}))
    except Refused as refused:
        return await _refused(visit, visit.refused(refused, {}, CODE))
    return _led_back(visit)


@action(f"{CONFIRMATION}/application", typing=None, has_secret=True)
async def confirm_with_application(visit: Visit) -> Response[Any]:
    """Take the code of the application, and lead back."""
    typed = APPLICATION.typed(visit.posted.values)
    try:
        await visit.call(step_up_with_application, typed_as(ApplicationProof, typed))
    except Refused as refused:
        return await _refused(visit, visit.refused(refused, {}, APPLICATION))
    return _led_back(visit)


@action(f"{PASSKEY_PATH}/question", typing=None)
async def ask_passkey(visit: Visit) -> Response[Any]:
    """What the script of the page asks the authenticator."""
    try:
        return question(await visit.call(start_passkey_proof))
    except Refused as refused:
        return refusal(visit, refused)


@action(PASSKEY_PATH, typing=None, has_secret=True)
async def confirm_with_passkey(visit: Visit) -> Response[Any]:
    """Take what the passkey answered, and lead back."""
    try:
        await visit.call(step_up_with_passkey, typed_as(PasskeyProof, {"answer": visit.posted.get("answer")}))
    except Refused as refused:
        return await _refused(visit, visit.refused(refused))
    return _led_back(visit)


async def _refused(visit: Visit, form: FormState) -> Response[Any]:
    """The page again; but a tab that comes second finds it done."""
    state: StepUpState = await visit.call(read_step_up)
    if state.proof_ends_at is not None:
        return _led_back(visit)
    return await show_again(visit, confirmation_page, form, _asked(visit))


def _led_back(visit: Visit) -> Response[Any]:
    visit.sessions.forget(visit.visitor.session_token)
    back = _asked(visit).get(BACK, "")
    notice = FlashNotice("success", "confirmed_typed" if _has_typed(back) else "confirmed")
    return visit.redirect(back or OWN_HOME, notice)


def _asked(visit: Visit) -> dict[str, str]:
    """The parameters of the page that a form of it was posted from."""
    asked = {name: safe_path(visit.posted.get(name)) for name in (BACK, LEFT)} | {CLASS: visit.posted.get(CLASS)}
    return {name: value for name, value in asked.items() if value}


def _has_typed(path: str) -> bool:
    """Whether a page shows again what somebody typed in its form."""
    return f"{kept_forms.PARAMETER}=" in path


PAGES = [
    confirmation_page,
    send_code,
    confirm,
    confirm_with_application,
    ask_passkey,
    confirm_with_passkey,
]
