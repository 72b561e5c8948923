"""The town of P17: a file of households as another software gives it away, with children of two homes and some lines wrong.

python -m tools.bench.import_town 35000 > foyers.csv     # the same file each time, to send under "Imports"
"""

import csv
import io
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from chassis.comparing import comparable

from .search_town import FIRST_NAMES, LAST_NAMES, drawn, names

SEED: Final = 20_261_130
HEADING: Final = (
    "Foyer",
    "Role",
    "Civilite",
    "Prenom",
    "Nom",
    "Date de naissance",
    "E-mail",
    "Telephone",
    "Rue",
    "Code postal",
    "Ville",
    "Quotient",
    "Date du quotient",
    "Source du quotient",
    "Cle de l'enfant",
)
COUPLES: Final = 0.4
TWO_HOMES: Final = 0.04
"""Of households, those whose first child is also the next one's."""
WRONG: Final = 0.01
CHILDREN: Final = (1, 1, 1, 2)
BIRTHS_SINCE: Final = date(2011, 1, 1)
BIRTH_DAYS: Final = 5_000
QUOTIENT_ON: Final = "01/01/2026"


@dataclass(frozen=True, slots=True)
class ImportFile:
    """A file, and what is to become of it."""

    content: bytes
    household_count: int
    line_count: int
    wrong_count: int
    """Of households."""


def written(count: int, seed: int = SEED) -> ImportFile:
    """A file of so many households."""
    chance = random.Random(seed)
    text, line_count, wrong_count = io.StringIO(newline=""), 0, 0
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADING)
    lasts, firsts = drawn(chance, names(chance, LAST_NAMES, has_particles=True), count), _firsts(chance, count)
    shared: dict[str, str] | None = None
    for number, last_name in enumerate(lasts):
        lines = list(_household(chance, number, last_name, firsts))
        if shared is not None:
            lines.append({**shared, "Foyer": lines[0]["Foyer"]})
        shared = {**lines[-1], "Cle de l'enfant": f"E{number}"} if chance.random() < TWO_HOMES else None
        if shared is not None:
            lines[-1] = shared
        is_wrong = shared is None and not lines[-1].get("Cle de l'enfant") and chance.random() < WRONG
        if is_wrong:
            lines[-1]["Date de naissance"] = "31/02/2018"
        wrong_count += is_wrong
        line_count += len(lines)
        writer.writerows([line.get(column, "") for column in HEADING] for line in lines)
    if shared is not None:
        return written(count, seed + 1)  # the last one has no next
    return ImportFile(text.getvalue().encode(), count, line_count, wrong_count)


def _firsts(chance: random.Random, count: int) -> Iterator[str]:
    return iter(drawn(chance, names(chance, FIRST_NAMES, has_particles=False), 6 * count))


def _household(chance: random.Random, number: int, last_name: str, firsts: Iterator[str]) -> Iterator[dict[str, str]]:
    key, email = f"H{number:06d}", f"{comparable(last_name).replace(' ', '.')}.{number}@famille.example"
    payer = {"Foyer": key, "Role": "payeur", "Civilite": "Mme", "Prenom": next(firsts), "Nom": last_name}
    home = {"Rue": f"{chance.randrange(1, 200)} rue des Tilleuls", "Code postal": "14000", "Ville": "Valmont-sur-Orne"}
    contact = {"E-mail": email, "Telephone": f"06{chance.randrange(10**8):08d}"}
    quotient = {"Quotient": f"{chance.randrange(200, 2_000)},50", "Date du quotient": QUOTIENT_ON}
    yield {**payer, **home, **contact, **(quotient | {"Source du quotient": "CAF"} if chance.random() < 0.7 else {})}
    if chance.random() < COUPLES:
        yield {"Foyer": key, "Role": "adulte", "Civilite": "M.", "Prenom": next(firsts), "Nom": last_name}
    born = [BIRTHS_SINCE + timedelta(days=chance.randrange(BIRTH_DAYS)) for _ in range(chance.choice(CHILDREN))]
    for birth_on in born:
        child = {"Foyer": key, "Role": "enfant", "Prenom": next(firsts), "Nom": last_name}
        yield child | {"Date de naissance": f"{birth_on:%d/%m/%Y}"}


def main(arguments: Sequence[str]) -> Any:
    """Write a file of as many households as are asked for."""
    return sys.stdout.buffer.write(written(int(arguments[0])).content)


if __name__ == "__main__":
    main(sys.argv[1:])
