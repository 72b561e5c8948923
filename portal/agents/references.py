"""A file by its reference, as agents type and read it: it is opened, and no list of one is shown."""

from collections.abc import Iterable
from uuid import UUID

from contracts.family.search import HouseholdSummary, MatchKind


def named_file(households: Iterable[HouseholdSummary]) -> UUID | None:
    """The one file of what was found whose reference is exactly what was typed."""
    named = [
        household.household_id
        for household in households
        if any(match.kind is MatchKind.REFERENCE and not match.is_near for match in household.matches)
    ]
    return named[0] if len(named) == 1 else None
