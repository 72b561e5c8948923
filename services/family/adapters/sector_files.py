"""Files of school sectors in CSV, one line for each segment, as the page writes them: read line by line, or refused with the line that cannot be read."""

from collections.abc import Mapping, Sequence
from typing import Final

from chassis.comparing import comparable
from chassis.lists import ListReason, ListUnreadable, cell_meant, decoded, records
from contracts.family.sectors import FILE_BYTES_MAX, SEGMENTS_MAX

DELIMITERS: Final = (";", ",", "\t")
# As they are compared: without accents, case and punctuation.
HEADINGS: Final[Mapping[str, str]] = {
    "ecole": "school",
    "du niveau": "first_level",
    "au niveau": "last_level",
    "commune": "city",
    "voie": "street",
    "cote": "side",
    "du numero": "from_number",
    "au numero": "until_number",
}
NEEDED: Final = ("school", "first_level", "last_level", "city", "street")


def read_sector_file(content: bytes) -> list[tuple[int, dict[str, str]]]:
    """The cells of each line by field, with the line's number; blank ones are left out. Raises ListUnreadable."""
    if len(content) > FILE_BYTES_MAX:
        raise ListUnreadable(ListReason.LIST_TOO_LARGE)
    text = decoded(content)
    delimiter = max(DELIMITERS, key=text[:10_000].count)
    lines = records(text, delimiter)
    number, heading = next(lines, (1, []))
    fields = [HEADINGS.get(comparable(cell_meant(name)), "") for name in heading]
    if not all(name in fields for name in NEEDED):
        raise ListUnreadable(ListReason.LIST_COLUMNS_UNKNOWN, number)
    rows: list[tuple[int, dict[str, str]]] = []
    for number, cells in lines:
        if len(rows) == SEGMENTS_MAX:
            raise ListUnreadable(ListReason.LIST_TOO_LONG, number)
        rows.append((number, _cells(fields, cells)))
    if not rows:
        raise ListUnreadable(ListReason.LIST_EMPTY)
    return rows


def _cells(fields: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    meant = zip(fields, map(cell_meant, cells), strict=False)
    return {name: cell for name, cell in meant if name and cell}
