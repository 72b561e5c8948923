"""What travels when two files of one household become one: which may be that, what a merge makes, the merge, and what is undone again."""

from datetime import date, datetime
from enum import StrEnum, auto
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.event import Model
from contracts.family.models import Reason

FileFingerprint = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""What a preview was made of, as a hash: what is merged is what somebody saw."""


class LikenessKind(StrEnum):
    """What two files have alike: a child of one birth date and, but for its spelling, one name; or an adult of one name, but for its
    spelling, and one telephone number or e-mail address."""

    CHILD = auto()
    PHONE = auto()
    EMAIL = auto()


class Likeness(Model):
    """Somebody of one file and somebody of the other who may be one person, as each file writes their name. `birth_on` is a child's."""

    kind: LikenessKind
    name: str
    other_name: str
    birth_on: date | None


class FileName(Model):
    """A file by its names."""

    household_id: UUID
    reference: str
    payer_name: str
    created_at: datetime


class DuplicateFiles(Model):
    """Two files that may be of one household, the older one first. `reason`: an agent said why they are not, and when."""

    file: FileName
    other: FileName
    likenesses: tuple[Likeness, ...]
    reason: str | None
    noted_at: datetime | None


class FilesApart(Model):
    """Why two files that look alike are of two households."""

    reason: Reason


class PersonKind(StrEnum):
    """An adult or a child: nobody is both."""

    ADULT = auto()
    CHILD = auto()


class MergedPerson(Model):
    """Somebody of the file that goes. `kept_person_id` is who they seem to be in the file that is kept, of whom an agent judges; `is_same`:
    both files name the same person already, and there is nothing to judge."""

    person_id: UUID
    kind: PersonKind
    name: str
    birth_on: date | None
    phone: str | None
    email: str | None
    kept_person_id: UUID | None
    is_same: bool


class KeptPerson(Model):
    """Somebody of the file that is kept, whom one of the other file may be."""

    person_id: UUID
    kind: PersonKind
    name: str
    birth_on: date | None
    phone: str | None
    email: str | None


class Obstacle(Model):
    """Why two files are not merged as they are: the code of a refusal and what it says."""

    code: str
    params: dict[str, Any]


class FileMergePreview(Model):
    """What comes of a merge: who is in the file that goes and who may be whom. Its delegations end (`delegation_count`). `obstacle`: as it is proposed here it
    cannot be done. It takes effect on the day after `last_on`: what has begun by then stays with the file that goes."""

    people: tuple[MergedPerson, ...]
    kept_people: tuple[KeptPerson, ...]
    delegation_count: int
    obstacle: Obstacle | None
    last_on: date
    undo_days: int
    fingerprint: FileFingerprint


class PersonMatch(Model):
    """Somebody of the file that goes is somebody of the file that is kept, who goes on. `is_phone_taken`, `is_email_taken`: with the telephone number, or for
    want of an e-mail address with the one, that the other file has."""

    person_id: UUID
    kept_person_id: UUID
    is_phone_taken: bool = False
    is_email_taken: bool = False


class FileMergeRequest(Model):
    """The file to merge into one, as it was previewed. Who is in no match is somebody of their own, and comes to the file that is kept.
    `is_address_taken`, `is_quotient_taken`: the values of the file that goes are right."""

    former_id: UUID
    matches: Annotated[tuple[PersonMatch, ...], Field(max_length=40)] = ()
    is_address_taken: bool = False
    is_quotient_taken: bool = False
    fingerprint: FileFingerprint


class FileMerge(Model):
    """Two files that are one. What was booked until `last_on`, that day included, stays with the former one. `blocked_by`: what changed since
    and stands against its undoing, as `MergedPart`; `undone_at`: both are there again."""

    merge_id: UUID
    kept_id: UUID
    kept_reference: str
    former_id: UUID
    former_reference: str
    last_on: date
    merged_at: datetime
    undo_ends_at: datetime
    undone_at: datetime | None
    blocked_by: tuple[str, ...]


class MergedPart(StrEnum):
    """A part of a file that a merge wrote."""

    MEMBERS = auto()
    PAYERS = auto()
    ADDRESS = auto()
    CUSTODY = auto()
    CONTACTS = auto()
    QUOTIENTS = auto()
    CARE = auto()
    SCHOOLING = auto()
    IMPORTS = auto()
