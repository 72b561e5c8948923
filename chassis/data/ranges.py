"""Ranges of dates in PostgreSQL: the one place that knows that `daterange` answers with its upper end excluded."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol
from uuid import UUID

import asyncpg

from chassis.days import ONE_DAY, DateRange


def stored_range(during: DateRange) -> "asyncpg.Range[Any]":
    """A range as a parameter of a statement."""
    return asyncpg.Range(during.starts_on, during.ends_on, lower_inc=True, upper_inc=during.ends_on is not None)


def read_range(value: "asyncpg.Range[Any]") -> DateRange:
    """A range as a row holds it, which is never empty."""
    return DateRange.between(value.lower, None if value.upper is None else value.upper - ONE_DAY)


class DatedPerson(Protocol):
    """Somebody from a day until a day, as states say it; both days count."""

    @property
    def person_id(self) -> UUID: ...
    @property
    def starts_on(self) -> date: ...
    @property
    def ends_on(self) -> date | None: ...


def stored_memberships(people: Sequence[DatedPerson]) -> "tuple[list[UUID], list[asyncpg.Range[Any]]]":
    """People and their days as two parameters of a statement, to be read by `unnest`."""
    ranges = [stored_range(DateRange.between(person.starts_on, person.ends_on)) for person in people]
    return [person.person_id for person in people], ranges
