"""A forgotten password, or a first access: a link and a temporary password are mailed to an address, if it is anybody's.

What the page says is the same for every address, so that nobody learns from it who has a space.
"""

from typing import Any, Final

from litestar import Response

from contracts.identity.api import request_reset
from contracts.identity.models import PasswordReset
from gateway.calls import Refused, typed_as
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import Visit
from portal.kit import Form

FORGOTTEN: Final = Form(PasswordReset, "forgotten", ("email",))
SENT_PATH: Final = "/mot-de-passe-oublie/envoye"


@page("/mot-de-passe-oublie")
async def forgotten_page(visit: Visit) -> Response[Any]:
    """The form that asks for the address."""
    return visit.page("public/forgotten/forgotten.html.j2", form=visit.form(FORGOTTEN))


@action("/mot-de-passe-oublie")
async def ask_for_a_password(visit: Visit) -> Response[Any]:
    """Have a link mailed. An address that was typed where one signs in is taken from there; a user name leads to the form."""
    login = visit.posted.get("login").strip()
    typed = FORGOTTEN.typed(visit.posted.values) or ({"email": login} if "@" in login else {})
    if not typed:
        return visit.redirect(forgotten_page.path)
    try:
        await visit.call(request_reset, typed_as(PasswordReset, FORGOTTEN.body(typed)))
    except Refused as refused:
        return await show_again(visit, forgotten_page, visit.refused(refused, typed, FORGOTTEN))
    return visit.redirect(SENT_PATH)


@page(SENT_PATH)
async def sent_page(visit: Visit) -> Response[Any]:
    """What happens now, and what to do when no mail comes."""
    return visit.page("public/forgotten/sent.html.j2")


PAGES = [forgotten_page, ask_for_a_password, sent_page]
