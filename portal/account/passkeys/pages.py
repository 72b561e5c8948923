"""One's own passkeys: which there are, adding one in two steps (the password, then the authenticator), and removing one."""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.identity.api import second_factor
from contracts.identity.passkeys import Passkey, PasskeyAddition, PasskeyRegistration, PasskeyRemoval
from contracts.identity.passkeys_api import add_passkey, own_passkeys, remove_passkey, start_passkey, started_passkey
from contracts.types import ActorKind
from gateway.auth import WrongSpace
from gateway.calls import Refused, typed_as
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form

PATH: Final = "/mes-cles-d-acces"
NEW_PATH: Final = f"{PATH}/nouvelle"
REGISTRATION: Final = Form(PasskeyRegistration, "passkeys.registration", ("code", "current_password"))
ADDITION: Final = Form(PasskeyAddition, "passkeys.addition", ("name",))
REMOVAL: Final = Form(PasskeyRemoval, "passkeys.removal", ("current_password",))


@page(PATH)
async def passkeys_page(visit: Visit) -> Response[Any]:
    """The passkeys, and the form that begins to add one."""
    is_agent, factor = visit.session.kind is ActorKind.AGENT, await visit.call(second_factor)
    context = {
        "passkeys": (await visit.call(own_passkeys)).items,
        "has_application": factor.is_offered and factor.enrolled_at is not None,
        "is_agent": is_agent,
        "has_password": visit.session.has_password,
    }
    return visit.page("account/passkeys/passkeys.html.j2", context, form=visit.form(REGISTRATION))


@action(PATH, has_secret=True)
async def begin(visit: Visit) -> Response[Any]:
    """Begin to add one, with the password."""
    typed = REGISTRATION.typed(visit.posted.values)
    try:
        await visit.call(start_passkey, typed_as(PasskeyRegistration, typed))
    except Refused as refused:
        return await show_again(visit, passkeys_page, visit.refused(refused, {}, REGISTRATION))
    return visit.redirect(NEW_PATH)


@page(NEW_PATH)
async def new_passkey_page(visit: Visit) -> Response[Any]:
    """The name, and the button with which the browser makes the passkey; whoever comes too late begins again."""
    form = visit.form(ADDITION)
    try:
        started = await visit.call(started_passkey)
    except Refused as refused:
        return await show_again(visit, passkeys_page, visit.refused(refused))
    context = {"options": started.options, "path": NEW_PATH, "is_agent": visit.session.kind is ActorKind.AGENT}
    return visit.page("account/passkeys/new.html.j2", context, form=form)


@action(NEW_PATH, typing=None, has_secret=True)
async def add(visit: Visit) -> Response[Any]:
    """Add what the authenticator made. A name that will not do is typed again; after any other refusal one begins again."""
    typed = ADDITION.typed(visit.posted.values)
    try:
        await visit.call(add_passkey, typed_as(PasskeyAddition, {**typed, "answer": visit.posted.get("answer")}))
    except Refused as refused:
        form = visit.refused(refused, typed, ADDITION)
        if "name" in form.errors:
            # The authenticator is asked once there is a name: that it said nothing yet is no fault of whoever typed none.
            form = replace(form, errors={"name": form.errors["name"]})
        if form.errors:
            return await show_again(visit, new_passkey_page, form)
        return await show_again(visit, passkeys_page, visit.refused(refused))
    return visit.redirect(PATH, FlashNotice("success", "passkey_added"))


@page(f"{PATH}/{{passkey_id:uuid}}")
async def removal_page(visit: Visit, passkey_id: UUID) -> Response[Any]:
    """The form that removes one."""
    context = {
        "passkey": await _own(visit, passkey_id),
        "path": f"{PATH}/{passkey_id}",
        "has_password": visit.session.has_password,
        "is_agent": visit.session.kind is ActorKind.AGENT,
    }
    return visit.page("account/passkeys/removal.html.j2", context, form=visit.form(REMOVAL))


@action(f"{PATH}/{{passkey_id:uuid}}", has_secret=True)
async def remove(visit: Visit, passkey_id: UUID) -> Response[Any]:
    """Remove it, with the password."""
    typed = REMOVAL.typed(visit.posted.values)
    try:
        await visit.call(remove_passkey, passkey_id, typed_as(PasskeyRemoval, typed))
    except Refused as refused:
        refused_form = visit.refused(refused, typed, REMOVAL)
        return await show_again(visit, removal_page, refused_form, passkey_id=passkey_id)
    return visit.redirect(PATH, FlashNotice("success", "passkey_removed"))


async def _own(visit: Visit, passkey_id: UUID) -> Passkey:
    """Raises WrongSpace for one that is not there, or not one's own."""
    for passkey in (await visit.call(own_passkeys)).items:
        if passkey.passkey_id == passkey_id:
            return passkey
    raise WrongSpace


PAGES = [passkeys_page, begin, new_passkey_page, add, removal_page, remove]
