"""The accounts of a household's adults at the counter: a new link by mail, a password that is given and shown once, and the end of the sessions
of a lost telephone."""

import asyncio
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Response
from litestar.exceptions import NotFoundException

from contracts.family.api import read_household
from contracts.identity.api import end_account_sessions, give_password, invite_again, list_accounts
from contracts.identity.sessions import SessionsEnd
from gateway.calls import Refused, typed_as
from portal.account.terms.pages import proof_file
from portal.frame.spaces import action, file, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState

SESSIONS: Final = "/agents/familles/{household_id:uuid}/connexions/{account_id:uuid}"
END: Final = Form(SessionsEnd, "agents.sessions_end", ("reason",))


@action("/agents/familles/{household_id:uuid}/invitation/{account_id:uuid}")
async def send_invitation(visit: Visit, household_id: UUID, account_id: UUID) -> Response[Any]:
    """Send a new activation link; the former one no longer works."""
    await visit.call(invite_again, account_id)
    return visit.redirect(f"/agents/familles/{household_id}/personnes", FlashNotice("success", "invitation_sent"))


@page("/agents/familles/{household_id:uuid}/mot-de-passe")
async def password_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """The sheet with a password that was given a moment ago, to be printed: it is shown once, then the file says how to give another one."""
    form = visit.form()
    if not form.value("login"):
        return visit.redirect(f"/agents/familles/{household_id}/personnes", visit.shown_before("password_shown_once"))
    context = {
        "household": await visit.call(read_household, household_id),
        "login": form.value("login"),
        "password": form.value("given"),
        "expires_at": datetime.fromisoformat(form.value("expires_at")),
        "portal_url": visit.sessions.origin,
    }
    return visit.once(visit.page("agents/counter/password.html.j2", context))


@action("/agents/familles/{household_id:uuid}/mot-de-passe/{account_id:uuid}")
async def give(visit: Visit, household_id: UUID, account_id: UUID) -> Response[Any]:
    """Give the holder of an account a password in place of any other. The browser keeps it sealed, for the page that shows it."""
    given = await visit.call(give_password, account_id)
    values = {"login": given.login, "given": given.temporary_password, "expires_at": given.expires_at.isoformat()}
    return await show_again(visit, password_page, FormState(values), household_id=household_id)


@page(SESSIONS)
async def sessions_page(visit: Visit, household_id: UUID, account_id: UUID) -> Response[Any]:
    """What ending the sessions of an account means, before it is done."""
    household = await visit.call(read_household, household_id)
    pages = await asyncio.gather(*(visit.call(list_accounts, adult.adult_id) for adult in household.adults))
    holders = {
        account.account_id: adult for adult, page in zip(household.adults, pages, strict=True) for account in page.items
    }
    if account_id not in holders:
        raise NotFoundException
    context = {"household": household, "account_id": account_id, "holder": holders[account_id]}
    return visit.page("agents/counter/sessions_end.html.j2", context, form=visit.form(END))


@action(SESSIONS)
async def end_sessions(visit: Visit, household_id: UUID, account_id: UUID) -> Response[Any]:
    """End them, with a reason that the family reads."""
    typed = END.typed(visit.posted.values)
    try:
        await visit.call(end_account_sessions, account_id, typed_as(SessionsEnd, END.body(typed)))
    except Refused as refused:
        form = visit.refused(refused, typed, END)
        return await show_again(visit, sessions_page, form, household_id=household_id, account_id=account_id)
    visit.sessions.forget_account(account_id)
    return visit.redirect(
        f"/agents/familles/{household_id}/personnes", FlashNotice("success", "account_sessions_ended")
    )


@file("/agents/familles/{household_id:uuid}/conditions/{account_id:uuid}")
async def acceptance_proof(visit: Visit, household_id: UUID, account_id: UUID) -> Response[Any]:
    """The proof that the holder of an account accepted the terms, which the town may have to give."""
    return await proof_file(visit, account_id)


PAGES = [send_invitation, password_page, give, sessions_page, end_sessions, acceptance_proof]
