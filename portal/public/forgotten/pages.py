"""A forgotten password, or a first access: a link and a temporary password are mailed to an address, if it is anybody's.

What the page says is the same for every address, so that nobody learns from it who has a space.
"""

from typing import Any, Final
from urllib.parse import urlencode

from joserfc.jwk import OctKey
from litestar import Response

from contracts.identity.api import request_reset
from contracts.identity.models import PasswordReset
from gateway.calls import Refused, typed_as
from portal.frame import kept_forms
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import Visit
from portal.kit import Form, FormState

FORGOTTEN: Final = Form(PasswordReset, "forgotten", ("email",))
SENT_PATH: Final = "/mot-de-passe-oublie/envoye"
SENT: Final = "envoi"
"""The parameter of that page which names the address that is kept."""


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
    # The address goes sealed from page to page: it stands in no address of ours.
    kept = kept_forms.keep(FormState(typed), SENT_PATH, _sealing_key(visit), visit.request.cookies)
    if kept is None:
        return visit.redirect(SENT_PATH)
    return visit.redirect(f"{SENT_PATH}?{urlencode({SENT: kept.name})}", cookies=kept.cookies)


@page(SENT_PATH)
async def sent_page(visit: Visit) -> Response[Any]:
    """What happens now, to which address the mail goes, and what to do when none comes."""
    kept = kept_forms.kept(visit.query(SENT), _sealing_key(visit), visit.request.cookies)
    return visit.page("public/forgotten/sent.html.j2", {"email": kept.value("email") if kept else ""})


def _sealing_key(visit: Visit) -> OctKey:
    return visit.sessions.sealing_key(visit.sessions.holder(visit.visitor.session), SENT_PATH)


PAGES = [forgotten_page, ask_for_a_password, sent_page]
