"""Following an activation link: the secret leaves the address at once, and one press of a button activates the space.

The link itself changes nothing, so that a mail filter that opens every link cannot use it up.
"""

from typing import Any, Final

from litestar import Response
from litestar.datastructures import Cookie

from contracts.identity import api
from contracts.identity.models import Activation
from gateway.calls import Refused, typed_as
from portal.frame.spaces import form, page
from portal.frame.visit import Visit

ACTIVATION_COOKIE: Final = "__Host-activation"
ACTIVATION_SECONDS: Final = 3600


@page("/activation/{token:str}")
async def follow_link(visit: Visit, token: str) -> Response[Any]:
    """Keep the secret in a cookie and go on to the portal's own page, without it in the address."""
    cookie = Cookie(
        key=ACTIVATION_COOKIE,
        value=token[:200],
        path="/",
        max_age=ACTIVATION_SECONDS,
        secure=True,
        httponly=True,
        samesite="lax",
    )
    return visit.redirect("/activation", cookies=[cookie])


@page("/activation")
async def activation_page(visit: Visit) -> Response[Any]:
    """The button that activates the space, or what to do without a link."""
    return visit.page("public/activation/activation.html.j2", {"has_token": ACTIVATION_COOKIE in visit.request.cookies})


@form("/activation")
async def activate(visit: Visit) -> Response[Any]:
    """Activate the space and confirm it; a link that no longer works says what to do."""
    token = visit.request.cookies.get(ACTIVATION_COOKIE, "") or "absent-activation"
    try:
        await visit.call(api.activate, typed_as(Activation, {"token": token}))
    except Refused as refused:
        return visit.page("public/activation/activation.html.j2", {"has_token": False}, form=visit.refused(refused))
    page = visit.page("public/activation/activated.html.j2")
    page.set_cookie(Cookie(key=ACTIVATION_COOKIE, value="", path="/", max_age=0, secure=True))
    return page


PAGES = [follow_link, activation_page, activate]
