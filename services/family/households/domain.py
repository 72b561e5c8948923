"""Household files: what makes one acceptable, who belongs to it and pays for it when. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from chassis.days import ONE_DAY, DateRange, Days
from chassis.refusal import FieldRefusal, Invalid, Refusal
from chassis.timeline import Timeline
from contracts.family.events import Address as AddressState
from contracts.family.events import Adult as AdultState
from contracts.family.events import (
    ChildMembership,
    FileMerged,
    HouseholdKind,
    HouseholdPayer,
    HouseholdState,
    Membership,
)

from ..births.domain import child_pointers, expected_faults
from ..errors import HouseholdAlreadyExists, HouseholdHasChildren, PayerNotAMember
from ..organizations.domain import Organization, organization_faults
from ..people.domain import (
    Adult,
    Child,
    adult_faults,
    child_faults,
    child_names,
    single_spaced,
    text_faults,
    with_single_spaces,
)

ADULT_POINTERS = ("/guardian", "/co_guardian")
ADDRESS_POINTERS = ("/address/street", "/address/complement")


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; `lines` is street first, then complements, and `country` is another one than France."""

    lines: tuple[str, ...]
    postal_code: str
    city: str
    country: str | None = None

    def texts(self) -> Iterator[tuple[str, str]]:
        """What was typed, by the field that it was typed in."""
        yield from zip(ADDRESS_POINTERS, self.lines, strict=False)
        yield "/address/city", self.city
        if self.country is not None:
            yield "/address/country", self.country

    def as_kept(self) -> "Address":
        """As typed but for repeated spaces, and a postal code in capitals."""
        return Address(
            tuple(single_spaced(line) for line in self.lines),
            single_spaced(self.postal_code).upper(),
            single_spaced(self.city),
            single_spaced(self.country) if self.country else None,
        )

    def printed(self) -> list[str]:
        """The address line by line."""
        return [*self.lines, f"{self.postal_code} {self.city}", *([self.country.upper()] if self.country else [])]

    def state(self) -> AddressState:
        """The address as others may know it."""
        return AddressState(lines=self.lines, postal_code=self.postal_code, city=self.city, country=self.country)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody belongs to the household during these days."""

    person_id: UUID
    during: DateRange


@dataclass(frozen=True, slots=True)
class HouseholdFile:
    """A household, whole. Members are in the order of the file; `payers` are adults, one for each day at most. `organization`: whose file it is, if it is no
    person's. It has no `address` while that is protected. `merged`: into which file it was; `merged_references`: of those that were merged into it.
    `former_keys`: by what the former software knew it and its children. `archived_on`: since when it is put aside, and nobody belongs to it."""

    household_id: UUID
    reference: str
    address: Address | None
    adults: tuple[Adult, ...]
    children: tuple[Child, ...]
    adult_members: tuple[Member, ...]
    child_members: tuple[Member, ...]
    payers: Timeline[UUID]
    created_at: datetime
    organization: Organization | None = None
    merged: FileMerged | None = None
    merged_references: tuple[str, ...] = ()
    former_keys: tuple[str, ...] = ()
    archived_on: date | None = None

    @property
    def kind(self) -> HouseholdKind:
        """What the file is of."""
        return self.organization.kind if self.organization else HouseholdKind.INDIVIDUAL

    def days_of(self, person_id: UUID) -> Days:
        """The days on which somebody belongs to the household."""
        members = (*self.adult_members, *self.child_members)
        return Days.of(member.during for member in members if member.person_id == person_id)

    def payer_on(self, day: date) -> Adult | None:
        """The adult who pays for a day; before the first and after the last one, whoever is nearest in time."""
        adult_id = self.payers.at(day)
        if adult_id is None and self.payers.slices:
            adult_id = self.payers.slices[0 if day < self.payers.slices[0].during.first else -1].value
        return next((adult for adult in self.adults if adult.adult_id == adult_id), None)

    def next_turn_on(self, today: date) -> date | None:
        """The next day after today on which somebody begins to belong to the household or to pay for it, or does no longer."""
        ranges = [item.during for item in (*self.adult_members, *self.child_members, *self.payers)]
        turns = {during.first for during in ranges}
        turns |= {during.ends_on + ONE_DAY for during in ranges if during.ends_on is not None}
        return min((day for day in turns if day > today), default=None)

    def state(self) -> HouseholdState:
        """The household as others may know it."""
        names = child_names(self.children)
        return HouseholdState(
            household_id=self.household_id,
            reference=self.reference,
            address=self.address.state() if self.address else None,
            adults=tuple(
                AdultState(
                    adult_id=adult.adult_id,
                    civility=adult.civility,
                    first_name=adult.first_name,
                    last_name=adult.last_name,
                    email=adult.email,
                    phone=adult.phone,
                    is_invited=adult.is_invited,
                    revision=adult.revision,
                    is_email_confirmed=adult.is_email_confirmed,
                )
                for adult in self.adults
            ),
            adult_members=tuple(_membership(member) for member in self.adult_members),
            child_members=tuple(
                ChildMembership(
                    person_id=member.person_id,
                    name=names[member.person_id],
                    starts_on=member.during.first,
                    ends_on=member.during.ends_on,
                )
                for member in self.child_members
            ),
            payers=tuple(
                HouseholdPayer(adult_id=item.value, starts_on=item.during.first, ends_on=item.during.ends_on)
                for item in self.payers
            ),
            created_at=self.created_at,
            kind=self.kind,
            organization=self.organization.state() if self.organization else None,
            merged=self.merged,
        )


@dataclass(frozen=True, slots=True)
class KnownFiles:
    """What the town's files already say about the people of a new one.

    `adults` are those whom a file names already, as it does, by the id that they have in the new one; `twin` is the reference of a
    file where the same adult has the same child; `organizations` gives the file of an organization by each of its numbers.
    """

    adults: Mapping[UUID, Adult] = field(default_factory=dict)
    twin: str | None = None
    organizations: Mapping[str, str] = field(default_factory=dict)


def check_opening(
    draft: HouseholdFile, new_children: tuple[Child, ...], known: KnownFiles, today: date, *, has_reason: bool = False
) -> Refusal | None:
    """Why a file cannot be opened as it was typed, or None. `draft.adults` starts with the payer; `new_children` are those of its
    children whom no file names yet; `has_reason`: an agent knows the file that this one looks like, and says why there are to be two."""
    faults = [
        *text_faults(_typed_texts(draft, new_children)),
        *adult_faults(list(zip(ADULT_POINTERS, draft.adults, strict=False))),
        *child_faults([child for child in new_children if not child.is_expected], today),
        *expected_faults([child for child in new_children if child.is_expected], today),
    ]
    if draft.organization is not None:
        faults += organization_faults(draft.organization, known.organizations)
        if draft.children:
            faults.append(FieldRefusal("/children", "children_of_organization"))
    elif not draft.children:
        faults.append(FieldRefusal("/children", "missing"))
    if faults:
        return Invalid(*faults)
    return HouseholdAlreadyExists(reference=known.twin) if known.twin is not None and not has_reason else None


def as_kept(draft: HouseholdFile) -> HouseholdFile:
    """A file as it is kept: names and address as typed but for repeated spaces."""
    return replace(
        draft,
        address=draft.address.as_kept() if draft.address else None,
        adults=tuple(with_single_spaces(adult) for adult in draft.adults),
        children=tuple(with_single_spaces(child) for child in draft.children),
        organization=kept_organization(draft.organization) if draft.organization else None,
    )


def kept_organization(organization: Organization) -> Organization:
    """An organization whose name is as typed but for repeated spaces."""
    return replace(organization, legal_name=single_spaced(organization.legal_name))


def with_kind(
    file: HouseholdFile, organization: Organization | None, known: Mapping[str, str], today: date
) -> HouseholdFile | Refusal:
    """A file once it is of an organization, or of a person. `known` has the file of each number that is another's."""
    if organization is None:
        return replace(file, organization=None)
    if faults := [*text_faults(_organization_texts(organization)), *organization_faults(organization, known)]:
        return Invalid(*faults)
    if any(member.during.ends_on is None or member.during.ends_on >= today for member in file.child_members):
        return HouseholdHasChildren(reference=file.reference)
    return replace(file, organization=kept_organization(organization))


def with_known_adults(draft: HouseholdFile, known: Mapping[UUID, Adult]) -> HouseholdFile:
    """A new file that names adults as another one does already: they are the same people, in both files."""

    def of(adult_id: UUID) -> UUID:
        return known[adult_id].adult_id if adult_id in known else adult_id

    return replace(
        draft,
        adults=tuple(known.get(adult.adult_id, adult) for adult in draft.adults),
        adult_members=tuple(replace(member, person_id=of(member.person_id)) for member in draft.adult_members),
        payers=Timeline.of([(item.during, of(item.value)) for item in draft.payers]),
    )


def joined(members: Iterable[Member], person_id: UUID, during: DateRange) -> tuple[Member, ...]:
    """The members once somebody belongs to the household during these days too; days that meet become one membership. Whoever is
    in the file keeps their place in it, and a newcomer is the last."""
    known = tuple(members)
    days = [during, *(member.during for member in known if member.person_id == person_id)]
    place = next((place for place, member in enumerate(known) if member.person_id == person_id), len(known))
    theirs = tuple(Member(person_id, part) for part in Days.of(days))
    return (*known[:place], *theirs, *(member for member in known[place:] if member.person_id != person_id))


def left(members: Iterable[Member], person_id: UUID, gone: Days) -> tuple[Member, ...]:
    """The members once somebody no longer belongs to the household on these days."""
    return tuple(
        Member(member.person_id, part)
        for member in members
        for part in (Days((member.during,)) - (gone if member.person_id == person_id else Days()))
    )


def paying(file: HouseholdFile, adult_id: UUID, during: DateRange) -> Timeline[UUID] | Refusal:
    """Who pays once an adult does during these days: whoever did before pays until the day before."""
    if Days((during,)) - file.days_of(adult_id):
        return PayerNotAMember(starts_on=during.first, ends_on=during.ends_on)
    return file.payers.put(during, adult_id)


def without_payer(payers: Timeline[UUID], adult_id: UUID, gone: Days) -> Timeline[UUID]:
    """Who pays once an adult no longer may on these days; nobody does there until somebody is named."""
    return payers.without(gone & Days.of(item.during for item in payers if item.value == adult_id))


def _membership(item: Member) -> Membership:
    return Membership(person_id=item.person_id, starts_on=item.during.first, ends_on=item.during.ends_on)


def _typed_texts(draft: HouseholdFile, new_children: tuple[Child, ...]) -> Iterator[tuple[str, str]]:
    for pointer, adult in zip(ADULT_POINTERS, draft.adults, strict=False):
        yield f"{pointer}/first_name", adult.first_name
        yield f"{pointer}/last_name", adult.last_name
        if adult.email is not None:
            yield f"{pointer}/email", adult.email
    if draft.address:
        yield from draft.address.texts()
    if draft.organization:
        yield from _organization_texts(draft.organization)
    for pointer, child in zip(child_pointers(new_children), new_children, strict=True):
        if child.first_name:
            yield f"{pointer}/first_name", child.first_name
        yield f"{pointer}/last_name", child.last_name


def _organization_texts(organization: Organization) -> Iterator[tuple[str, str]]:
    yield "/organization/legal_name", organization.legal_name
