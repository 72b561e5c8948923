"""The forms that create an agent and change one: who they are, their roles with what each permits, their sites."""

import asyncio
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from litestar import Response

from chassis.comparing import comparable
from chassis.french import phone
from contracts.identity.agents import Agent, AgentChange, AgentCreate, AgentState
from contracts.identity.agents_api import change_agent, create_agent, own_rights, read_agent
from gateway.auth import WrongSpace
from gateway.calls import Refused, typed_as
from portal.agents.accounts.account import ACCOUNT, notice_of
from portal.agents.accounts.listing import PATH
from portal.agents.accounts.wording import Labels, permissions_in_words, read_labels
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import Visit
from portal.kit import Form, FormState

WHO: Final = ("first_name", "last_name", "service")
RIGHTS: Final = ("roles", "sites", "has_every_site")
NEW_AGENT: Final = Form(AgentCreate, "agents.accounts.form", (*WHO, "email", "employee_number", "username", *RIGHTS))
CHANGED_AGENT: Final = Form(AgentChange, "agents.accounts.form", (*WHO, *RIGHTS))
USERNAME_MAX: Final = 40


@page(f"{PATH}/nouveau")
async def new_agent_page(visit: Visit) -> Response[Any]:
    """The form of a new agent, for whoever may create one."""
    if not visit.may(create_agent):
        raise WrongSpace
    context = await _choices(visit, await read_labels(visit), None)
    return visit.page("agents/accounts/form.html.j2", context, form=visit.form(NEW_AGENT))


@action(f"{PATH}/nouveau")
async def create(visit: Visit) -> Response[Any]:
    """Create the account; the invitation goes by mail. A user name that was left blank is made of the name."""
    typed = _typed(visit, NEW_AGENT)
    is_nameless = not any(str(typed.get(name, "")).strip() for name in ("username", "first_name", "last_name"))
    if not str(typed.get("username", "")).strip():
        typed["username"] = proposed_username(typed.get("first_name", ""), typed.get("last_name", ""))
    try:
        agent = await visit.call(create_agent, typed_as(AgentCreate, _body(NEW_AGENT, typed)))
    except Refused as refused:
        state = _by_group(visit.refused(refused, typed, NEW_AGENT))
        if is_nameless:  # it will be made of the name, which is asked for
            state = replace(state, errors={name: text for name, text in state.errors.items() if name != "username"})
        return await show_again(visit, new_agent_page, state)
    return visit.redirect(f"{PATH}/{agent.account_id}", notice_of(agent, "agent_created"))


@page(f"{ACCOUNT}/modification")
async def change_page(visit: Visit, account_id: UUID) -> Response[Any]:
    """The form that changes an agent, for whoever may. After a refusal it says beside each field what is known by then."""
    if not visit.may(change_agent):
        raise WrongSpace
    agent, labels = await asyncio.gather(visit.call(read_agent, account_id), read_labels(visit))
    known = {
        **{name: getattr(agent, name) for name in WHO},
        "roles": list(agent.roles),
        "sites": list(agent.sites),
        "has_every_site": "true" if agent.has_every_site else "",
    }
    context = await _choices(visit, labels, agent)
    return visit.page("agents/accounts/form.html.j2", context, form=visit.form(CHANGED_AGENT, known))


@action(f"{ACCOUNT}/modification")
async def change(visit: Visit, account_id: UUID) -> Response[Any]:
    """Change the agent, or have the change wait for a second person."""
    typed = _typed(visit, CHANGED_AGENT)
    body = _body(CHANGED_AGENT, typed) | {
        "version": visit.posted.get("version"),
        "is_disabled": visit.posted.get("is_disabled") == "true",
    }
    try:
        agent = await visit.call(change_agent, account_id, typed_as(AgentChange, body))
    except Refused as refused:
        state = _by_group(visit.refused(refused, typed, CHANGED_AGENT))
        return await show_again(visit, change_page, state, account_id=account_id)
    return visit.redirect(f"{PATH}/{account_id}", notice_of(agent, "agent_changed"))


def proposed_username(first_name: str, last_name: str) -> str:
    """A user name made of a name: `c.marchand` for Camille Marchand."""
    first, last = comparable(first_name).replace(" ", ""), comparable(last_name).replace(" ", "-")
    letters = f"{first[:1]}.{last}" if first and last else first or last
    return "".join(letter for letter in letters if letter.isascii())[:USERNAME_MAX]


async def _choices(visit: Visit, labels: Labels, agent: Agent | None) -> dict[str, Any]:
    """What a form offers, and who could confirm what takes two; what an agent has already is offered even if the town does not know it any more."""
    town, rights = visit.portal.town.town, await visit.call(own_rights)
    deciders = list(rights.managers_to_ask)
    if agent and (name := f"{agent.first_name} {agent.last_name}") in deciders:
        deciders.remove(name)
    sites = {**dict.fromkeys(agent.sites if agent else (), ""), **labels.sites}
    own = set(agent.roles if agent else ()) - labels.roles.keys()
    return {
        "agent": agent,
        "labels": labels,
        "roles": [(role, permissions_in_words(role, visit.portal.texts)) for role in labels.roles.values()],
        "gone_roles": sorted(own),
        "sites": sorted(((code, label or code) for code, label in sites.items()), key=lambda site: site[1]),
        "deciders": deciders,
        "contact": {"phone": phone(town.contact_phone), "email": town.contact_email},
        "is_disabled": agent is not None and agent.state is AgentState.CLOSED,
    }


def _typed(visit: Visit, form: Form) -> dict[str, Any]:
    """What was typed, with every box that was ticked."""
    ticked = {name: visit.posted.all(name) for name in ("roles", "sites")}
    return {**form.typed(visit.posted.values), **ticked}


def _body(form: Form, typed: dict[str, Any]) -> dict[str, Any]:
    return form.body(typed) | {"has_every_site": typed.get("has_every_site") == "true"}


def _by_group(state: FormState) -> FormState:
    """What is wrong with one role or site is shown at its group."""
    errors: dict[str, str] = {}
    for name, text in state.errors.items():
        errors.setdefault(name.partition(".")[0], text)
    return replace(state, errors=errors)


PAGES = [new_agent_page, create, change_page, change]
