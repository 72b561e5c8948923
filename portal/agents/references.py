"""A file by its reference and a request by its number, as agents type and read them: it is opened, and no list of one is shown."""

import re
from collections.abc import Iterable
from uuid import UUID

from contracts.family.request_words import REQUEST_NUMBER
from contracts.family.requests_api import list_requests
from contracts.family.search import HouseholdSummary, MatchKind
from portal.frame.visit import Visit


def named_file(households: Iterable[HouseholdSummary]) -> UUID | None:
    """The one file of what was found whose reference is exactly what was typed."""
    named = [
        household.household_id
        for household in households
        if any(match.kind is MatchKind.REFERENCE and not match.is_near for match in household.matches)
    ]
    return named[0] if len(named) == 1 else None


async def numbered_request(visit: Visit, typed: str) -> UUID | None:
    """The request whose number is exactly what was typed, if whoever looks may read it."""
    number = typed.upper()
    if not re.fullmatch(REQUEST_NUMBER, number) or not visit.may(list_requests):
        return None
    requests = await visit.call(list_requests, number=number)
    return next((item.request_id for item in requests.items), None)
