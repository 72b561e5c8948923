"""One's own e-mail address: the form that asks for another one, and what happens until its link is followed."""

from typing import Any, Final

from litestar import Response

from contracts.family.api import ask_email_change, own_email_change, withdraw_email_change
from contracts.family.email_changes import EmailChangeRequest
from gateway.auth import WrongSpace
from gateway.calls import Refused, typed_as
from portal.frame.spaces import action, only_families, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form

PATH: Final = "/mon-adresse-e-mail"
CHANGE: Final = Form(EmailChangeRequest, "own_email", ("email",))


@page(PATH, admits=only_families)
async def own_email_page(visit: Visit) -> Response[Any]:
    """The present address, the one that waits to be confirmed, and the form."""
    _require_families(visit)
    own = await visit.call(own_email_change)
    return visit.page("account/email/email.html.j2", {"own": own, "path": PATH}, form=visit.form(CHANGE))


@action(PATH, admits=only_families)
async def ask_for_address(visit: Visit) -> Response[Any]:
    """Ask for another address, or have the link of the one that waits sent again."""
    _require_families(visit)
    typed = CHANGE.typed(visit.posted.values)
    try:
        await visit.call(ask_email_change, typed_as(EmailChangeRequest, typed))
    except Refused as refused:
        return await show_again(visit, own_email_page, visit.refused(refused, typed, CHANGE))
    return visit.redirect(PATH, FlashNotice("success", "email_asked"))


@action(f"{PATH}/annuler", admits=only_families, typing=None)
async def keep_address(visit: Visit) -> Response[Any]:
    """Withdraw what was asked for."""
    _require_families(visit)
    await visit.call(withdraw_email_change)
    return visit.redirect(PATH, FlashNotice("success", "email_kept"))


def _require_families(visit: Visit) -> None:
    if not visit.portal.town.is_email_for_families:
        raise WrongSpace


PAGES = [own_email_page, ask_for_address, keep_address]
