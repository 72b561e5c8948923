"""Imports of households: what the lines of a file mean, and how a household differs from what a file says. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum, auto
from typing import Any, Final

from chassis.comparing import comparable, comparable_name
from contracts.family.import_words import ImportColumn as Column
from contracts.types import Civility, QuotientSource

from ..cells.domain import CIVILITIES, cents_of, day_of
from ..cells.domain import ImportReason as Reason

KEPT: Final = timedelta(days=30)
"""An import is kept for so long after it ended, or after it was proposed if nobody confirmed it."""
ADULTS_MAX: Final = 2
CHILDREN_MAX: Final = 15
KEY_LENGTH_MAX: Final = 80
_FORMULA: Final = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_TEXTS: Final = (
    Column.FIRST_NAME,
    Column.LAST_NAME,
    Column.STREET,
    Column.COMPLEMENT,
    Column.CITY,
    Column.COUNTRY,
    Column.ELSEWHERE,
)
HOME: Final = (Column.STREET, Column.COMPLEMENT, Column.POSTAL_CODE, Column.CITY, Column.COUNTRY)
SECRET: Final = (*HOME, Column.SECRET_REASON)
"""What a report says of no household whose address is protected, or is to be."""
_QUOTIENT: Final = (Column.QUOTIENT, Column.QUOTIENT_ON, Column.QUOTIENT_SOURCE)


class Role(StrEnum):
    """What a line says somebody is in the household."""

    PAYER = auto()
    ADULT = auto()
    CHILD = auto()


ROLES: Final = {
    "payeur": Role.PAYER,
    "payeuse": Role.PAYER,
    "adulte": Role.ADULT,
    "responsable": Role.ADULT,
    "enfant": Role.CHILD,
}
SOURCES: Final = {
    "": QuotientSource.AGENT,
    "agent": QuotientSource.AGENT,
    "caf": QuotientSource.CAF,
    "msa": QuotientSource.MSA,
    "avis d imposition": QuotientSource.TAX_NOTICE,
    "impots": QuotientSource.TAX_NOTICE,
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a file: what its cells say, those that say something."""

    number: int
    cells: Mapping[Column, str]

    def cell(self, column: Column) -> str:
        """What a cell says, empty where it says nothing."""
        return self.cells.get(column, "")

    @property
    def household_key(self) -> str:
        """The former software's reference of the household."""
        return self.cell(Column.HOUSEHOLD)[:KEY_LENGTH_MAX]

    @property
    def role(self) -> Role | None:
        """What somebody is in the household; None where it says nothing that is known."""
        return ROLES.get(comparable(self.cell(Column.ROLE)))


@dataclass(frozen=True, slots=True)
class Fault:
    """What a line has against it, or how it differs from what is there."""

    line: int
    column: Column
    code: str
    params: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A household as its lines say it: the body of the request that opens it, where each part of it was said, and the key of each child that has one."""

    body: Mapping[str, Any]
    places: Mapping[str, tuple[int, Column]]
    child_keys: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = field(default=())

    @property
    def is_secret(self) -> bool:
        """Whether the household's address is to be told nowhere."""
        return self.body.get("secret_reason") is not None

    def fault(self, pointer: str, code: str, params: tuple[tuple[str, Any], ...] = ()) -> Fault:
        """What is wrong with a part of the request, at the line and column that said it, or that should have."""
        place = pointer
        while place not in self.places and place:
            place = place.rpartition("/")[0]
        line, column = self.places[place]
        return Fault(line, column, code, params)


def households_of(rows: Iterable[Row]) -> Iterator[tuple[Row, ...]]:
    """The lines of each household, in the order of the first ones; a line without a reference stands alone."""
    homes: dict[str, list[Row]] = {}
    for row in rows:
        homes.setdefault(row.household_key or f"\n{row.number}", []).append(row)
    yield from (tuple(home) for home in homes.values())


def is_secret(rows: Iterable[Row]) -> bool:
    """Whether the lines of a household say that its address is to be told nowhere."""
    return any(row.cell(Column.SECRET_REASON) for row in rows)


def drafted(rows: Sequence[Row]) -> Draft:
    """The household that these lines mean."""
    faults = [*_line_faults(rows), *_role_faults(rows)]
    payer = next((row for row in rows if row.role is Role.PAYER), rows[0])
    partner = next((row for row in rows if row.role is Role.ADULT), None)
    children = [row for row in rows if row.role is Role.CHILD]
    places: dict[str, tuple[int, Column]] = {"": (payer.number, Column.HOUSEHOLD)}
    adults = [("guardian", payer)] + ([("co_guardian", partner)] if partner else [])
    body: dict[str, Any] = {name: _adult(row, f"/{name}", places, faults) for name, row in adults}
    body["address"] = {
        column.value: payer.cell(column) or None
        for column in HOME
        if payer.cell(column) or column is not Column.COUNTRY
    }
    places |= {f"/address/{column.value}": (payer.number, column) for column in HOME}
    places["/address"] = (payer.number, Column.STREET)
    places["/secret_reason"] = (payer.number, Column.SECRET_REASON)
    body["secret_reason"] = payer.cell(Column.SECRET_REASON) or None
    body["children"] = [_child(row, f"/children/{at}", places, faults) for at, row in enumerate(children)]
    places["/children"] = (payer.number, Column.ROLE)
    if any(payer.cell(column) for column in _QUOTIENT):
        body["quotient"] = _quotient(payer, places, faults)
    return Draft(body, places, tuple(row.cell(Column.CHILD_KEY) for row in children), tuple(faults))


def _line_faults(rows: Sequence[Row]) -> Iterator[Fault]:
    payer = next((row for row in rows if row.role is Role.PAYER), None)
    for row in rows:
        if not row.household_key:
            yield Fault(row.number, Column.HOUSEHOLD, Reason.IMPORT_HOUSEHOLD_MISSING)
        if len(row.cell(Column.HOUSEHOLD)) > KEY_LENGTH_MAX:
            yield Fault(row.number, Column.HOUSEHOLD, Reason.IMPORT_KEY_TOO_LONG)
        if len(row.cell(Column.CHILD_KEY)) > KEY_LENGTH_MAX:
            yield Fault(row.number, Column.CHILD_KEY, Reason.IMPORT_KEY_TOO_LONG)
        for column in _TEXTS:
            if _FORMULA.match(row.cell(column)):
                yield Fault(row.number, column, Reason.IMPORT_FORMULA)
        if payer is None or row is payer:
            continue
        for column in (*HOME, Column.SECRET_REASON, *_QUOTIENT):
            text = row.cell(column)
            if text and comparable(text) != comparable(payer.cell(column)):
                yield Fault(row.number, column, Reason.IMPORT_DIFFERS_FROM_PAYER, (("line", payer.number),))


def _role_faults(rows: Sequence[Row]) -> Iterator[Fault]:
    payer, adults, keys = None, 0, dict[str, int]()
    for row in rows:
        match row.role:
            case None:
                yield Fault(row.number, Column.ROLE, Reason.IMPORT_ROLE_UNKNOWN)
            case Role.PAYER if payer is not None:
                yield Fault(row.number, Column.ROLE, Reason.IMPORT_PAYER_REPEATED, (("line", payer.number),))
            case Role.PAYER:
                payer = row
            case Role.ADULT:
                adults += 1
                if adults >= ADULTS_MAX:
                    yield Fault(row.number, Column.ROLE, Reason.IMPORT_ADULTS_TOO_MANY)
            case Role.CHILD:
                key = row.cell(Column.CHILD_KEY)
                if key and keys.setdefault(key, row.number) != row.number:
                    yield Fault(row.number, Column.CHILD_KEY, Reason.IMPORT_KEY_REPEATED, (("line", keys[key]),))
    if payer is None and all(row.role for row in rows):
        yield Fault(rows[0].number, Column.ROLE, Reason.IMPORT_PAYER_MISSING)
    children = [row for row in rows if row.role is Role.CHILD]
    if len(children) > CHILDREN_MAX:
        yield Fault(children[CHILDREN_MAX].number, Column.ROLE, Reason.IMPORT_CHILDREN_TOO_MANY)


def _adult(row: Row, pointer: str, places: dict[str, tuple[int, Column]], faults: list[Fault]) -> dict[str, Any]:
    for column in (Column.CIVILITY, Column.FIRST_NAME, Column.LAST_NAME, Column.EMAIL, Column.PHONE):
        places[f"{pointer}/{column.value}"] = (row.number, column)
    places[pointer] = (row.number, Column.LAST_NAME)
    civility = CIVILITIES.get(comparable(row.cell(Column.CIVILITY)))
    if civility is None:
        faults.append(Fault(row.number, Column.CIVILITY, Reason.IMPORT_CIVILITY_UNKNOWN))
    return {
        "civility": civility or Civility.NONE,
        "first_name": row.cell(Column.FIRST_NAME),
        "last_name": row.cell(Column.LAST_NAME),
        "email": row.cell(Column.EMAIL) or None,
        "phone": row.cell(Column.PHONE) or None,
    }


def _child(row: Row, pointer: str, places: dict[str, tuple[int, Column]], faults: list[Fault]) -> dict[str, Any]:
    for column in (Column.FIRST_NAME, Column.LAST_NAME, Column.BIRTH_ON):
        places[f"{pointer}/{column.value}"] = (row.number, column)
    places[pointer] = (row.number, Column.LAST_NAME)
    birth_on = _day(row, Column.BIRTH_ON, faults)
    return {
        "first_name": row.cell(Column.FIRST_NAME),
        "last_name": row.cell(Column.LAST_NAME),
        "birth_on": birth_on or date(2000, 1, 1),
    }


def _quotient(row: Row, places: dict[str, tuple[int, Column]], faults: list[Fault]) -> dict[str, Any]:
    places["/quotient"] = places["/quotient/value_cents"] = (row.number, Column.QUOTIENT)
    places["/quotient/effective_on"] = (row.number, Column.QUOTIENT_ON)
    source = SOURCES.get(comparable(row.cell(Column.QUOTIENT_SOURCE)))
    if source is None:
        faults.append(Fault(row.number, Column.QUOTIENT_SOURCE, Reason.IMPORT_SOURCE_UNKNOWN))
    cents = cents_of(row.cell(Column.QUOTIENT))
    if cents is None:
        faults.append(Fault(row.number, Column.QUOTIENT, Reason.IMPORT_AMOUNT_UNREADABLE))
    effective_on = _day(row, Column.QUOTIENT_ON, faults)
    return {
        "value_cents": cents or 0,
        "effective_on": effective_on or date(2000, 1, 1),
        "source": source or QuotientSource.AGENT,
    }


def _day(row: Row, column: Column, faults: list[Fault]) -> date | None:
    day = day_of(row.cell(column))
    if day is None:
        faults.append(Fault(row.number, column, Reason.IMPORT_DAY_UNREADABLE))
    return day


def identity_of(row: Row) -> tuple[str, date | None]:
    """A child as a line says it, by what it is known again: name and birth date."""
    return comparable_name(row.cell(Column.FIRST_NAME), row.cell(Column.LAST_NAME)), day_of(row.cell(Column.BIRTH_ON))
