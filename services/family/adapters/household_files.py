"""Files of households in CSV, one line for each person: read line by line, or refused with the line that cannot be read (`chassis/lists.py`).

A heading names the columns, in any order and among others, which are left out; `docs/import.md` lists them.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from chassis.comparing import comparable
from chassis.lists import ListReason, ListUnreadable, Shape, cell_meant
from contracts.family.events import ImportColumn as Column
from contracts.family.imports import FILE_BYTES_MAX, LINES_MAX

from ..imports.domain import Row

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
    Column.SECRET_REASON: ("Adresse protegee", "Motif de protection", "Adresse secrete"),
    Column.QUOTIENT: ("Quotient", "Quotient familial", "QF"),
    Column.QUOTIENT_ON: ("Date du quotient", "Date d'effet du quotient"),
    Column.QUOTIENT_SOURCE: ("Source du quotient", "Origine du quotient"),
    Column.SCHOOL: ("Ecole", "Code de l'ecole", "Etablissement"),
    Column.ELSEWHERE: ("Ecole hors commune", "Ecole exterieure", "Autre ecole"),
    Column.LEVEL: ("Niveau", "Niveau scolaire"),
    Column.SCHOOL_CLASS: ("Classe",),
    Column.SCHOOL_YEAR: ("Annee scolaire", "Rentree"),
    Column.CHILD_KEY: ("Cle de l'enfant", "Reference de l'enfant", "Numero de l'enfant"),
}
NAMES: Final = {comparable(name): column for column, names in HEADINGS.items() for name in names}
NEEDED: Final = (Column.HOUSEHOLD, Column.ROLE, Column.FIRST_NAME, Column.LAST_NAME)


def read_file(content: bytes) -> list[Row]:
    """The lines of a file, without its heading and its blank lines. Raises ListUnreadable."""
    columns, lines = SHAPE.read(content)
    return [_row(number, cells, columns) for number, cells in lines]


def _columns(heading: Sequence[str]) -> tuple[Mapping[int, Column], bool] | None:
    """What each of those columns says that are known. Raises ListUnreadable: two say the same, and nobody knows which one counts."""
    columns = {place: column for place, name in enumerate(heading) if (column := NAMES.get(comparable(name)))}
    if not all(column in columns.values() for column in NEEDED):
        return None
    if len(set(columns.values())) < len(columns):
        raise ListUnreadable(ListReason.LIST_COLUMN_REPEATED)
    return columns, True


def _row(number: int, cells: Sequence[str], columns: Mapping[int, Column]) -> Row:
    kept = {
        column: cell
        for place, column in columns.items()
        if place < len(cells) and (cell := cell_meant(cells[place])[:KEPT_LENGTH_MAX])
    }
    return Row(number, kept)


SHAPE: Final = Shape(FILE_BYTES_MAX, LINES_MAX, (";", ",", "\t"), _columns)
