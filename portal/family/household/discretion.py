"""Asking for the address of one's household to be protected. The page is the same whatever was asked before, and nothing else on the portal shows it."""

from typing import Any, Final

from litestar import Response

from contracts.family.api import my_household
from contracts.family.protection import ProtectionAsked
from contracts.family.protection_api import ask_protection
from gateway.calls import Refused, typed_as
from portal.family.home.pages import CONTACT_PATH
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form

PATH: Final = "/ma-famille/discretion"
ASKED: Final = Form(ProtectionAsked, "discretion.form", ("household_id", "message"))


@page(PATH)
async def discretion_page(visit: Visit) -> Response[Any]:
    """What the town can do for an address that somebody must not learn, and the form to ask for it."""
    context = {"household": await visit.call(my_household)}
    return visit.page("family/household/discretion.html.j2", context, form=visit.form(ASKED))


@action(PATH)
async def ask(visit: Visit) -> Response[Any]:
    """Send it to those who may protect an address. What follows says no more than that something was sent."""
    typed = ASKED.typed(visit.posted.values)
    try:
        await visit.call(ask_protection, typed_as(ProtectionAsked, ASKED.body(typed)))
    except Refused as refused:
        return await show_again(visit, discretion_page, visit.refused(refused, typed, ASKED))
    return visit.redirect(CONTACT_PATH, FlashNotice("success", "message_sent"))


PAGES = [discretion_page, ask]
