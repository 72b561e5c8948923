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
from chassis.lists import Shape, cell_meant
from contracts.http import Email
from contracts.identity.invitation_runs import FILE_BYTES_MAX, LINES_MAX

from ..invitation_runs.domain import FileLine

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
    columns, lines = SHAPE.read(content)
    return [_line(number, cells, columns) for number, cells in lines]


def _columns(first: Sequence[str]) -> tuple[_Columns, bool] | None:
    """Where the columns that matter are, and whether the first line is a heading."""
    names = [comparable(cell) for cell in first]
    reference = _place(names, REFERENCE_HEADINGS)
    if reference is not None:
        return _Columns(reference, _place(names, EMAIL_HEADINGS)), True
    return (_Columns(0, 1), False) if REFERENCE.fullmatch(_reference(first[0])) else None


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


SHAPE: Final = Shape(FILE_BYTES_MAX, LINES_MAX, (";", ","), _columns)
