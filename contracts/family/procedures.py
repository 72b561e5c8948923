"""What travels about procedures: the catalogue of families and of everybody, and the texts that agents publish."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.event import Model
from contracts.family.procedure_words import Change, Code, Procedure, Subject
from contracts.family.request_words import Draftable, ProcedureName, RequestStatus
from contracts.http import TEXT

PROCEDURE_TEXT_MAX = 60_000
ProcedureText = Annotated[str, StringConstraints(min_length=1, max_length=PROCEDURE_TEXT_MAX, pattern=TEXT)]


class ProcedureSummary(Model):
    """A procedure as everybody may know it. `leads_to`: the page where it is done, empty for what is filled in and sent."""

    code: Code
    label: str
    summary: str
    service: str
    delay_days: int
    after: ProcedureName | None
    leads_to: str
    is_open: bool


class OwnProcedure(ProcedureSummary):
    """A procedure to a family. `waits_for`: how far the household has come with the procedure before it, where that is not accepted; None for not at
    all. `number`: its place in a path, from 1, none outside one."""

    subject: Subject
    number: int | None
    draftable: Draftable
    waits_for: RequestStatus | None
    opens_on: date | None


class OwnProcedures(Model):
    """What a household may ask the town for."""

    household_id: UUID
    items: tuple[OwnProcedure, ...]


class ProcedureVersion(Model):
    """A published text. `published_by`: an agent; None for the one that the town began with."""

    version: int
    published_at: datetime | None
    published_by: UUID | None


class PublishedProcedure(Model):
    """A procedure as agents keep it: the text that counts, and the versions that were published, the newest first."""

    procedure: Procedure
    version: int
    text: str
    versions: tuple[ProcedureVersion, ...]


class ProcedureDraft(Model):
    """A text that may become the next version."""

    text: ProcedureText


class ProcedurePublication(ProcedureDraft):
    """A text that becomes the next version after the one that its writer read; 0 for a new procedure."""

    after_version: Annotated[int, Field(ge=0, le=100_000)]


class ProcedureFlaw(Model):
    """What is wrong with a line of a text, counted from 1, and the word that it is about."""

    line: int
    flaw: str
    word: str


class ChangedLine(Model):
    """A line of a text beside the published one."""

    change: Change
    line: str


class ProcedureCheck(Model):
    """A text that was read: what is wrong with it, or what it says; and what it would change."""

    flaws: tuple[ProcedureFlaw, ...] = ()
    procedure: Procedure | None = None
    version: int = 0
    changes: tuple[ChangedLine, ...] = ()
