"""Lists of households in CSV: whatever a spreadsheet writes is read as it was typed, and what cannot be read is refused with its line."""

import csv
import io
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.lists import CELL_LENGTH_MAX, ListUnreadable
from contracts.identity.invitation_runs import FILE_BYTES_MAX, LINES_MAX
from portal.kit.spreadsheet import csv_file
from services.identity.adapters.household_lists import read_list
from services.identity.invitation_runs.domain import FileLine

ENCODINGS = ("utf-8", "utf-8-sig", "cp1252")
REFERENCES = st.integers(1, 999_999).map(lambda number: f"F-{number:06}")
ADDRESSES = st.from_regex(r"[a-z]{1,9}(\.[a-z]{1,5})?@[a-z]{2,9}\.(fr|org)", fullmatch=True) | st.just("")
WORDS = st.text(st.characters(codec="cp1252", exclude_categories=("Cc", "Cs")), max_size=12)
NOTES = st.builds(
    lambda one, between, two: one + between + two, WORDS, st.sampled_from(["", ";", ",", '"', "\n"]), WORDS
)


@st.composite
def spreadsheets(draw: st.DrawFn) -> tuple[bytes, list[tuple[str, str]]]:
    """A list as a spreadsheet may write it, and what somebody typed in it."""
    delimiter, line_end = draw(st.sampled_from(";,")), draw(st.sampled_from(("\r\n", "\n")))
    rows = draw(st.lists(st.tuples(REFERENCES, ADDRESSES, NOTES), min_size=1, max_size=8))
    heading = draw(
        st.sampled_from((("Référence", "E-mail"), ("DOSSIER", "courriel"), ("n° de dossier", "Adresse e-mail")))
    )
    columns = draw(st.permutations(range(3)))
    text = io.StringIO()
    quoting = draw(st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)))
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    for row in ((*heading, "Remarque"), *rows):
        writer.writerow([row[column] for column in columns])
        if draw(st.booleans()):
            writer.writerow(["", "", ""])
    written = text.getvalue()
    if draw(st.booleans()):
        written = f"sep={delimiter}{line_end}{written}"
    return written.encode(draw(st.sampled_from(ENCODINGS))), [(reference, email) for reference, email, _ in rows]


@given(spreadsheets())
def test_whatever_a_spreadsheet_writes_is_read_as_it_was_typed(sheet: tuple[bytes, list[tuple[str, str]]]) -> None:
    content, typed = sheet
    lines = read_list(content)
    assert [(line.reference, line.email or "") for line in lines] == typed
    assert not any(line.is_email_malformed for line in lines)
    numbers = [line.number for line in lines]
    assert numbers == sorted(set(numbers))


def read_or_refused(content: bytes) -> tuple[list[FileLine], ListUnreadable | None]:
    try:
        return read_list(content), None
    except ListUnreadable as refusal:
        return [], refusal


@given(st.binary(max_size=300) | spreadsheets().map(lambda sheet: sheet[0][:-3] + b'"x'))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    lines, refusal = read_or_refused(content)
    assert bool(lines) != bool(refusal)
    assert refusal is None or refusal.line >= 1


def test_without_a_heading_the_reference_stands_first() -> None:
    assert read_list(b"F-000001\nf\xe2\x80\x91000002,a@b.fr\n") == [
        FileLine(1, "F-000001"),
        FileLine(2, "F-000002", "a@b.fr"),
    ]


def test_the_list_that_agents_take_away_is_one() -> None:
    """The very file of `/agents/familles/tableau`, with the marks of its writer."""
    heading = ["Responsable", "Enfants", "Commune", "E-mail", "Dossier"]
    content = csv_file(heading, [["=Ana", "Éloi", "@Caen", "a@b.fr", "F-000007"], ["B", "", "Caen", None, "F-000008"]])
    assert read_list(content) == [FileLine(2, "F-000007", "a@b.fr"), FileLine(3, "F-000008")]


def test_lines_are_counted_as_a_text_editor_counts_them() -> None:
    content = b'Dossier;Remarque;E-mail\r\n\r\nF-000001;"deux\r\nlignes";pas une adresse\r\n;;\r\nF-000002;;\r\n'
    assert read_list(content) == [
        FileLine(3, "F-000001", "pas une adresse", is_email_malformed=True),
        FileLine(6, "F-000002"),
    ]


LINE = b"F-000001\r\n"


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "list_empty", 1),
        (b"\xef\xbb\xbf\r\n;;\r\n", "list_empty", 1),
        (b"Dossier;E-mail\r\n\r\n", "list_empty", 1),
        (b"PK\x03\x04 un classeur", "list_is_a_workbook", 1),
        ("Dossier\nF-000001\n".encode("utf-16"), "list_encoding_unknown", 1),
        (LINE * 2 + b"F-00\x81\xe9003\r\n", "list_encoding_unknown", 3),
        (b"\xef\xbb\xbf" + LINE + b"\xe9t\xe9\r\n", "list_encoding_unknown", 2),
        (LINE + b"F-0\x00\r\n", "list_encoding_unknown", 2),
        (b"\r\nNom;Pr\xe9nom\r\n" + LINE, "list_columns_unknown", 2),
        (LINE * 3 + b'F-000004;"jamais fini\r\n' + LINE, "list_line_unreadable", 4),
        (LINE + b'F-000004;"a"b\r\n', "list_line_unreadable", 2),
        (LINE + b"F-000002;" + b"a" * (CELL_LENGTH_MAX + 1), "list_line_too_long", 2),
        (LINE + b";" * 101 + b"\r\n", "list_line_too_long", 2),
        (b"Dossier\n" + LINE * (LINES_MAX + 1), "list_too_long", LINES_MAX + 2),
        (b"x" * (FILE_BYTES_MAX + 1), "list_too_large", 1),
    ],
)
def test_what_is_no_list_is_refused_with_its_line(content: bytes, code: str, line: int) -> None:
    with pytest.raises(ListUnreadable) as refused:
        read_list(content)
    assert (refused.value.reason, refused.value.line) == (code, line)


def test_the_longest_list_is_read() -> None:
    numbers = count(1)
    content = b"Dossier;E-mail\n" + b"".join(
        b"F-%06d;a%d@famille.example\n" % (n, n) for n in (next(numbers) for _ in range(LINES_MAX))
    )
    lines = read_list(content)
    assert len(lines) == LINES_MAX
    assert lines[-1] == FileLine(LINES_MAX + 1, f"F-{LINES_MAX:06}", f"a{LINES_MAX}@famille.example")
