"""Which household pages are about, for an adult who belongs to several: chosen once, kept by their browser.

The choice opens nothing: a service judges the household that it names like any other.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from litestar.datastructures import Cookie

COOKIE: Final = "__Host-household"
HOUSEHOLD: Final = "household_id"
"""What a query parameter is called that names a household."""
KEPT: Final = re.compile(
    r"(?P<guardian_id>[0-9a-f-]{36})\.(?P<household_id>[0-9a-f-]{36})\.(?P<reference>[A-Z0-9-]{1,20})"
)


@dataclass(frozen=True, slots=True)
class ChosenHousehold:
    """A household that somebody chose among theirs, and the number of its file."""

    household_id: UUID
    reference: str


def chosen_household(cookies: Mapping[str, str], guardian_id: UUID | None) -> ChosenHousehold | None:
    """What this guardian chose in this browser; what another one chose there before does not count."""
    kept = KEPT.fullmatch(cookies.get(COOKIE, ""))
    if kept is None or kept["guardian_id"] != str(guardian_id):
        return None
    try:
        return ChosenHousehold(UUID(kept["household_id"]), kept["reference"])
    except ValueError:
        return None


def household_cookie(chosen: ChosenHousehold, guardian_id: UUID) -> Cookie:
    """The cookie that keeps a choice as long as the browser stays open."""
    return _cookie(f"{guardian_id}.{chosen.household_id}.{chosen.reference}")


def cleared_household_cookie() -> Cookie:
    """The cookie that makes the browser forget the choice."""
    return _cookie("", max_age=0)


def _cookie(value: str, max_age: int | None = None) -> Cookie:
    return Cookie(key=COOKIE, value=value, path="/", secure=True, httponly=True, samesite="lax", max_age=max_age)
