"""What travels about a child's insurance: who insures it for a school year, by which contract and until when."""

from datetime import date
from enum import StrEnum, auto
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.event import Model
from contracts.family.authorizations import SchoolYear
from contracts.family.document_words import DocumentStatus, KindCode
from contracts.http import LINE, Day, ShortText

ContractNumber = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=LINE)]


class InsuranceStatus(StrEnum):
    """Whether a child is insured for a school year, as far as the town knows: by what its family says, or by a document that was validated. EXPIRED: it was, and the last day is past."""

    MISSING = auto()
    VALID = auto()
    EXPIRED = auto()


class InsuranceFields(Model):
    """A contract that insures a child; `ends_on` is its last day."""

    company: ShortText
    contract_number: ContractNumber
    ends_on: Day


class InsuranceChange(InsuranceFields):
    """The contract of a child for a school year. `revision` is the one that it was made from, 0 where nothing was said yet."""

    revision: Annotated[int, Field(ge=0, le=2**31 - 1)]


class InsuranceProof(Model):
    """The document of a child that was sent last to prove it, and its last day where it has one."""

    document_id: UUID
    status: DocumentStatus
    ends_on: date | None


class Insurance(Model):
    """What is known of a child's insurance for a school year, which is asked again each year: `contract` is None while nobody said it, `former` what they said for
    the year before. `proof_kind` is the kind of documents that may stand as its proof, with its label, in a town that has one."""

    child_id: UUID
    first_name: str
    last_name: str
    school_year: SchoolYear
    status: InsuranceStatus
    revision: int
    contract: InsuranceFields | None
    former: InsuranceFields | None
    proof_kind: KindCode | None
    proof_label: str
    proof: InsuranceProof | None


class Insurances(Model):
    """The insurance of each child of a household for the present school year; `is_asked`: the town wants to know, otherwise there is none."""

    is_asked: bool
    children: tuple[Insurance, ...]
