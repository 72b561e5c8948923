"""An agent's account: what is known of it, and what is done with it as a whole: closed, opened again, invited again, given its roles back."""

import asyncio
from collections.abc import Awaitable
from typing import Any, Final
from uuid import UUID

from litestar import Response

from chassis.clock import civil_day
from contracts.identity.agent_provider_api import unlink_agent
from contracts.identity.agents import Agent, AgentChange, AgentDetails, RolesReturn
from contracts.identity.agents_api import (
    change_agent,
    decide_agent_change,
    give_roles_back,
    invite_agent,
    read_agent,
    reset_second_factor,
)
from contracts.notifications.api import list_messages
from gateway.calls import Refused
from gateway.composing import permitted
from portal.agents.accounts.listing import PATH
from portal.agents.accounts.wording import account_history, permissions_in_words, read_history, read_labels
from portal.agents.mails import link_states
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit

ACCOUNT: Final = f"{PATH}/{{account_id:uuid}}"
CLOSING: Final = f"{ACCOUNT}/fermeture"


@page(ACCOUNT)
async def account_page(visit: Visit, account_id: UUID) -> Response[Any]:
    """Who an agent is, what they may do, how they sign in, what waits for a second person, and what was done with the account."""
    agent, labels, messages, history = await asyncio.gather(
        visit.call(read_agent, account_id),
        read_labels(visit),
        permitted(visit.call(list_messages, account_id)),
        read_history(visit, account_id),
    )
    texts = visit.portal.texts
    known_roles = [labels.roles[name] for name in agent.roles if name in labels.roles]
    is_own = visit.session.account_id == account_id
    context = {
        "agent": agent,
        "labels": labels,
        "roles": [(role, permissions_in_words(role, texts)) for role in known_roles],
        "messages": messages,
        "links": link_states(
            messages.value.items if messages and messages.value else (),
            {agent.invitation_id: agent.invitation_expires_at},
            visit.portal.now(),
        ),
        "history": await account_history(visit, history, labels),
        "is_own": is_own,
        "own_id": visit.session.account_id,
        "can_change": visit.may(change_agent),
        "can_decide": visit.may(decide_agent_change),
        "is_kept": agent.lapses_at is not None
        and civil_day(agent.lapses_at, visit.portal.town.town.zone) < visit.portal.today(),
    }
    return visit.page("agents/accounts/account.html.j2", context, form=visit.form())


@page(CLOSING)
async def closing_page(visit: Visit, account_id: UUID) -> Response[Any]:
    """What closing an account means, before it is done."""
    agent = await visit.call(read_agent, account_id)
    return visit.page("agents/accounts/closing.html.j2", {"agent": agent}, form=visit.form())


@action(CLOSING)
async def close(visit: Visit, account_id: UUID) -> Response[Any]:
    """Close the account: its sessions end at once."""
    try:
        await _close_or_open(visit, account_id, is_disabled=True)
    except Refused as refused:
        return await show_again(visit, closing_page, visit.refused(refused), account_id=account_id)
    visit.sessions.forget_account(account_id)
    return visit.redirect(f"{PATH}/{account_id}", FlashNotice("success", "agent_closed"))


@action(f"{ACCOUNT}/ouverture")
async def reopen(visit: Visit, account_id: UUID) -> Response[Any]:
    """Open the account again, with the roles that it had."""
    return await _act(visit, account_id, _close_or_open(visit, account_id, is_disabled=False), "agent_opened")


@action(f"{ACCOUNT}/invitation")
async def invite(visit: Visit, account_id: UUID) -> Response[Any]:
    """Send a new link; the former one no longer works."""
    return await _act(visit, account_id, visit.call(invite_agent, account_id), "agent_invited")


@action(f"{ACCOUNT}/second-facteur")
async def take_device_off(visit: Visit, account_id: UUID) -> Response[Any]:
    """Take the second factor off an agent who lost it; their sessions end."""
    return await _end(visit, account_id, visit.call(reset_second_factor, account_id), "agent_device_removed")


@action(f"{ACCOUNT}/lien")
async def unlink(visit: Visit, account_id: UUID) -> Response[Any]:
    """Undo the link to the town's provider; the sessions that it opened end."""
    return await _end(visit, account_id, visit.call(unlink_agent, account_id), "agent_unlinked")


@action(f"{ACCOUNT}/roles")
async def give_back(visit: Visit, account_id: UUID) -> Response[Any]:
    """Give back the roles that lapsed."""
    seen = RolesReturn(version=visit.posted.get("version") or "none")
    return await _act(visit, account_id, visit.call(give_roles_back, account_id, seen), "agent_roles_returned")


async def _end(visit: Visit, account_id: UUID, act: Awaitable[object], done: str) -> Response[Any]:
    """Carry out an act that ends sessions: this gateway forgets at once that they were open."""
    try:
        return await _act(visit, account_id, act, done)
    finally:
        visit.sessions.forget_account(account_id)


async def _act(visit: Visit, account_id: UUID, act: Awaitable[object], done: str) -> Response[Any]:
    """Carry out an act of the account's page, which then says what was done, what waits for a second person, or why not."""
    try:
        answer = await act
    except Refused as refused:
        return await show_again(visit, account_page, visit.refused(refused), account_id=account_id)
    notice = notice_of(answer, done) if isinstance(answer, Agent) else FlashNotice("success", done)
    return visit.redirect(f"{PATH}/{account_id}", notice)


def notice_of(agent: Agent, done: str) -> FlashNotice:
    """That something was done, or waits for a second person."""
    return FlashNotice("info", "agent_change_asked") if agent.awaited else FlashNotice("success", done)


async def _close_or_open(visit: Visit, account_id: UUID, *, is_disabled: bool) -> Agent:
    """Change nothing else of the agent whom the page showed."""
    agent = await visit.call(read_agent, account_id)
    details = {name: getattr(agent, name) for name in AgentDetails.model_fields if name != "is_disabled"}
    version = visit.posted.get("version") or "none"
    return await visit.call(change_agent, account_id, AgentChange(**details, is_disabled=is_disabled, version=version))


PAGES = [account_page, closing_page, close, reopen, invite, take_device_off, unlink, give_back]
