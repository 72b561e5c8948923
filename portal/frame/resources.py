"""A household's resources in words, for both spaces: what follows with its dates, and what was known last of its incomes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.family.resource_words import ResourcesState
from contracts.family.resources import KnownQuotient, Resources


@dataclass(frozen=True, slots=True)
class Step:
    """Something that follows: the key of its text, and its day."""

    key: str
    day: date


def steps(resources: Resources, today: date) -> Iterator[Step]:
    """What follows while nothing is renewed: words before the last day unless a proof waits, that day, and the highest price from the next one on."""
    last_on = resources.last_on
    if last_on is None or any(known.quotient.effective_on == last_on + timedelta(days=1) for known in resources.known):
        return
    if resources.state is not ResourcesState.WAITING:
        for days in sorted((item for item in resources.notice_days if item >= 0), reverse=True):
            if (day := last_on - timedelta(days=days)) > today:
                yield Step("notice", day)
    yield Step("last", last_on)
    yield Step("top", last_on + timedelta(days=1))


def last_incomes(resources: Resources) -> KnownQuotient | None:
    """The newest entry that says an income."""
    return next((known for known in resources.known if known.income_cents is not None and not known.replaced_at), None)


def counting(resources: Resources) -> KnownQuotient | None:
    """The entry whose quotient counts today, or counted last."""
    known = [item for item in resources.known if not item.replaced_at]
    return next((item for item in known if item.quotient == resources.quotient), None)
