"""The file of a list, byte for byte: what French spreadsheets open, and nothing that they would run or shorten."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kit.formats import NO_BREAK_HYPHEN
from portal.kit.spreadsheet import DELIMITER, ENCODING, Euros, csv_file, written

NAMES = ("Éloïse Œuvrard", "Dupont; SARL", "=1+1", "0612345678", Euros(2250), date(2026, 9, 9))


def test_the_file_is_exact() -> None:
    content = csv_file(("Payeur", "Société"), [NAMES])
    assert content == (
        b"\xef\xbb\xbf"
        b"Payeur;Soci\xc3\xa9t\xc3\xa9\r\n"
        b"\xc3\x89lo\xc3\xafse \xc5\x92uvrard;\"Dupont; SARL\";'=1+1;'0612345678;22,50;09/09/2026\r\n"
    )


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+33 6 12 34 56 78", "'+33 6 12 34 56 78"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\u20111+1", "'-1+1"),
        ("  =1+1", "'  =1+1"),
        ("\t=1+1", "'\t=1+1"),
        ("\r=1+1", "'\r=1+1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("01000", "'01000"),
        ("0", "0"),
        ("06 12 34 56 78", "06 12 34 56 78"),
        ("F-000012", "F-000012"),
        ("l’=", "l’="),
        (Euros(0), "0,00"),
        (Euros(5), "0,05"),
        (Euros(-415), "-4,15"),
        (Euros(123456789), "1234567,89"),
        (12, "12"),
        (None, ""),
        ("", ""),
    ],
)
def test_a_cell_is_taken_as_it_was_typed(cell: str | int | Euros | None, text: str) -> None:
    """Amounts of ours may be negative, texts never begin a formula."""
    assert written(cell) == text


def test_an_instant_is_no_cell() -> None:
    with pytest.raises(TypeError, match="on the town's clock"):
        csv_file(("Le",), [(datetime(2026, 6, 30, 22, 30, tzinfo=UTC),)])


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00")), min_size=1))
def test_whatever_was_typed_is_read_again_and_begins_no_formula(cells: list[str]) -> None:
    content = csv_file(cells, [])
    (row,) = csv.reader(io.StringIO(content.decode(ENCODING), newline=""), delimiter=DELIMITER)
    typed = [cell.replace(NO_BREAK_HYPHEN, "-") for cell in cells]
    assert [read.removeprefix("'") for read in row] == [cell.removeprefix("'") for cell in typed]
    assert not any(read.lstrip()[:1] in tuple("=+-@") for read in row)
