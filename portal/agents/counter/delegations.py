"""Whom a family lets act for its children, as agents see it, and what became of their account; ending that for a family, with a reason that it reads,
and the sessions of a delegate who lost a telephone."""

from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.delegations import Delegation, DelegationStop
from contracts.family.delegations_api import end_delegation, list_delegations
from contracts.identity.api import end_account_sessions, list_accounts
from contracts.identity.models import Account
from contracts.identity.sessions import SessionsEnd
from gateway.auth import WrongSpace
from gateway.calls import Refused, typed_as
from gateway.composing import no_part, permitted
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form

PATH: Final = "/agents/familles/{household_id:uuid}/personnes-de-confiance/{delegation_id:uuid}"
SESSIONS: Final = f"{PATH}/connexions"
STOP: Final = Form(DelegationStop, "agents.delegation", ("reason",))
END: Final = Form(SessionsEnd, "agents.delegate_sessions", ("reason",))


@page(PATH)
async def delegation_page(visit: Visit, household_id: UUID, delegation_id: UUID) -> Response[Any]:
    """A delegation of a household, and the form that ends it for whoever may."""
    delegation = await _of_household(visit, household_id, delegation_id)
    delegate_id = delegation.delegate_id
    context = {
        "household_id": household_id,
        "delegation": delegation,
        "accounts": await (permitted(visit.call(list_accounts, delegate_id)) if delegate_id else no_part()),
        "can_end": visit.may(end_delegation),
        "can_end_sessions": visit.may(end_account_sessions),
    }
    return visit.page("agents/counter/delegation.html.j2", context, form=visit.form(STOP))


@action(PATH)
async def stop(visit: Visit, household_id: UUID, delegation_id: UUID) -> Response[Any]:
    """End it."""
    await _of_household(visit, household_id, delegation_id)
    typed = STOP.typed(visit.posted.values)
    try:
        await visit.call(end_delegation, delegation_id, typed_as(DelegationStop, STOP.body(typed)))
    except Refused as refused:
        state = visit.refused(refused, typed, STOP)
        return await show_again(visit, delegation_page, state, household_id=household_id, delegation_id=delegation_id)
    return visit.redirect(f"/agents/familles/{household_id}", FlashNotice("success", "delegation_stopped"))


@page(SESSIONS)
async def sessions_page(visit: Visit, household_id: UUID, delegation_id: UUID) -> Response[Any]:
    """What ending the sessions of a delegate means, before it is done."""
    delegation = await _of_household(visit, household_id, delegation_id)
    await _account_of(visit, delegation)
    context = {"household_id": household_id, "delegation": delegation}
    return visit.page("agents/counter/delegate_sessions.html.j2", context, form=visit.form(END))


@action(SESSIONS)
async def end_sessions(visit: Visit, household_id: UUID, delegation_id: UUID) -> Response[Any]:
    """End them."""
    account = await _account_of(visit, await _of_household(visit, household_id, delegation_id))
    typed = END.typed(visit.posted.values)
    try:
        await visit.call(end_account_sessions, account.account_id, typed_as(SessionsEnd, END.body(typed)))
    except Refused as refused:
        state = visit.refused(refused, typed, END)
        return await show_again(visit, sessions_page, state, household_id=household_id, delegation_id=delegation_id)
    visit.sessions.forget_account(account.account_id)
    return visit.redirect(
        f"/agents/familles/{household_id}/personnes-de-confiance/{delegation_id}",
        FlashNotice("success", "account_sessions_ended"),
    )


async def _account_of(visit: Visit, delegation: Delegation) -> Account:
    """The account of whoever holds a delegation. Raises WrongSpace: there is none."""
    accounts = await visit.call(list_accounts, delegation.delegate_id) if delegation.delegate_id else None
    if accounts is None or not accounts.items:
        raise WrongSpace
    return accounts.items[0]


async def _of_household(visit: Visit, household_id: UUID, delegation_id: UUID) -> Delegation:
    """A delegation that the household gave. Raises WrongSpace: it gave no such one."""
    cursor = None
    while True:
        delegations = await visit.call(list_delegations, household_id, cursor)
        for item in delegations.items:
            if item.delegation_id == delegation_id:
                return item
        if (cursor := delegations.next_cursor) is None:
            raise WrongSpace


PAGES = [delegation_page, stop, sessions_page, end_sessions]
