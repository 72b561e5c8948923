"""Following an activation link: one press of a button activates the space, or installs the password that was mailed with it."""

from typing import Any, Final

from litestar import Response

from contracts.identity import api
from contracts.identity.models import Activation
from contracts.types import CredentialPurpose
from gateway.browsers import device_cookies
from gateway.calls import Refused, typed_as
from portal.frame.mailed_links import MailedLinks
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import FormState
from portal.public.leaving import leave

LINKS: Final = MailedLinks("__Host-activation")
LEAVE_PATH: Final = "/activation/autre-personne"
ALREADY_OPEN: Final = frozenset({"activation_link_used", "activation_link_overtaken"})
"""Why a link works no more whose space is open: there is a password to sign in with."""


@page("/activation/{token:str}")
async def follow_link(visit: Visit, token: str) -> Response[Any]:
    """Keep the secret in a cookie and go on to the portal's own page, without it in the address."""
    return visit.redirect("/activation", cookies=[LINKS.keep(token)])


@page("/activation")
async def activation_page(visit: Visit) -> Response[Any]:
    """The button that activates the space, the confirmation that it is active, or what to do without a link. Whoever is signed in here is named
    and leaves first: the link may be another person's."""
    link, form, purpose, is_open = LINKS.followed(visit), visit.form(), CredentialPurpose.INVITATION, False
    if link.is_used and not form.is_refused:
        context = {"is_reset": link.note == CredentialPurpose.PASSWORD_RESET, "leave_url": LEAVE_PATH}
        return visit.page("public/activation/activated.html.j2", context)
    if link.kept and not form.is_refused:
        try:
            checked = await visit.call(api.check_link, typed_as(Activation, {"token": link.secret}))
            purpose = checked.purpose
        except Refused as refused:
            form, is_open = visit.refused(refused), refused.problem.code in ALREADY_OPEN
    context = {
        "link": "" if form.is_refused else link.mark,
        "is_reset": purpose is CredentialPurpose.PASSWORD_RESET,
        "is_open": is_open,
        "leave_url": LEAVE_PATH,
    }
    return visit.page("public/activation/activation.html.j2", context, form=form)


@action("/activation", has_secret=True)
async def activate(visit: Visit) -> Response[Any]:
    """Activate the space and confirm it; a link that no longer works says what to do."""
    link, device_token, purpose = LINKS.followed(visit), None, LINKS.followed(visit).note
    if visit.visitor.session is not None and not link.is_used:
        return visit.redirect(activation_page.path)
    if link.is_other(visit.posted.get("link")):
        other = FormState(refusal=visit.portal.texts("first_steps.activation.other_link"))
        return await show_again(visit, activation_page, other)
    try:
        if not link.is_used:
            body = typed_as(Activation, {"token": link.secret})
            purpose = (await visit.call(api.check_link, body)).purpose
            activated = await visit.call(api.activate, body)
            device_token = activated.device_token
            visit.sessions.forget_account(activated.account_id)
    except Refused as refused:
        return await show_again(visit, activation_page, visit.refused(refused))
    return visit.redirect("/activation", cookies=[LINKS.use(link, purpose), *device_cookies(device_token)])


@action(LEAVE_PATH)
async def leave_for_another(visit: Visit) -> Response[Any]:
    """Sign out whoever is signed in, and go on with the link that was followed."""
    return await leave(visit, FlashNotice("success", "signed_out"), activation_page.path)


PAGES = [follow_link, activation_page, activate, leave_for_another]
