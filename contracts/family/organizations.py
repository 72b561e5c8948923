"""What travels of the kind of a household's file: of a person and their family, or of an organization that somebody represents."""

from typing import Annotated

from pydantic import StringConstraints

from contracts.event import Model
from contracts.family.events import HouseholdKind
from contracts.http import LINE

TypedNumber = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40, pattern=LINE)]
"""A number of a register as it was typed, with whatever stands between its digits."""
LegalName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=LINE)]


class OrganizationCreate(Model):
    """An organization by its legal name and its number in a register: the SIRET of its establishment or, of an association, its RNA number."""

    legal_name: LegalName
    siret: TypedNumber | None = None
    rna: TypedNumber | None = None


class KindChange(Model):
    """What a file is from now on: of a person, or of an organization, which is said whole."""

    kind: HouseholdKind
    organization: OrganizationCreate | None = None
