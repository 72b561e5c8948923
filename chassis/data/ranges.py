"""Ranges of dates in PostgreSQL: the one place that knows that `daterange` answers with its upper end excluded."""

from collections.abc import Iterable
from typing import Any

import asyncpg

from chassis.days import ONE_DAY, DateRange, Days


def stored_range(during: DateRange) -> "asyncpg.Range[Any]":
    """A range as a parameter of a statement."""
    return asyncpg.Range(during.starts_on, during.ends_on, lower_inc=True, upper_inc=during.ends_on is not None)


def read_range(value: "asyncpg.Range[Any]") -> DateRange:
    """A range as a row holds it, which is never empty."""
    return DateRange.between(value.lower, None if value.upper is None else value.upper - ONE_DAY)


def read_ranges(values: "Iterable[asyncpg.Range[Any]]") -> Days:
    """The days of a multirange as a row holds it."""
    return Days.of(read_range(value) for value in values)
