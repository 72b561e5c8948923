"""A list as a file for a spreadsheet: CSV as French spreadsheets open it, by a double click (RFC 4180, semicolons, UTF-8 with its mark).

A spreadsheet computes and shortens what it opens. What somebody typed is taken as it was typed: a text that it would run as a formula (OWASP, CSV
injection) or whose leading zero it would lose, such as a telephone number, stands behind an apostrophe, which is a spreadsheet's own mark for text.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from portal.kit.formats import NO_BREAK_HYPHEN, date_short

MEDIA_TYPE: Final = "text/csv"
ENCODING: Final = "utf-8-sig"
DELIMITER: Final = ";"
LINE_END: Final = "\r\n"
TEXT_MARK: Final = "'"
# Also behind spaces, which some programs drop, and in the full-width forms that others take for the plain ones.
_FORMULA: Final = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_LEADING_ZERO: Final = re.compile(r"0[0-9]+")


@dataclass(frozen=True, slots=True)
class Euros:
    """An amount, as a number that a spreadsheet adds up."""

    cents: int


Cell = str | int | date | Euros | None


def csv_file(heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The file of a list: its heading, then a line for each row."""
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=DELIMITER, lineterminator=LINE_END)
    writer.writerow([written(cell) for cell in heading])
    writer.writerows([written(cell) for cell in row] for row in rows)
    return lines.getvalue().encode(ENCODING)


def written(cell: Cell) -> str:
    """What stands in a cell: 22,50 and 09/09/2026, and what people typed.

    Raises:
        TypeError: it is an instant, whose day, or day and time, the column chooses on the town's clock.
    """
    match cell:
        case None:
            return ""
        case Euros(cents):
            euros, rest = divmod(abs(cents), 100)
            return f"{'-' if cents < 0 else ''}{euros},{rest:02d}"
        case datetime():
            raise TypeError("an instant is no cell: write its day, or its day and time, on the town's clock")
        case date():
            return date_short(cell)
        case str():
            typed = cell.replace(NO_BREAK_HYPHEN, "-")
            return TEXT_MARK + typed if _FORMULA.match(typed) or _LEADING_ZERO.fullmatch(typed) else typed
        case _:
            return str(cell)
