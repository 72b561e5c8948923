"""Files of households in CSV, one line for each person: read line by line, or refused with the line that cannot be read (`chassis/lists.py`).

A heading names the columns, in any order and among others, which are left out; `docs/import.md` lists them.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from chassis.comparing import comparable
from chassis.lists import ListReason, ListUnreadable, cell_meant, decoded, records
from contracts.family.events import ImportColumn as Column
from contracts.family.imports import FILE_BYTES_MAX, LINES_MAX

from ..imports.domain import Row

DELIMITERS: Final = (";", ",", "\t")
KEPT_LENGTH_MAX: Final = 200
"""Of a cell: longer than all that any column may say, so that it is refused by its own rule."""
# As they are compared: without accents, case and punctuation.
HEADINGS: Final[Mapping[Column, Sequence[str]]] = {
    Column.HOUSEHOLD: ("Foyer", "Reference du foyer", "Dossier", "Numero de foyer"),
    Column.ROLE: ("Role", "Type de personne"),
    Column.CIVILITY: ("Civilite",),
    Column.FIRST_NAME: ("Prenom",),
    Column.LAST_NAME: ("Nom", "Nom de famille"),
    Column.BIRTH_ON: ("Date de naissance", "Naissance", "Ne le"),
    Column.EMAIL: ("E-mail", "Email", "Mail", "Courriel", "Adresse e-mail", "Adresse electronique"),
    Column.PHONE: ("Telephone", "Telephone portable", "Portable"),
    Column.STREET: ("Rue", "Adresse", "Voie"),
    Column.COMPLEMENT: ("Complement", "Complement d'adresse"),
    Column.POSTAL_CODE: ("Code postal", "CP"),
    Column.CITY: ("Ville", "Commune"),
    Column.COUNTRY: ("Pays",),
    Column.QUOTIENT: ("Quotient", "Quotient familial", "QF"),
    Column.QUOTIENT_ON: ("Date du quotient", "Date d'effet du quotient"),
    Column.QUOTIENT_SOURCE: ("Source du quotient", "Origine du quotient"),
    Column.CHILD_KEY: ("Cle de l'enfant", "Reference de l'enfant", "Numero de l'enfant"),
}
NAMES: Final = {comparable(name): column for column, names in HEADINGS.items() for name in names}
NEEDED: Final = (Column.HOUSEHOLD, Column.ROLE, Column.FIRST_NAME, Column.LAST_NAME)


def read_file(content: bytes) -> list[Row]:
    """The lines of a file, without its heading and its blank lines. Raises ListUnreadable."""
    if len(content) > FILE_BYTES_MAX:
        raise ListUnreadable(ListReason.LIST_TOO_LARGE)
    text = decoded(content)
    delimiter, columns = _layout(text)
    rows: list[Row] = []
    lines = records(text, delimiter)
    next(lines)
    for number, cells in lines:
        if len(rows) == LINES_MAX:
            raise ListUnreadable(ListReason.LIST_TOO_LONG, number)
        rows.append(_row(number, cells, columns))
    if not rows:
        raise ListUnreadable(ListReason.LIST_EMPTY)
    return rows


def _layout(text: str) -> tuple[str, Mapping[int, Column]]:
    """What separates the columns, and what each of those that are known says. The first of two that say the same counts."""
    fault = ListUnreadable(ListReason.LIST_EMPTY)
    for delimiter in sorted(DELIMITERS, key=text[:10_000].count, reverse=True):
        try:
            number, heading = next(records(text, delimiter))
        except StopIteration:
            continue
        except ListUnreadable as unreadable:  # with another one, maybe it is readable
            fault = unreadable
            continue
        columns: dict[int, Column] = {}
        for place, name in enumerate(heading):
            column = NAMES.get(comparable(name))
            if column is not None and column not in columns.values():
                columns[place] = column
        if all(column in columns.values() for column in NEEDED):
            return delimiter, columns
        fault = ListUnreadable(ListReason.LIST_COLUMNS_UNKNOWN, number)
    raise fault


def _row(number: int, cells: Sequence[str], columns: Mapping[int, Column]) -> Row:
    kept = {
        column: cell
        for place, column in columns.items()
        if place < len(cells) and (cell := cell_meant(cells[place])[:KEPT_LENGTH_MAX])
    }
    return Row(number, kept)
