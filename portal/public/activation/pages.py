"""Following an activation link: the secret leaves the address at once, and one press of a button activates the space.

The link itself changes nothing, so that a mail filter that opens every link cannot use it up.
"""

from typing import Any, Final

from litestar import Response
from litestar.datastructures import Cookie

from contracts.identity import api
from contracts.identity.models import Activation
from gateway.calls import Refused, typed_as
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import Visit

ACTIVATION_COOKIE: Final = "__Host-activation"
ACTIVATION_SECONDS: Final = 3600
ACTIVATED: Final = "activated"
"""Stands in the cookie for a secret that was used up: shorter than any."""


@page("/activation/{token:str}")
async def follow_link(visit: Visit, token: str) -> Response[Any]:
    """Keep the secret in a cookie and go on to the portal's own page, without it in the address."""
    return visit.redirect("/activation", cookies=[_cookie(token[:200])])


@page("/activation")
async def activation_page(visit: Visit) -> Response[Any]:
    """The button that activates the space, the confirmation that it is active, or what to do without a link."""
    kept = visit.request.cookies.get(ACTIVATION_COOKIE)
    if kept == ACTIVATED:
        return visit.page("public/activation/activated.html.j2")
    form = visit.form()
    context = {"has_token": bool(kept) and not form.is_refused}
    return visit.page("public/activation/activation.html.j2", context, form=form)


@action("/activation")
async def activate(visit: Visit) -> Response[Any]:
    """Activate the space and confirm it; a link that no longer works says what to do."""
    token = visit.request.cookies.get(ACTIVATION_COOKIE, "") or "absent-activation"
    try:
        if token != ACTIVATED:
            await visit.call(api.activate, typed_as(Activation, {"token": token}))
    except Refused as refused:
        return await show_again(visit, activation_page, visit.refused(refused))
    return visit.redirect("/activation", cookies=[_cookie(ACTIVATED)])


def _cookie(value: str) -> Cookie:
    return Cookie(
        key=ACTIVATION_COOKIE,
        value=value,
        path="/",
        max_age=ACTIVATION_SECONDS,
        secure=True,
        httponly=True,
        samesite="lax",
    )


PAGES = [follow_link, activation_page, activate]
