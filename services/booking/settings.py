"""Settings of the booking service: its process, and the policies of the town that it applies."""

from typing import Annotated

from pydantic import BaseModel, Field

from chassis.settings import ServiceSettings
from chassis.town import TownSection, load_section
from contracts.family.document_words import DocumentAudience, DocumentKind

from .documents.domain import DocumentRules, Requirement


class FamilyPart(BaseModel):
    """What this service needs of the `[family]` table, whose other settings are its service's own: the kinds of documents that activities may ask for."""

    documents: tuple[DocumentKind, ...] = ()

    def rules(self) -> DocumentRules:
        """The kinds that are of a child or of a household."""
        asked = [kind for kind in self.documents if {*kind.audiences} - {DocumentAudience.ADULT}]
        return DocumentRules({kind.code: Requirement(kind.code, kind.label, kind.is_sent_enough) for kind in asked})


class BookingSettings(ServiceSettings):
    """What a process of the booking service is configured with."""

    database_pool_max: Annotated[int, Field(ge=2, le=64)] = 10
    """More than the others: places are asked for by everybody in the same minute."""

    def documents(self) -> DocumentRules:
        """What activities may ask of families' documents, as the town says."""
        return load_section(self.town_file, "family", FamilyPart).rules()


class BookingPolicies(TownSection):
    """The `[booking]` table of a town file."""

    shows_free_places: bool = True
    """Whether families see how many places are left on a day, or only whether it is full."""
