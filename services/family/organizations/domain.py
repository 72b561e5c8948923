"""What an organization is, and what its numbers must be like. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from chassis.refusal import FieldRefusal
from contracts.family.events import HouseholdKind
from contracts.family.events import Organization as OrganizationState

SIRET: Final = re.compile(r"[0-9]{14}")
RNA: Final = re.compile(r"W[0-9]{9}")
BETWEEN_DIGITS: Final = re.compile(r"[\s.\-\u2010-\u2015]")
LA_POSTE: Final = "356000000"
"""The SIREN of La Poste, whose establishments are too many for the key of the others. Source: INSEE, Sirene."""


@dataclass(frozen=True, slots=True)
class Organization:
    """An organization whose file a household's is; never of the kind of a person."""

    kind: HouseholdKind
    legal_name: str
    siret: str | None
    rna: str | None

    def state(self) -> OrganizationState:
        """The organization as others may know it."""
        return OrganizationState(legal_name=self.legal_name, siret=self.siret, rna=self.rna)

    @property
    def numbers(self) -> dict[str, str]:
        """Its numbers in registers, by the field that each is typed in."""
        return {name: number for name, number in (("siret", self.siret), ("rna", self.rna)) if number}


def number_typed(typed: str | None) -> str | None:
    """A number as it is kept: without what people write between its digits."""
    return BETWEEN_DIGITS.sub("", typed).upper() or None if typed else None


def is_siret(number: str) -> bool:
    """Whether the key of a SIRET of 14 digits fits: Luhn's, or for establishments of La Poste a sum of digits that five divides."""
    if number.startswith(LA_POSTE) and sum(map(int, number)) % 5 == 0:
        return True
    doubled = (int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(number))
    return sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0


def organization_faults(organization: Organization, known: Mapping[str, str]) -> Iterator[FieldRefusal]:
    """What is wrong with an organization. `known` has the file of each number that is another's already."""
    if organization.siret is not None:
        if not SIRET.fullmatch(organization.siret):
            yield FieldRefusal("/organization/siret", "siret_malformed")
        elif not is_siret(organization.siret):
            yield FieldRefusal("/organization/siret", "siret_wrong")
    elif organization.kind is HouseholdKind.PROFESSIONAL:
        yield FieldRefusal("/organization/siret", "siret_needed")
    if organization.rna is not None:
        if organization.kind is not HouseholdKind.ASSOCIATION:
            yield FieldRefusal("/organization/rna", "rna_of_association")
        elif not RNA.fullmatch(organization.rna):
            yield FieldRefusal("/organization/rna", "rna_malformed")
    elif organization.siret is None and organization.kind is HouseholdKind.ASSOCIATION:
        yield FieldRefusal("/organization/siret", "siret_or_rna_needed")
    for name, number in organization.numbers.items():
        if number in known:
            yield FieldRefusal(f"/organization/{name}", "organization_known", (("reference", known[number]),))


def kind_fault(kind: HouseholdKind, has_organization: bool, taken: frozenset[HouseholdKind]) -> FieldRefusal | None:
    """Why a file of this kind cannot be, in a town that takes some, if it cannot."""
    if kind not in taken:
        return FieldRefusal("/kind", "kind_not_taken")
    if kind is HouseholdKind.INDIVIDUAL and has_organization:
        return FieldRefusal("/organization", "organization_of_individual")
    if kind is not HouseholdKind.INDIVIDUAL and not has_organization:
        return FieldRefusal("/organization/legal_name", "missing")
    return None
