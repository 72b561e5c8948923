"""Following the link that confirms an e-mail address: one press of a button confirms it."""

from typing import Any, Final

from litestar import Response

from contracts.family.api import check_email_link, confirm_email
from contracts.family.email_changes import EmailLink
from gateway.calls import Refused, typed_as
from portal.frame.mailed_links import MailedLinks
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import Visit
from portal.kit import FormState

LINKS: Final = MailedLinks("__Host-adresse")


@page("/adresse/{token:str}")
async def follow_email_link(visit: Visit, token: str) -> Response[Any]:
    """Keep the secret in a cookie and go on to the portal's own page, without it in the address."""
    return visit.redirect("/adresse", cookies=[LINKS.keep(token)])


@page("/adresse")
async def email_link_page(visit: Visit) -> Response[Any]:
    """The button that confirms the address, the word that it is confirmed, or what to do without a link."""
    link, form, pending = LINKS.followed(visit), visit.form(), None
    if link.is_used and not form.is_refused:
        return visit.page("public/email_link/confirmed.html.j2")
    if link.kept and not form.is_refused:
        try:
            pending = await visit.call(check_email_link, typed_as(EmailLink, {"token": link.secret}))
        except Refused as refused:
            form = visit.refused(refused)
    return visit.page("public/email_link/email_link.html.j2", {"pending": pending, "link": link.mark}, form=form)


@action("/adresse", has_secret=True)
async def confirm_address(visit: Visit) -> Response[Any]:
    """Confirm the address; a link that no longer works says what to do."""
    link = LINKS.followed(visit)
    if link.is_other(visit.posted.get("link")):
        return await show_again(visit, email_link_page, FormState(refusal=visit.portal.texts("email_link.other_link")))
    try:
        if not link.is_used:
            await visit.call(confirm_email, typed_as(EmailLink, {"token": link.secret}))
    except Refused as refused:
        return await show_again(visit, email_link_page, visit.refused(refused))
    return visit.redirect("/adresse", cookies=[LINKS.use(link)])


PAGES = [follow_email_link, email_link_page, confirm_address]
