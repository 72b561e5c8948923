"""Tables of worked examples in `docs/`, as the tests that run them read them."""

from decimal import Decimal
from pathlib import Path

DOCUMENTS = Path(__file__).parents[2] / "docs"


def table(document: str, *columns: str) -> list[list[str]]:
    """The rows of a document's table with these first columns."""
    lines = (DOCUMENTS / document).read_text().splitlines()
    heading = next(number for number, line in enumerate(lines) if cells(line)[: len(columns)] == list(columns))
    rows = []
    for line in lines[heading + 2 :]:
        if not line.startswith("|"):
            break
        rows.append(cells(line))
    return rows


def cells(line: str) -> list[str]:
    """The cells of a line of a table."""
    return [cell.strip() for cell in line.strip("|").split("|")]


def cents(text: str) -> int:
    """An amount of a document in cents."""
    return int(Decimal(text) * 100)
