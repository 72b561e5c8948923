"""What travels about a household's resources: what an agent enters or a family declares, what stands, and who pays the highest price for want of them."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from contracts.event import Model
from contracts.family.document_words import DocumentKind, DocumentReason
from contracts.family.documents import Words
from contracts.family.events import Quotient
from contracts.family.models import QuotientCents
from contracts.family.resource_words import DeclarationStatus, QuotientWay, ResourcesState, TaxFormula
from contracts.http import Day, Month
from contracts.types import QuotientSource

IncomeCents = Annotated[int, Field(ge=0, le=1_000_000_000, strict=True)]
"""What a household lives on in a year, in cents: the reference income of a tax notice."""
ChildCount = Annotated[int, Field(ge=0, le=15, strict=True)]


class ResourcesTyped(Model):
    """What somebody says of a household's resources: the quotient in cents a month, or the income of a tax notice of which the town's formula makes one.
    `month` is the one that the proof is of."""

    value_cents: QuotientCents | None = None
    income_cents: IncomeCents | None = None
    child_count: ChildCount | None = None
    source: QuotientSource = QuotientSource.AGENT
    month: Month | None = None


class ResourcesEntry(ResourcesTyped):
    """What an agent enters. `ends_on`: the last day on which it counts, by default the town's next day of renewal. `document_id`: the proof."""

    effective_on: Day
    ends_on: Day | None = None
    document_id: UUID | None = None


class DeclarationCreate(ResourcesTyped):
    """What a family declares, with a document that it sent as the proof. `household_id`: of whoever belongs to several."""

    household_id: UUID | None = None
    document_id: UUID


class DeclarationDecision(Model):
    """What an agent makes of a declaration: the quotient that counts, or a reason and words to the family."""

    entry: ResourcesEntry | None = None
    reason: DocumentReason | None = None
    words: Words = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.entry is None) == (self.reason is None):
            raise ValueError("a declaration is accepted with a quotient, or refused with a reason")
        return self


class QuotientCut(Model):
    """A quotient that an entry makes count less long, or not at all any more (`last_on` is None)."""

    quotient: Quotient
    former_last_on: date | None
    last_on: date | None


class QuotientPreview(Model):
    """What an entry would do: the quotient, its last day, and what it cuts. `is_known`: it stands already, and nothing would change."""

    quotient: Quotient
    last_on: date | None
    cuts: tuple[QuotientCut, ...]
    is_known: bool


class KnownQuotient(Model):
    """A quotient of the history: `last_on` is the last day on which it counts, by its own end or the next one's start. `replaced_at`: it was corrected
    then, and counts no more. `recorded_by` is for agents."""

    quotient: Quotient
    last_on: date | None
    way: QuotientWay
    month: Month | None
    income_cents: int | None
    child_count: int | None
    provider: str
    document_id: UUID | None
    recorded_at: datetime
    recorded_by: UUID | None
    replaced_at: datetime | None


class Declaration(Model):
    """What a family declared and what became of it. `declared_by`: an adult by name. `proposed_on`: from when it would count."""

    declaration_id: UUID
    household_id: UUID
    reference: str
    status: DeclarationStatus
    value_cents: int | None
    income_cents: int | None
    child_count: int | None
    source: QuotientSource
    month: Month | None
    document_id: UUID | None
    declared_at: datetime
    declared_by: str
    decided_at: datetime | None
    reason: DocumentReason | None
    words: str
    proposed_on: date
    computed_cents: int | None


class Resources(Model):
    """The resources of a household: where they stand today, what counts, and all that was known, the newest first. `ended_on`: the last day of the
    quotient that ended; `notice_days`: so many days before the last day its adults hear of it. `child_count` is that of the file today."""

    household_id: UUID
    reference: str
    state: ResourcesState
    quotient: Quotient | None
    last_on: date | None
    ended_on: date | None
    is_top_price: bool
    child_count: int
    known: tuple[KnownQuotient, ...]
    declarations: tuple[Declaration, ...]
    formula: TaxFormula | None
    notice_days: tuple[int, ...]
    renewed_by: str
    proof_kinds: dict[QuotientSource, DocumentKind]


class HouseholdWithoutResources(Model):
    """A household that pays the highest price for want of resources, or would. `ended_on`: the last day of the quotient that it had."""

    household_id: UUID
    reference: str
    payer_name: str
    child_count: int
    state: ResourcesState
    ended_on: date | None
    declared_on: date | None
    is_enrolled: bool
