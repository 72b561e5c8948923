"""The agents of the town in a list, and what waits for a second person."""

import asyncio
from collections.abc import Awaitable, Coroutine, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.http import PAGE_SIZE, PAGE_SIZE_MAX, Page
from contracts.identity.accounts import LastSignIn
from contracts.identity.agents import AgentChangeDecision, AgentState, AgentSummary
from contracts.identity.agents_api import create_agent, decide_agent_change, list_agent_changes, list_agents
from gateway.calls import Refused
from portal.agents.accounts.filters import Options, chosen, last_sign_in_options
from portal.agents.accounts.wording import Labels, read_labels
from portal.frame.exports import Column, can_export, export, on_the_clock
from portal.frame.spaces import MenuLabel, action, file, page, show_again
from portal.frame.visit import FlashNotice, Visit

PATH: Final = "/agents/comptes"
CHANGES: Final = f"{PATH}/demandes"
SEARCH_MAX: Final = 100


@page(PATH, entry=MenuLabel("agents.menu.accounts", "user", list_agents))
async def agents_page(visit: Visit) -> Response[Any]:
    """Find an agent by name, role, site, state and last sign-in."""
    labels = await read_labels(visit)
    options = _options(visit, labels)
    asked = _asked(visit, options)
    agents, changes = await asyncio.gather(
        _agents(visit, asked, visit.cursor, PAGE_SIZE), visit.call(list_agent_changes)
    )
    context = {
        "agents": agents.items,
        "next_cursor": agents.next_cursor,
        "labels": labels,
        "options": options,
        "asked": asked,
        "can_export": can_export(visit),
        "awaited_count": len(changes.items),
        "can_create": visit.may(create_agent),
    }
    return visit.page("agents/accounts/list.html.j2", context)


@file(f"{PATH}/tableau")
async def agents_file(visit: Visit) -> Response[Any]:
    """The agents found, for a spreadsheet."""
    labels, texts = await read_labels(visit), visit.portal.texts
    asked = _asked(visit, _options(visit, labels))

    def read(cursor: str | None) -> Awaitable[Page[AgentSummary]]:
        return _agents(visit, asked, cursor, PAGE_SIZE_MAX)

    columns: Sequence[Column[AgentSummary]] = (
        Column("agents.accounts.last_name", lambda agent: agent.last_name),
        Column("agents.accounts.first_name", lambda agent: agent.first_name),
        Column("agents.accounts.service", lambda agent: agent.service),
        Column("agents.accounts.roles", lambda agent: labels.of_roles(agent.roles, texts)),
        Column(
            "agents.accounts.sites",
            lambda agent: labels.of_sites(agent.sites, texts, has_every_site=agent.has_every_site),
        ),
        Column("agents.accounts.state", lambda agent: texts(f"agents.accounts.state_of.{agent.state}")),
        Column("agents.accounts.last_sign_in", lambda agent: on_the_clock(visit, agent.last_sign_in_at)),
    )
    return await export(visit, "comptes-agents", columns, read)


def _options(visit: Visit, labels: Labels) -> Options:
    """What the list may be narrowed by, as pairs of value and label under the name of each filter."""
    texts = visit.portal.texts
    return {
        "role": [(role.name, role.label) for role in labels.roles.values()],
        "site": sorted(labels.sites.items(), key=lambda site: site[1]),
        "etat": [(state.value, texts(f"agents.accounts.state_of.{state}")) for state in AgentState],
        "connexion": last_sign_in_options(texts),
    }


def _asked(visit: Visit, options: Options) -> dict[str, str]:
    """What the list is narrowed by: the words and the known choices of the address."""
    search = visit.query("recherche").strip()[:SEARCH_MAX]
    return ({"recherche": search} if search else {}) | chosen(visit, options)


def _agents(
    visit: Visit, asked: Mapping[str, str], cursor: str | None, limit: int
) -> Coroutine[Any, Any, Page[AgentSummary]]:
    state = AgentState(asked["etat"]) if "etat" in asked else None
    last = LastSignIn(asked["connexion"]) if "connexion" in asked else None
    words = asked.get("recherche", "")
    return visit.call(list_agents, words, asked.get("role"), asked.get("site"), state, last, cursor, limit)


@page(CHANGES)
async def changes_page(visit: Visit) -> Response[Any]:
    """The changes that wait for a second person, and what whoever visits may decide."""
    changes, labels = await asyncio.gather(visit.call(list_agent_changes, visit.cursor), read_labels(visit))
    context = {
        "changes": changes.items,
        "next_cursor": changes.next_cursor,
        "labels": labels,
        "own_id": visit.session.account_id,
        "can_decide": visit.may(decide_agent_change),
    }
    return visit.page("agents/accounts/changes.html.j2", context, form=visit.form())


@action(f"{CHANGES}/{{change_id:uuid}}")
async def decide(visit: Visit, change_id: UUID) -> Response[Any]:
    """Confirm or refuse a change as the second person."""
    is_confirmed = visit.posted.get("decision") == "confirm"
    try:
        agent = await visit.call(decide_agent_change, change_id, AgentChangeDecision(is_confirmed=is_confirmed))
    except Refused as refused:
        return await show_again(visit, changes_page, visit.refused(refused))
    notice = "agent_change_confirmed" if is_confirmed else "agent_change_refused"
    return visit.redirect(f"{PATH}/{agent.account_id}", FlashNotice("success", notice))


PAGES = [agents_page, agents_file, changes_page, decide]
