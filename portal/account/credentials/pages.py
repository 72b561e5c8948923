"""Changing one's own user name and password, once they are one's own."""

from typing import Any, Final

from litestar import Response

from contracts.identity.api import choose_credentials, credential_policy, own_franceconnect
from contracts.identity.models import CredentialsChoice
from contracts.types import ActorKind
from gateway.browsers import session_cookie
from gateway.calls import Refused, typed_as
from gateway.composing import permitted
from portal.frame.credentials import policy_words
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form

CHANGE: Final = Form(
    CredentialsChoice, "credentials", ("username", "current_password", "password", "password_confirmation")
)


@page("/mes-identifiants")
async def credentials_page(visit: Visit) -> Response[Any]:
    """The form, with the town's password policy."""
    policy = await visit.call(credential_policy)
    context = {
        "policy": policy,
        "policy_words": policy_words(visit.portal.texts, policy),
        "is_agent": visit.session.kind is ActorKind.AGENT,
        "is_linked": await _is_linked(visit),
        "can_change_username": visit.session.has_username and policy.is_username_editable,
        "session": visit.session,
    }
    form = visit.form(CHANGE, {"username": visit.session.username})
    return visit.page("account/credentials/credentials.html.j2", context, form=form)


async def _is_linked(visit: Visit) -> bool:
    """Whether an identity opens the account too, which goes with the password."""
    if not (visit.portal.town.has_franceconnect and visit.session.kind is ActorKind.PARENT):
        return False
    part = await permitted(visit.call(own_franceconnect))
    return bool(part and part.value and part.value.linked_at)


@action("/mes-identifiants", has_secret=True)
async def change_credentials(visit: Visit) -> Response[Any]:
    """Replace them; the other sessions of the account end, unless nothing else was typed than what is so already."""
    typed = CHANGE.typed(visit.posted.values)
    is_new_name = typed.get("username", visit.session.username) != visit.session.username
    if not (is_new_name or typed.get("password") or typed.get("password_confirmation")):
        return visit.redirect(credentials_page.path, FlashNotice("info", "credentials_unchanged"))
    try:
        opened = await visit.call(choose_credentials, typed_as(CredentialsChoice, typed))
    except Refused as refused:
        return await show_again(visit, credentials_page, visit.refused(refused, typed, CHANGE))
    visit.sessions.forget_account(visit.session.account_id)
    return visit.redirect(
        credentials_page.path, FlashNotice("success", "credentials_changed"), cookies=[session_cookie(opened)]
    )


PAGES = [credentials_page, change_credentials]
