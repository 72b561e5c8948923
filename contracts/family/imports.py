"""What travels when an agent imports households from a file: the file, what each line comes to, and how far it has come."""

from typing import Annotated, Any, Final

from pydantic import Base64Bytes, Field

from contracts.event import Model
from contracts.family.import_words import ImportColumn, ImportFinding
from contracts.http import ShortText
from contracts.runs import Run, body_bytes_max

FILE_BYTES_MAX: Final = 24_000_000
LINES_MAX: Final = 180_000
"""Of a file, without its heading and its blank lines: 35,000 households of five people."""
BODY_BYTES_MAX: Final = body_bytes_max(FILE_BYTES_MAX)


class ImportCreate(Model):
    """A file to look at before it is confirmed. `is_updating`: households that are there take over what the file says of telephones, addresses and
    quotient. `is_inviting`: adults who have an e-mail address are invited; otherwise nobody is."""

    label: ShortText
    content: Annotated[Base64Bytes, Field(max_length=BODY_BYTES_MAX)] = Field(default=b"", repr=False)
    is_updating: bool = False
    is_inviting: bool = False


class ImportCount(Model):
    """So many lines, of so many households, come to this."""

    finding: ImportFinding
    line_count: int
    household_count: int


class ImportRun(Run):
    """An import and how far it has come."""

    is_updating: bool
    is_inviting: bool
    findings: tuple[ImportCount, ...]

    def households(self, *findings: ImportFinding) -> int:
        """How many households come to one of these."""
        return sum(item.household_count for item in self.findings if item.finding in findings)

    @property
    def line_count(self) -> int:
        """How many lines its file has."""
        return sum(item.line_count for item in self.findings)


class ImportFault(Model):
    """What a line has against it, by the code and the facts of a refusal, or how it differs from the file of the portal."""

    column: ImportColumn
    code: str
    params: dict[str, Any] = Field(default_factory=dict)


class ImportLine(Model):
    """A line of a report. `reference` is of the household's file, once there is one. `cells` are what the file says, for as long as the line waits or is
    refused."""

    line_number: int
    household_key: str
    finding: ImportFinding
    faults: tuple[ImportFault, ...]
    reference: str | None
    cells: dict[ImportColumn, str]
