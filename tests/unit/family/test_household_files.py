"""Files of households in CSV: whatever a spreadsheet writes is read as it was typed, a report is read again, and what lines mean is said at their cells."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.lists import ListUnreadable
from contracts.family.events import ImportColumn as Column
from contracts.family.imports import FILE_BYTES_MAX
from portal.kit.spreadsheet import csv_file
from services.family.adapters.household_files import HEADINGS, read_file
from services.family.cells.domain import cents_of, day_of
from services.family.imports.domain import Row, drafted, households_of

WORDS = st.text(st.characters(codec="cp1252", exclude_categories=("Cc", "Cs", "Zs")), min_size=1, max_size=12)
NEEDED = (Column.HOUSEHOLD, Column.ROLE, Column.FIRST_NAME, Column.LAST_NAME)
ROWS = st.lists(
    st.fixed_dictionaries(
        dict.fromkeys(NEEDED, WORDS), optional={column: WORDS for column in Column if column not in NEEDED}
    ),
    min_size=1,
    max_size=6,
)


def heading(column: Column) -> str:
    return HEADINGS[column][0]


def cells_of(rows: list[Row]) -> list[dict[Column, str]]:
    return [dict(row.cells) for row in rows]


@given(ROWS, st.sampled_from(";,\t"), st.sampled_from(("utf-8", "utf-8-sig", "cp1252")), st.permutations(list(Column)))
def test_whatever_a_spreadsheet_writes_is_read_as_it_was_typed(
    typed: list[dict[Column, str]], delimiter: str, encoding: str, columns: list[Column]
) -> None:
    typed = [{column: cell.replace("'", "’") for column, cell in row.items()} for row in typed]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow([*map(heading, columns), "Remarque"])
    writer.writerows([[row.get(column, "") for column in columns] + ["à voir"] for row in typed])
    assert cells_of(read_file(text.getvalue().encode(encoding))) == typed


@given(ROWS)
def test_what_is_written_as_a_report_is_read_again(typed: list[dict[Column, str]]) -> None:
    typed = [{column: cell.replace("'", "’").replace("\u2011", "-") for column, cell in row.items()} for row in typed]
    names = ["Ligne", "Constat", "Motif", *map(heading, Column)]
    report = csv_file(names, ([7, "Refusé", "=2", *(row.get(column) for column in Column)] for row in typed))
    assert cells_of(read_file(report)) == typed


def read_or_refused(content: bytes) -> tuple[list[Row], ListUnreadable | None]:
    try:
        return read_file(content), None
    except ListUnreadable as refusal:
        return [], refusal


@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda end: "Foyer;Rôle;Prénom;Nom\n".encode() + end))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    rows, refusal = read_or_refused(content)
    assert bool(rows) != bool(refusal)
    assert refusal is None or refusal.line >= 1
    for home in households_of(rows):
        assert drafted(home).places


def test_a_file_that_is_too_heavy_is_refused_before_it_is_read() -> None:
    with pytest.raises(ListUnreadable, match="list_too_large"):
        read_file(b"x" * (FILE_BYTES_MAX + 1))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("14/09/2018", date(2018, 9, 14)),
        ("1.2.2018", date(2018, 2, 1)),
        ("2018-09-14", date(2018, 9, 14)),
        ("29/02/2019", None),
        ("09/14/2018", None),
        ("14/09/18", None),
        ("", None),
        ("١٤/٠٩/٢٠١٨", None),
    ],
)
def test_a_day_as_people_write_it(text: str, day: date | None) -> None:
    assert day_of(text) == day


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("850,5", 85_050),
        ("1 234,56 €", 123_456),
        ("0", 0),
        ("12.345", None),
        ("-1", None),
        ("", None),
        ("9" * 40, None),
    ],
)
def test_an_amount_as_people_write_it(text: str, cents: int | None) -> None:
    assert cents_of(text) == cents


def row(number: int, role: str, **cells: str) -> Row:
    named = {Column.HOUSEHOLD: "1", Column.ROLE: role, Column.FIRST_NAME: "Léa", Column.LAST_NAME: "Roux"}
    return Row(number, {**named, **{Column(name): cell for name, cell in cells.items()}})


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([row(2, "adulte")], (2, "role", "import_payer_missing")),
        ([row(2, "payeur"), row(3, "Payeur")], (3, "role", "import_payer_repeated")),
        ([row(2, "payeur"), row(3, "adulte"), row(4, "adulte")], (4, "role", "import_adults_too_many")),
        ([row(2, "payeur"), row(3, "adulte", city="Ailleurs")], (3, "city", "import_differs_from_payer")),
        (
            [row(2, "payeur", quotient="beaucoup", quotient_on="01/01/2026")],
            (2, "quotient", "import_amount_unreadable"),
        ),
        ([row(2, "payeur", quotient="10")], (2, "quotient_on", "import_day_unreadable")),
        ([row(2, "payeur", civility="Dr")], (2, "civility", "import_civility_unknown")),
        ([row(2, "payeur", street="@SUM(A1)")], (2, "street", "import_formula")),
        ([row(2, "payeur", household="x" * 81)], (2, "household", "import_key_too_long")),
    ],
)
def test_what_is_wrong_is_said_at_its_cell(rows: list[Row], fault: tuple[int, str, str]) -> None:
    assert fault in [(other.line, other.column, other.code) for other in drafted(rows).faults]
