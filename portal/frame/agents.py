"""Agents by name, for agents."""

from collections.abc import Iterable
from uuid import UUID

from contracts.http import PAGE_SIZE_MAX
from contracts.identity.agents_api import agent_names
from contracts.identity.models import NamesAsked
from gateway.composing import permitted
from portal.frame.visit import Visit


async def agents_by_name(visit: Visit, account_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """The agents among these accounts; none while identity does not say who they are."""
    asked = tuple(sorted({account_id for account_id in account_ids if account_id}))[:PAGE_SIZE_MAX]
    part = await permitted(visit.call(agent_names, NamesAsked(account_ids=asked))) if asked else None
    return {agent.account_id: agent.name for agent in part.value.items} if part and part.value else {}


async def agent_name(visit: Visit, account_id: UUID) -> str:
    """An agent by name; "an agent", while identity does not say who."""
    known = await agents_by_name(visit, [account_id])
    return known.get(account_id) or visit.portal.texts("editing.somebody")
