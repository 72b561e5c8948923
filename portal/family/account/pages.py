"""A family's own account: another user name and another password, whenever it likes."""

from typing import Any, Final

from litestar import Response

from contracts.identity import api
from contracts.identity.models import CredentialsChoice
from gateway.auth import session_cookie
from gateway.calls import Refused, typed_as
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form

PATH: Final = "/mon-compte/identifiants"
CHANGE: Final = Form(
    CredentialsChoice, "own_credentials", ("username", "current_password", "password", "password_confirmation")
)


@page(PATH)
async def credentials_page(visit: Visit) -> Response[Any]:
    """The form, with the town's password policy."""
    policy = await visit.call(api.credential_policy)
    form = visit.form(CHANGE, {"username": visit.session.username})
    return visit.page("family/account/credentials.html.j2", {"policy": policy, "path": PATH}, form=form)


@action(PATH)
async def change_credentials(visit: Visit) -> Response[Any]:
    """Replace the credentials: this session goes on, every other one ends."""
    typed = CHANGE.typed(visit.posted.values)
    try:
        opened = await visit.call(api.choose_credentials, typed_as(CredentialsChoice, typed))
    except Refused as refused:
        return await show_again(visit, credentials_page, visit.refused(refused, typed, CHANGE))
    visit.sessions.forget(visit.visitor.session_token)
    return visit.redirect(PATH, FlashNotice("success", "credentials_chosen"), cookies=[session_cookie(opened)])


PAGES = [credentials_page, change_credentials]
