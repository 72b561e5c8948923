"""Changing one's own user name and password, once they are one's own."""

from typing import Any, Final

from litestar import Response

from contracts.identity.api import choose_credentials, credential_policy
from contracts.identity.models import CredentialsChoice
from contracts.types import ActorKind
from gateway.auth import session_cookie
from gateway.calls import Refused, typed_as
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form
from portal.public.first_steps.pages import policy_words

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
        "can_change_username": visit.session.has_username and policy.is_username_editable,
        "session": visit.session,
    }
    form = visit.form(CHANGE, {"username": visit.session.username})
    return visit.page("account/credentials/credentials.html.j2", context, form=form)


@action("/mes-identifiants")
async def change_credentials(visit: Visit) -> Response[Any]:
    """Replace them; the other sessions of the account end."""
    typed = CHANGE.typed(visit.posted.values)
    try:
        opened = await visit.call(choose_credentials, typed_as(CredentialsChoice, typed))
    except Refused as refused:
        return await show_again(visit, credentials_page, visit.refused(refused, typed, CHANGE))
    visit.sessions.forget(visit.visitor.session_token)
    return visit.redirect(
        credentials_page.path, FlashNotice("success", "credentials_changed"), cookies=[session_cookie(opened)]
    )


PAGES = [credentials_page, change_credentials]
