"""The accounts of a household's adults at the counter: a new link by mail, or a password that is given and shown once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response

from contracts.family.api import read_household
from contracts.identity.api import give_password, invite_again
from portal.account.terms.pages import proof_file
from portal.frame.spaces import action, file, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import FormState


@action("/agents/familles/{household_id:uuid}/invitation/{account_id:uuid}")
async def send_invitation(visit: Visit, household_id: UUID, account_id: UUID) -> Response[Any]:
    """Send a new activation link; the former one no longer works."""
    await visit.call(invite_again, account_id)
    return visit.redirect(f"/agents/familles/{household_id}", FlashNotice("success", "invitation_sent"))


@page("/agents/familles/{household_id:uuid}/mot-de-passe")
async def password_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """The sheet with a password that was given a moment ago, to be printed; the file once it is not kept any more."""
    form = visit.form()
    if not form.value("login"):
        return visit.redirect(f"/agents/familles/{household_id}")
    context = {
        "household": await visit.call(read_household, household_id),
        "login": form.value("login"),
        "password": form.value("given"),
        "expires_at": datetime.fromisoformat(form.value("expires_at")),
        "portal_url": visit.sessions.origin,
    }
    return visit.page("agents/counter/password.html.j2", context)


@action("/agents/familles/{household_id:uuid}/mot-de-passe/{account_id:uuid}")
async def give(visit: Visit, household_id: UUID, account_id: UUID) -> Response[Any]:
    """Give the holder of an account a password in place of any other. The browser keeps it sealed, for the page that shows it."""
    given = await visit.call(give_password, account_id)
    values = {"login": given.login, "given": given.temporary_password, "expires_at": given.expires_at.isoformat()}
    return await show_again(visit, password_page, FormState(values), household_id=household_id)


@file("/agents/familles/{household_id:uuid}/conditions/{account_id:uuid}")
async def acceptance_proof(visit: Visit, household_id: UUID, account_id: UUID) -> Response[Any]:
    """The proof that the holder of an account accepted the terms, which the town may have to give."""
    return await proof_file(visit, account_id)


PAGES = [send_invitation, password_page, give, acceptance_proof]
