"""Lists in CSV, as spreadsheets write them: decoded and taken apart line by line, or refused with the line that cannot be read.

UTF-8 with or without its mark, or Windows-1252; any way of ending a line (RFC 4180 and what programs make of it). Pure.
"""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from itertools import chain
from typing import Final, Generic, TypeVar

BLANK: Final = " \t\r\n\u00a0;,"
UTF8_MARK: Final = b"\xef\xbb\xbf"
UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
WORKBOOK_MARKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
BLANK_LINES_MAX: Final = 100_000
CELL_LENGTH_MAX: Final = 2_000
COLUMNS_MAX: Final = 100
SEEN_LENGTH: Final = 10_000
"""The characters of a file in which its delimiters are counted."""
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
SEPARATOR_LINE: Final = re.compile(r"sep=[;,\t]?")
# A spreadsheet's mark for text, before what it would take for a formula or a number.
TEXT_MARK: Final = re.compile(r"'(?=\s*[=+\-@0-9\t\r\uff1d\uff0b\uff0d\uff20])")


class ListReason(StrEnum):
    """Why a file is no list."""

    LIST_EMPTY = auto()
    LIST_TOO_LARGE = auto()
    LIST_TOO_LONG = auto()
    LIST_IS_A_WORKBOOK = auto()
    LIST_ENCODING_UNKNOWN = auto()
    LIST_COLUMNS_UNKNOWN = auto()
    LIST_COLUMN_REPEATED = auto()
    LIST_LINE_UNREADABLE = auto()
    LIST_LINE_TOO_LONG = auto()


class ListUnreadable(Exception):
    """A file that is no list: why, and on which `line`, from 1."""

    def __init__(self, reason: ListReason, line: int = 1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


ColumnsT = TypeVar("ColumnsT")


@dataclass(frozen=True, slots=True)
class Shape(Generic[ColumnsT]):
    """What a list may be. `columns_of` says what a first line means by its cells, and whether it is a heading; None where it means nothing."""

    bytes_max: int
    lines_max: int
    delimiters: Sequence[str]
    columns_of: Callable[[Sequence[str]], tuple[ColumnsT, bool] | None]

    def read(self, content: bytes) -> tuple[ColumnsT, Iterator[tuple[int, list[str]]]]:
        """What the columns of a file mean, and its lines below the heading. Raises ListUnreadable, also while lines are taken."""
        if len(content) > self.bytes_max:
            raise ListUnreadable(ListReason.LIST_TOO_LARGE)
        text = decoded(content)
        fault = ListUnreadable(ListReason.LIST_EMPTY)
        # A first line without any of them says nothing: then the one that the list has more of.
        for delimiter in sorted(self.delimiters, key=text[:SEEN_LENGTH].count, reverse=True):
            lines = records(text, delimiter)
            try:
                number, first = next(lines)
            except StopIteration:
                continue
            except ListUnreadable as unreadable:  # with another one, maybe it is readable
                fault = unreadable
                continue
            if (meant := self.columns_of(first)) is not None:
                columns, has_heading = meant
                return columns, self._lines(lines if has_heading else chain([(number, first)], lines))
            fault = ListUnreadable(ListReason.LIST_COLUMNS_UNKNOWN, number)
        raise fault

    def _lines(self, lines: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
        count = 0
        for count, (number, cells) in enumerate(lines, start=1):
            if count > self.lines_max:
                raise ListUnreadable(ListReason.LIST_TOO_LONG, number)
            yield number, cells
        if not count:
            raise ListUnreadable(ListReason.LIST_EMPTY)


def decoded(content: bytes) -> str:
    """The text of a file. Raises ListUnreadable."""
    if content.startswith(WORKBOOK_MARKS):
        raise ListUnreadable(ListReason.LIST_IS_A_WORKBOOK)
    if content.startswith(UTF16_MARKS):
        raise ListUnreadable(ListReason.LIST_ENCODING_UNKNOWN)
    encodings = ("utf-8",) if content.startswith(UTF8_MARK) else ("utf-8", "cp1252")
    content = content.removeprefix(UTF8_MARK)
    for encoding in encodings:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError as error:
            unreadable_at = error.start
    else:
        raise ListUnreadable(ListReason.LIST_ENCODING_UNKNOWN, _line_of(content[:unreadable_at].decode("latin-1")))
    if "\x00" in text:
        raise ListUnreadable(ListReason.LIST_ENCODING_UNKNOWN, _line_of(text[: text.index("\x00")]))
    return text


def _line_of(before: str) -> int:
    return len(re.findall(r"\r\n|\r|\n", before)) + 1


def records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The records that are not blank, with the line on which each begins. Raises ListUnreadable."""
    # A copy of the text in another memory layout, as `io.StringIO` makes one, would take four times as much.
    reader = csv.reader((line[0] for line in _LINE.finditer(text)), delimiter=delimiter, strict=True)
    begins_on, blank_count = 1, 0
    try:
        for cells in reader:
            if len(cells) > COLUMNS_MAX:
                raise ListUnreadable(ListReason.LIST_LINE_TOO_LONG, begins_on)
            if any(len(cell) > CELL_LENGTH_MAX for cell in cells):
                raise ListUnreadable(ListReason.LIST_LINE_TOO_LONG, begins_on)
            is_blank = not any(cell.strip(BLANK) for cell in cells)
            is_mark = reader.line_num == 1 and SEPARATOR_LINE.fullmatch(delimiter.join(cells).strip())
            blank_count += is_blank
            if blank_count > BLANK_LINES_MAX:
                raise ListUnreadable(ListReason.LIST_TOO_LONG, begins_on)
            if not is_blank and not is_mark:
                yield begins_on, cells
            begins_on = reader.line_num + 1
    except csv.Error as error:
        raise ListUnreadable(ListReason.LIST_LINE_UNREADABLE, begins_on) from error


def cell_meant(cell: str) -> str:
    """A cell as it was meant, on one line."""
    return TEXT_MARK.sub("", " ".join(cell.split()), count=1) if cell else ""
