"""Household files: what makes one acceptable, who belongs to it and pays for it when, and by which words it is found. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from chassis.comparing import Person, comparable, first_names_apart
from chassis.days import ONE_DAY, DateRange, Days
from chassis.refusal import FieldRefusal, Invalid, Refusal
from chassis.timeline import Timeline
from contracts.family.events import Address as AddressState
from contracts.family.events import Adult as AdultState
from contracts.family.events import ChildMembership, HouseholdPayer, HouseholdState, Membership

from ..errors import HouseholdAlreadyExists, PayerNotAMember
from ..people.domain import (
    Adult,
    Child,
    child_faults,
    email_faults,
    single_spaced,
    text_faults,
    with_single_spaces,
)

ADULT_POINTERS = ("/guardian", "/co_guardian")
ADDRESS_POINTERS = ("/address/street", "/address/complement")


@dataclass(frozen=True, slots=True)
class Address:
    """A French postal address; `lines` is street first, then complements."""

    lines: tuple[str, ...]
    postal_code: str
    city: str

    @classmethod
    def typed(cls, street: str, complement: str | None, postal_code: str, city: str) -> "Address":
        """An address of the fields of a form."""
        return cls((street, *((complement,) if complement else ())), postal_code, city)

    def texts(self) -> Iterator[tuple[str, str]]:
        """What was typed, by the field that it was typed in."""
        yield from zip(ADDRESS_POINTERS, self.lines, strict=False)
        yield "/address/city", self.city

    def as_kept(self) -> "Address":
        """As typed but for repeated spaces."""
        return Address(tuple(single_spaced(line) for line in self.lines), self.postal_code, single_spaced(self.city))


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody belongs to the household during these days."""

    person_id: UUID
    during: DateRange


@dataclass(frozen=True, slots=True)
class HouseholdFile:
    """A household, whole. Members are in the order of the file; `payers` are adults, one for each day at most."""

    household_id: UUID
    reference: str
    address: Address
    adults: tuple[Adult, ...]
    children: tuple[Child, ...]
    adult_members: tuple[Member, ...]
    child_members: tuple[Member, ...]
    payers: Timeline[UUID]
    created_at: datetime

    def days_of(self, person_id: UUID) -> Days:
        """The days on which somebody belongs to the household."""
        members = (*self.adult_members, *self.child_members)
        return Days.of(member.during for member in members if member.person_id == person_id)

    def payer_on(self, day: date) -> Adult | None:
        """The adult who pays for a day; before the first and after the last one, whoever is nearest in time."""
        adult_id = self.payers.at(day)
        if adult_id is None and self.payers.slices:
            edge = self.payers.slices[0 if day < self.payers.slices[0].during.first else -1]
            adult_id = edge.value
        return next((adult for adult in self.adults if adult.adult_id == adult_id), None)

    def next_turn_on(self, today: date) -> date | None:
        """The next day after today on which somebody begins to belong to the household or to pay for it, or does no longer."""
        members = (*self.adult_members, *self.child_members)
        ranges = [*(member.during for member in members), *(item.during for item in self.payers)]
        turns = {during.first for during in ranges}
        turns |= {during.ends_on + ONE_DAY for during in ranges if during.ends_on is not None}
        return min((day for day in turns if day > today), default=None)

    def state(self) -> HouseholdState:
        """The household as others may know it."""
        names = first_names_apart(
            {child.child_id: Person(child.first_name, child.last_name, child.birth_on) for child in self.children}
        )
        return HouseholdState(
            household_id=self.household_id,
            reference=self.reference,
            address=AddressState(
                lines=self.address.lines, postal_code=self.address.postal_code, city=self.address.city
            ),
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
        )


@dataclass(frozen=True, slots=True)
class KnownFiles:
    """What the town's files already say about the people of a new one.

    `references` gives the file in which an invited address stands, by `comparable_email`; `twin` is the reference of a
    file where the same adult has the same child.
    """

    references: Mapping[str, str]
    twin: str | None


def check_opening(
    draft: HouseholdFile, new_children: tuple[Child, ...], known: KnownFiles, today: date
) -> Refusal | None:
    """Why a file cannot be opened as it was typed, or None. `draft.adults` starts with the payer; `new_children` are those of its
    children whom no file names yet."""
    emails = [(f"{pointer}/email", adult.email) for pointer, adult in zip(ADULT_POINTERS, draft.adults, strict=False)]
    faults = [
        *text_faults(_typed_texts(draft, new_children)),
        *email_faults(emails, known.references),
        *child_faults(new_children, today),
    ]
    if not draft.children:
        faults.append(FieldRefusal("/children", "missing"))
    if faults:
        return Invalid(*faults)
    return HouseholdAlreadyExists(reference=known.twin) if known.twin is not None else None


def as_kept(draft: HouseholdFile) -> HouseholdFile:
    """A file as it is kept: names and address as typed but for repeated spaces."""
    return replace(
        draft,
        address=draft.address.as_kept(),
        adults=tuple(with_single_spaces(adult) for adult in draft.adults),
        children=tuple(with_single_spaces(child) for child in draft.children),
    )


def joined(members: Iterable[Member], person_id: UUID, during: DateRange) -> tuple[Member, ...]:
    """The members once somebody belongs to the household during these days too; days that meet become one membership. Whoever is
    in the file keeps their place in it, and a newcomer is the last."""
    known = tuple(members)
    days = Days.of(member.during for member in known if member.person_id == person_id)
    place = next((place for place, member in enumerate(known) if member.person_id == person_id), len(known))
    theirs = tuple(Member(person_id, part) for part in days | Days((during,)))
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
    paid = Days.of(item.during for item in payers if item.value == adult_id)
    return payers.without(paid & gone)


def search_words(file: HouseholdFile) -> list[str]:
    """Every word by which an agent finds the file, sorted: names, addresses, the reference and its bare number."""
    texts = [file.reference, file.reference.rpartition("-")[2].lstrip("0")]
    people: tuple[Adult | Child, ...] = (*file.adults, *file.children)
    for person in people:
        texts += [person.first_name, person.last_name]
    texts += [adult.email for adult in file.adults if adult.email]
    return sorted({word for text in texts for word in comparable(text).split()})


def _membership(member: Member) -> Membership:
    return Membership(person_id=member.person_id, starts_on=member.during.first, ends_on=member.during.ends_on)


def _typed_texts(draft: HouseholdFile, new_children: tuple[Child, ...]) -> Iterator[tuple[str, str]]:
    for pointer, adult in zip(ADULT_POINTERS, draft.adults, strict=False):
        yield f"{pointer}/first_name", adult.first_name
        yield f"{pointer}/last_name", adult.last_name
        if adult.email is not None:
            yield f"{pointer}/email", adult.email
    yield from draft.address.texts()
    for position, child in enumerate(new_children):
        yield f"/children/{position}/first_name", child.first_name
        yield f"/children/{position}/last_name", child.last_name
