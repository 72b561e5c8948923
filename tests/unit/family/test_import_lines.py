"""What the lines of one household of a file come to, however many say that they are of it."""

from time import process_time

from contracts.family.events import ImportColumn as Column
from contracts.family.events import ImportFinding
from services.family.import_work.queries import Judged
from services.family.imports.domain import Row, drafted

LINES = 20_000
SECONDS = 5


def test_a_file_whose_lines_are_all_of_one_household_is_refused_at_once() -> None:
    """A column that was filled with one reference is a slip; the process that looks at it answers everybody else meanwhile."""
    cells = {Column.HOUSEHOLD: "FOYER", Column.ROLE: "adulte", Column.FIRST_NAME: "Inès"}
    rows = tuple(Row(number, cells | {Column.LAST_NAME: f"Ferrand {number}"}) for number in range(LINES))
    began = process_time()
    draft = drafted(rows)
    settled = Judged(rows, ImportFinding.REFUSED, draft, draft.faults).settled()
    assert process_time() - began < SECONDS
    assert [line.line_number for line in settled] == list(range(LINES))
    assert sum(len(line.faults) for line in settled) == len(draft.faults)
