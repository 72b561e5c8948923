"""What travels when an agent invites many families at once: a file of households, what is found about each line, and how far it has come."""

from datetime import datetime
from enum import StrEnum, auto
from typing import Annotated, Final

from pydantic import Base64Bytes, Field

from contracts.event import Model
from contracts.http import ShortText
from contracts.identity.events import InvitationFinding
from contracts.runs import Run, body_bytes_max

FILE_BYTES_MAX: Final = 3_000_000
LINES_MAX: Final = 35_000
"""Of a file, without its heading and its blank lines."""
BODY_BYTES_MAX: Final = body_bytes_max(FILE_BYTES_MAX)


class InvitationChoice(StrEnum):
    """Whom a run invites: those of a file, everybody who was never invited, or everybody whose link ended before they used it."""

    FILE = auto()
    NEVER_INVITED = auto()
    LAPSED = auto()


class MailState(StrEnum):
    """How the mail of an invitation went: on its way, accepted or refused by the mail server, or too old to be sent."""

    WAITING = auto()
    DELIVERED = auto()
    REFUSED = auto()
    EXPIRED = auto()


class InvitationRunCreate(Model):
    """A run to look at before it is confirmed. `content` is the file as it was chosen, where the choice is a file: CSV with one household a line, its
    reference, and after it the e-mail address of whom to invite if that is not everybody."""

    label: ShortText
    choice: InvitationChoice
    content: Annotated[Base64Bytes, Field(max_length=BODY_BYTES_MAX)] = Field(default=b"", repr=False)


class FindingCount(Model):
    """So many lines come to this."""

    finding: InvitationFinding
    count: int


class InvitationRun(Run):
    """A run of invitations; none examines for longer than its request. Of the mails that it ordered, so many went so far. `is_held`: it waits for the mail
    server to take those that were ordered before."""

    choice: InvitationChoice
    findings: tuple[FindingCount, ...]
    delivered_count: int
    refused_count: int
    is_held: bool

    def count(self, finding: InvitationFinding) -> int:
        """How many lines come to this."""
        return next((item.count for item in self.findings if item.finding is finding), 0)

    @property
    def line_count(self) -> int:
        """How many lines its report has."""
        return sum(item.count for item in self.findings)


class InvitationLine(Model):
    """A line of a run's report. `line_number` is that of the file; who is invited for a household with several adults has a line of the report
    each. `email` is what the file said. `invited_at` and `mail` are of the invitation that is alive, the run's own or an earlier one;
    `refusal` is the mail server's code."""

    position: int
    line_number: int
    reference: str
    email: str | None
    finding: InvitationFinding
    same_as_line: int | None
    invited_at: datetime | None
    mail: MailState | None
    refusal: str | None
