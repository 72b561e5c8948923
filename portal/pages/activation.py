"""Following an activation link: the secret leaves the address at once, and one press of a button activates the space.

The link itself changes nothing, so that a mail filter that opens every link cannot use it up.
"""

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath

from gateway.auth import Visitor
from gateway.clients.calling import Refused
from gateway.services import Services

from ..render import Portal

ACTIVATION_COOKIE: Final = "__Host-activation"
ACTIVATION_SECONDS: Final = 3600


@get("/activation/{token:str}")
async def follow_link(token: FromPath[str], portal: NamedDependency[Portal]) -> Response[Any]:
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
    return portal.redirect("/activation", cookies=[cookie])


@get("/activation")
async def activation_page(
    request: Request[Any, Any, Any], visitor: NamedDependency[Visitor], portal: NamedDependency[Portal]
) -> Response[Any]:
    """The button that activates the space, or what to do without a link."""
    context = {"has_token": ACTIVATION_COOKIE in request.cookies}
    return portal.page(request, "first_steps/activation.html.j2", visitor, context)


@post("/activation")
async def activate(
    request: Request[Any, Any, Any],
    visitor: NamedDependency[Visitor],
    portal: NamedDependency[Portal],
    services: NamedDependency[Services],
) -> Response[Any]:
    """Activate the space and confirm it; a link that no longer works says what to do."""
    try:
        await services.identity.activate(
            visitor.caller, request.cookies.get(ACTIVATION_COOKIE, "") or "absent-activation"
        )
    except Refused as refused:
        context = {"has_token": False, "refusal": portal.refusal_text(refused.problem)}
        status = refused.problem.status
        return portal.page(request, "first_steps/activation.html.j2", visitor, context, status=status)
    page = portal.page(request, "first_steps/activated.html.j2", visitor)
    page.set_cookie(Cookie(key=ACTIVATION_COOKIE, value="", path="/", max_age=0, secure=True))
    return page


HANDLERS = [follow_link, activation_page, activate]
