"""The public home page: what the portal is for, and the way in."""

from typing import Any

from litestar import Response

from portal.frame.spaces import page
from portal.frame.visit import Visit
from portal.public.sign_in.pages import home_of


@page("/")
async def public_home(visit: Visit) -> Response[Any]:
    """What the portal is for, and the way in."""
    context = {"home_url": home_of(visit.visitor) if visit.visitor.session else "/connexion"}
    return visit.page("public/home/home.html.j2", context)


PAGES = [public_home]
