"""Agents by name, for agents."""

from uuid import UUID

from contracts.identity.agents_api import agent_names
from contracts.identity.models import NamesAsked
from gateway.composing import permitted
from portal.frame.visit import Visit


async def agent_name(visit: Visit, account_id: UUID) -> str:
    """An agent by name; "an agent", while identity does not say who."""
    part = await permitted(visit.call(agent_names, NamesAsked(account_ids=(account_id,))))
    if part and part.value and part.value.items:
        return part.value.items[0].name
    return visit.portal.texts("editing.somebody")
