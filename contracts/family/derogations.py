"""What travels about derogations: a family asks for another school than its sector's, and the town decides."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from contracts.event import Model
from contracts.family.authorizations import SchoolYear as SchoolYear
from contracts.family.sector_words import DerogationReason as DerogationReason
from contracts.family.sector_words import DerogationStatus as DerogationStatus
from contracts.http import TEXT, Day, SiteCode

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000, pattern=TEXT)]


class DerogationCreate(Model):
    """A family's request as an agent records it. `note` says what was shown as evidence; no document is kept."""

    school_year: SchoolYear
    school: SiteCode
    reason: DerogationReason
    asked_on: Day
    note: Note = ""


class DerogationDecision(Model):
    """What the town decided; a refusal says why."""

    is_granted: bool
    reason: Note = ""


class Derogation(Model):
    """A request and what became of it. `sector_schools` are those of the child's homes when it was recorded. `decision_reason` and `note`: what was
    written; a family is not shown the note."""

    derogation_id: UUID
    child_id: UUID
    first_name: str
    last_name: str
    household_id: UUID | None
    school_year: int
    school: str
    sector_schools: tuple[str, ...]
    reason: DerogationReason
    status: DerogationStatus
    asked_on: date
    recorded_at: datetime
    recorded_by: UUID | None
    decided_at: datetime | None
    decided_by: UUID | None
    decision_reason: str
    note: str
