"""Following an activation link: the secret leaves the address at once, and one press of a button activates the space.

The link itself changes nothing, so that a mail filter that opens every link cannot use it up.
"""

import re
from hashlib import sha256
from typing import Any, Final

from litestar import Response
from litestar.datastructures import Cookie

from contracts.identity import api
from contracts.identity.models import Activation
from gateway.calls import Refused, typed_as
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import Visit
from portal.kit import FormState

ACTIVATION_COOKIE: Final = "__Host-activation"
ACTIVATION_SECONDS: Final = 3600
ACTIVATED: Final = "activated."
"""Begins what stands in the cookie for a link that was used up: no secret holds a dot."""
SECRET: Final = re.compile(r"[A-Za-z0-9_-]{16,200}")


@page("/activation/{token:str}")
async def follow_link(visit: Visit, token: str) -> Response[Any]:
    """Keep the secret in a cookie and go on to the portal's own page, without it in the address."""
    return visit.redirect("/activation", cookies=[_cookie(token if SECRET.fullmatch(token) else "")])


@page("/activation")
async def activation_page(visit: Visit) -> Response[Any]:
    """The button that activates the space, the confirmation that it is active, or what to do without a link."""
    kept, form = visit.request.cookies.get(ACTIVATION_COOKIE, ""), visit.form()
    if kept.startswith(ACTIVATED) and not form.is_refused:
        return visit.page("public/activation/activated.html.j2")
    if kept and not form.is_refused:
        try:
            await visit.call(api.check_link, typed_as(Activation, {"token": kept}))
        except Refused as refused:
            form = visit.refused(refused)
    context = {"link": "" if form.is_refused or not kept else _link_of(kept)}
    return visit.page("public/activation/activation.html.j2", context, form=form)


@action("/activation")
async def activate(visit: Visit) -> Response[Any]:
    """Activate the space and confirm it; a link that no longer works says what to do."""
    kept = visit.request.cookies.get(ACTIVATION_COOKIE, "")
    link = _link_of(kept)
    if kept and visit.posted.get("link") != link:
        # A page that is open beside this one followed another link: it is not that one's space that was meant.
        other = FormState(refusal=visit.portal.texts("first_steps.activation.other_link"))
        return await show_again(visit, activation_page, other)
    try:
        if not kept.startswith(ACTIVATED):
            await visit.call(api.activate, typed_as(Activation, {"token": kept or "absent-activation"}))
    except Refused as refused:
        return await show_again(visit, activation_page, visit.refused(refused))
    return visit.redirect("/activation", cookies=[_cookie(ACTIVATED + link)])


def _link_of(kept: str) -> str:
    """What tells a link from another and opens nothing: a digest of its secret, which stays when the secret is used up."""
    return kept.removeprefix(ACTIVATED) if kept.startswith(ACTIVATED) else sha256(kept.encode()).hexdigest()[:16]


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
