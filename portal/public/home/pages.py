"""The public home page: what the portal is for, and the way in."""

from typing import Any

from litestar import Response

from contracts.types import SessionStage
from portal.frame.errors import SIGN_IN
from portal.frame.spaces import page
from portal.frame.visit import Visit
from portal.public.sign_in.pages import home_of


@page("/")
async def public_home(visit: Visit) -> Response[Any]:
    """What the portal is for, and the way in."""
    is_signed_in = visit.visitor.session is not None
    context = {
        "home_url": home_of(visit.visitor) if is_signed_in else "/connexion",
        "is_signed_in": is_signed_in,
        "is_step_waiting": is_signed_in and visit.session.stage is not SessionStage.READY,
    }
    return visit.page("public/home/home.html.j2", context, form=visit.form(SIGN_IN))


PAGES = [public_home]
