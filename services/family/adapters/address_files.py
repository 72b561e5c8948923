"""Files of the national address base in CSV, read line by line as they are unpacked: `adresses-14.csv.gz` and `lieux-dits-14-beta.csv.gz`.

Columns are named in the first line; those that are needed are `id`, `nom_voie` (`nom_lieu_dit` of places without numbers), `code_postal` and `nom_commune`.
Source: https://adresse.data.gouv.fr, `schemas/adresses-csv.md`: UTF-8, semicolons.
"""

import csv
import gzip
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from ..addresses.domain import NUMBER_MAX
from ..addresses.store import NewAddress

GZIP_MARK: Final = b"\x1f\x8b"
STREETS: Final = ("nom_voie", "nom_lieu_dit")
NEEDED: Final = ("id", "code_postal", "nom_commune")


class BaseFileUnreadable(Exception):
    """What is wrong with a file, in English, for whoever runs the command."""


def read_base_file(path: Path) -> Iterator[NewAddress]:
    """The addresses of a file; lines without an identifier, a street or a postal code are left out. Raises BaseFileUnreadable, OSError."""
    with path.open("rb") as packed:
        is_packed = packed.read(2) == GZIP_MARK
        packed.seek(0)
        with gzip.open(packed) if is_packed else packed as content:
            text = io.TextIOWrapper(content, "utf-8-sig", newline="")
            try:
                yield from _addresses(text)
            except (UnicodeDecodeError, csv.Error, EOFError, gzip.BadGzipFile) as error:
                raise BaseFileUnreadable(f"{path.name} cannot be read: {error}") from error


def _addresses(text: io.TextIOWrapper) -> Iterator[NewAddress]:
    rows = csv.DictReader(text, delimiter=";")
    heading = rows.fieldnames or ()
    street = next((name for name in STREETS if name in heading), None)
    missing = [name for name in NEEDED if name not in heading]
    if street is None or missing:
        raise BaseFileUnreadable(
            f"the first line does not name {', '.join([*missing, *([] if street else STREETS[:1])])}"
        )
    for row in rows:
        if all(row.get(name) for name in (*NEEDED, street)):
            yield _address(row, street)


def _address(row: Mapping[str, str | None], street: str) -> NewAddress:
    def cell(name: str) -> str:
        return " ".join((row.get(name) or "").split())

    digits = cell("numero")
    number = int(digits) if digits.isascii() and digits.isdecimal() and int(digits) < NUMBER_MAX else None
    return NewAddress(
        base_id=cell("id"),
        # 0 and 99999 stand for a street without numbers. Source: the format of local address bases (AITF), `numero`.
        number=number or None,
        suffix=cell("rep"),
        street=cell(street),
        postal_code=cell("code_postal"),
        city=cell("nom_commune"),
        delivery_city=cell("libelle_acheminement"),
    )
