"""Lists of households in CSV, as spreadsheets write them: read line by line, or refused with the line that cannot be read.

UTF-8 with or without its mark, or Windows-1252; columns between `;` or `,`; any way of ending a line (RFC 4180 and what programs make of it). A heading
names the columns, in any order and among others: the list of families that agents take away is one. Without a heading the reference stands
first, and the e-mail address second if there is one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter, ValidationError

from chassis.comparing import comparable
from chassis.lists import ListReason, ListUnreadable, cell_meant, decoded, records
from contracts.http import Email
from contracts.identity.invitation_runs import FILE_BYTES_MAX, LINES_MAX

from ..invitation_runs.domain import FileLine

DELIMITERS: Final = (";", ",")
KEPT_LENGTH_MAX: Final = 80
REFERENCE: Final = re.compile(r"[A-Z]-[0-9]{1,12}")
DASHES: Final = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
# As they are compared: without accents, case and punctuation.
REFERENCE_HEADINGS: Final = frozenset(
    map(comparable, ("Dossier", "Reference", "Reference du dossier", "N° de dossier", "Numero de dossier"))
)
EMAIL_HEADINGS: Final = frozenset(
    map(comparable, ("E-mail", "Email", "Mail", "Courriel", "Adresse e-mail", "Adresse mail", "Adresse electronique"))
)
_EMAIL: Final[TypeAdapter[str]] = TypeAdapter(Email)


@dataclass(frozen=True, slots=True)
class _Columns:
    reference: int
    email: int | None


def read_list(content: bytes) -> list[FileLine]:
    """The lines of a list, without its heading and its blank lines. Raises ListUnreadable."""
    if len(content) > FILE_BYTES_MAX:
        raise ListUnreadable(ListReason.LIST_TOO_LARGE)
    text = decoded(content)
    delimiter, columns, has_heading = _layout(text)
    lines: list[FileLine] = []
    for number, cells in records(text, delimiter):
        if has_heading:
            has_heading = False
            continue
        if len(lines) == LINES_MAX:
            raise ListUnreadable(ListReason.LIST_TOO_LONG, number)
        lines.append(_line(number, cells, columns))
    if not lines:
        raise ListUnreadable(ListReason.LIST_EMPTY)
    return lines


def _layout(text: str) -> tuple[str, _Columns, bool]:
    """What separates the columns, where those that matter are, and whether the first line is a heading."""
    fault = ListUnreadable(ListReason.LIST_EMPTY)
    # A first line without either says nothing: then the one that the list has more of.
    for delimiter in sorted(DELIMITERS, key=text.count, reverse=True):
        try:
            number, first = next(records(text, delimiter))
        except StopIteration:
            continue
        except ListUnreadable as unreadable:  # with the other one, maybe it is readable
            fault = unreadable
            continue
        names = [comparable(cell) for cell in first]
        reference = _place(names, REFERENCE_HEADINGS)
        if reference is not None:
            return delimiter, _Columns(reference, _place(names, EMAIL_HEADINGS)), True
        if REFERENCE.fullmatch(_reference(first[0])):
            return delimiter, _Columns(0, 1), False
        fault = ListUnreadable(ListReason.LIST_COLUMNS_UNKNOWN, number)
    raise fault


def _place(names: Sequence[str], known: frozenset[str]) -> int | None:
    return next((place for place, name in enumerate(names) if name in known), None)


def _line(number: int, cells: Sequence[str], columns: _Columns) -> FileLine:
    reference = _reference(cells[columns.reference]) if columns.reference < len(cells) else ""
    has_email = columns.email is not None and columns.email < len(cells)
    email = cell_meant(cells[columns.email]) if has_email and columns.email is not None else ""
    return FileLine(number, reference[:KEPT_LENGTH_MAX], email[:KEPT_LENGTH_MAX] or None, not _is_address(email))


def _reference(cell: str) -> str:
    return cell_meant(cell).translate(DASHES).upper()


def _is_address(email: str) -> bool:
    """Whether an address may be one; whoever says none says nothing wrong."""
    if not email:
        return True
    try:
        _EMAIL.validate_python(email)
    except ValidationError:
        return False
    return True
