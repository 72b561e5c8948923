"""How long an export is kept, and when it has all its parts."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

from contracts.types import SERVICES

KEPT_DAYS: Final = 7
KEPT_MAX: Final = 3
"""Of an adult: whoever begins another one loses the oldest."""


def last_day(begun_on: date) -> date:
    """The last day on which an export that is begun now is there."""
    return begun_on + timedelta(days=KEPT_DAYS)


def is_gathered(services: Collection[str]) -> bool:
    """Whether every service has said its part."""
    return set(SERVICES) <= set(services)
