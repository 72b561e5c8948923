"""What parents authorize for a school year, as they say it themselves or as an agent enters it from paper: one form for both."""

from collections.abc import Mapping
from datetime import date, time
from typing import Final

from contracts.family.authorizations import AuthorizationsChange
from contracts.family.child_events import Consent
from portal.frame.visit import Visit
from portal.kit import Form

AHEAD_MONTHS: Final = range(6, 9)
"""When families may answer for the school year that follows, too."""
AUTHORIZATIONS: Final = Form(
    AuthorizationsChange,
    "authorizations",
    ("image", "swimming", "outings", "leaving_alone", "leaves_from", "hospital"),
)


def school_years(today: date) -> list[int]:
    """The school years that can be answered for, by the year in which they begin."""
    current = today.year if today.month >= AHEAD_MONTHS.stop else today.year - 1
    return [current, current + 1] if today.month in AHEAD_MONTHS else [current]


def consents(visit: Visit) -> list[tuple[str, str]]:
    """What may be answered, or not answered yet."""
    texts = visit.portal.texts
    return [
        *((consent.value, texts(f"authorizations.consent.{consent}")) for consent in Consent),
        ("", texts("authorizations.consent.none")),
    ]


def values_of(answers: Mapping[str, Consent | None], leaves_from: time | None) -> dict[str, str]:
    """Answers as they would be typed."""
    given = {name: str(answers.get(name) or "") for name in AUTHORIZATIONS.fields}
    return given | {"leaves_from": leaves_from.strftime("%H:%M") if leaves_from else ""}


def sent(typed: Mapping[str, str]) -> dict[str, str]:
    """What is meant of what was typed: an hour says nothing where the child may not go home alone."""
    is_leaving = typed.get("leaving_alone") == Consent.GIVEN
    return {name: value for name, value in typed.items() if name != "leaves_from" or is_leaving}
