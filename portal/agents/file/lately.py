"""What was done for a family, and what was mailed to it, for the tabs of its file."""

import asyncio
from uuid import UUID

from contracts.family.delegations import Delegation
from contracts.family.delegations_api import list_delegations
from contracts.http import Page
from contracts.notifications.api import list_messages
from contracts.notifications.models import Message
from gateway.composing import Part
from portal.agents.file.names import names_in
from portal.agents.file.reading import HouseholdPart, items_of, part_of, value_of
from portal.frame.history import History, Names, delegate_names, read_history
from portal.frame.visit import Visit

DelegationsPart = asyncio.Task[Part[Page[Delegation]] | None]


def delegations_of(visit: Visit, household_id: UUID) -> DelegationsPart:
    """Those whom the family let act, asked for now."""
    return asyncio.create_task(part_of(visit, list_delegations, household_id))


async def history_of(
    visit: Visit, household_id: UUID, household: HouseholdPart, delegations: DelegationsPart
) -> History | None:
    """What was done, in words: people are named as the file has them."""
    names, given = names_in(value_of(await household)), await delegations
    actors = {**delegate_names(items_of(given), visit.portal.texts), **names.adults}
    return await read_history(visit, household_id, Names(actors=actors, people={**names.adults, **names.children}))


async def messages_of(visit: Visit, household: HouseholdPart) -> Part[Page[Message]] | None:
    """What was mailed to who pays."""
    known = value_of(await household)
    if known is None or not known.adults:
        return None
    return await part_of(visit, list_messages, known.payer_adult_id or known.adults[0].adult_id, visit.cursor)
