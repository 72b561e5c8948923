"""Files that are no files of households, or try to be too much: each is read, or refused by its reason and line, in bounded memory."""

import tracemalloc
import zipfile
from io import BytesIO

import pytest

from chassis.lists import ListReason, ListUnreadable
from contracts.family.events import ImportColumn as Column
from contracts.family.imports import FILE_BYTES_MAX, LINES_MAX
from services.family.adapters.household_files import read_file

HEADING = "Foyer;Rôle;Prénom;Nom\n"
LINE = "1;payeur;Inès;Ferrand\n"
MEMORY_MAX = 8 * FILE_BYTES_MAX
"""Of Python's own objects, for the heaviest file that is taken."""


def zipped() -> bytes:
    """An archive whose name was changed."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("foyers.csv", HEADING + LINE)
    return content.getvalue()


def in_bytes(text: str) -> bytes:
    return (HEADING + text).encode()


@pytest.mark.parametrize(
    "content",
    [
        (HEADING + LINE).encode("utf-8-sig"),
        (HEADING + LINE).encode("cp1252"),
        (HEADING + LINE).replace("\n", "\r").encode(),
        (HEADING + LINE).replace("\n", "\r\n").encode(),
        ("sep=;\n" + HEADING + LINE).encode(),
        (HEADING + LINE).replace(";", "\t").encode(),
        ("Remarque;" + HEADING + ";" + LINE).encode(),
    ],
    ids=["mark", "cp1252", "cr", "crlf", "sep", "tabulations", "unknown_column"],
)
def test_what_programs_make_of_a_list_is_read(content: bytes) -> None:
    [row] = read_file(content)
    assert (row.cell(Column.FIRST_NAME), row.cell(Column.LAST_NAME)) == ("Inès", "Ferrand")


def test_a_heading_that_comes_twice_is_a_line_with_an_unknown_role() -> None:
    [_, again] = read_file(in_bytes(LINE + HEADING))
    assert again.role is None


@pytest.mark.parametrize(
    ("content", "reason", "line"),
    [
        (zipped(), ListReason.LIST_IS_A_WORKBOOK, 1),
        ((HEADING + LINE).encode("utf-16"), ListReason.LIST_ENCODING_UNKNOWN, 1),
        (in_bytes("1;pay\x00eur;Inès;Ferrand"), ListReason.LIST_ENCODING_UNKNOWN, 2),
        (in_bytes('1;payeur;"Inès;Ferrand\n' + LINE), ListReason.LIST_LINE_UNREADABLE, 2),
        (in_bytes(LINE + "x" * 10_000_000), ListReason.LIST_LINE_UNREADABLE, 3),
        (in_bytes(";" * 10_000_000), ListReason.LIST_LINE_TOO_LONG, 2),
        (b"x" * 10_000_000, ListReason.LIST_LINE_UNREADABLE, 1),
        (in_bytes("1;2;3;4\n" * 2_000_000), ListReason.LIST_TOO_LONG, LINES_MAX + 2),
        (in_bytes("\n" * 20_000_000), ListReason.LIST_TOO_LONG, 100_002),
        (b"x" * 40_000_000, ListReason.LIST_TOO_LARGE, 1),
        ("Foyer;Rôle;Prénom;Nom;NOM\n".encode(), ListReason.LIST_COLUMN_REPEATED, 1),
        ("Foyer;Rôle;Prénom;Nom;Téléphone;Portable\n".encode(), ListReason.LIST_COLUMN_REPEATED, 1),
        (b"Dossier;Ville\n1;Valmont", ListReason.LIST_COLUMNS_UNKNOWN, 1),
    ],
    ids=lambda value: value if isinstance(value, ListReason) else "",
)
def test_what_is_no_list_is_refused_by_its_reason_and_line(content: bytes, reason: ListReason, line: int) -> None:
    with pytest.raises(ListUnreadable) as refused:
        read_file(content)
    assert (refused.value.reason, refused.value.line) == (reason, line)


def test_the_heaviest_file_is_read_in_bounded_memory() -> None:
    line = "1000001;payeur;Marie-Louise;de La Tour Ferrand;;adresse.assez.longue@famille.example;0612345678;12 rue des Tilleuls\n"
    heading = "Foyer;Rôle;Prénom;Nom;Date de naissance;E-mail;Téléphone;Rue\n"
    content = (heading + line * LINES_MAX).encode()[:FILE_BYTES_MAX]
    tracemalloc.start()
    try:
        assert len(read_file(content)) > LINES_MAX // 2
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MEMORY_MAX, f"{peak:,} bytes"
