"""How an adult is reached, and what a correction of it changes. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from chassis.refusal import Invalid, Refusal
from chassis.versions import version_of

from ..errors import ContactOutdated, EmailKeptByTown
from ..households.domain import Address
from ..people.domain import Adult, is_same_email, text_faults


@dataclass(frozen=True, slots=True)
class Home:
    """A household that an adult belongs to, and where it is: unknown while that is protected, until it is typed anew."""

    household_id: UUID
    reference: str
    address: Address | None
    is_protected: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """How an adult is reached, in the order of the references of their homes; `hidden` names what the town does not show to whoever reads it."""

    adult: Adult
    homes: tuple[Home, ...]
    hidden: frozenset[str] = frozenset()

    @property
    def version(self) -> str:
        """Stands for these values."""
        # Who changes what they do not see types it whole, and nothing that is sent stands for it.
        is_hidden = "address" in self.hidden
        homes = ((home.household_id, None if home.is_protected or is_hidden else home.address) for home in self.homes)
        return version_of(self.shown("phone"), self.shown("email"), *homes)

    def shown(self, name: str) -> str | None:
        """The telephone number or e-mail address, if it is not hidden."""
        value: str | None = None if name in self.hidden else getattr(self.adult, name)
        return value

    def values(self, household_id: UUID | None) -> dict[str, Any]:
        """What can be corrected, as a household may know it: by name, and the address of that household alone, if it is not protected."""
        home = self.home(household_id)
        address = home.address if home and not home.is_protected else None
        return {
            "phone": self.adult.phone,
            "email": self.adult.email,
            "address": address.printed() if address else None,
        }

    def home(self, household_id: UUID | None) -> Home | None:
        """The home of that household, if they belong to it."""
        return next((home for home in self.homes if home.household_id == household_id), None)


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to be: `email` is None where it stays, `address` that of a home, None where it stays. `version` stands for what
    was seen, and `is_by_town` says that an agent corrects."""

    version: str
    phone: str | None
    email: str | None
    address: tuple[UUID, Address] | None
    is_by_town: bool


def corrected(known: Contact, correction: Correction) -> Contact | Refusal:
    """The contact once it is corrected. Whoever asks for what is there already gets it, whatever they had seen."""
    email = correction.email or known.adult.email
    if email != known.adult.email and not correction.is_by_town:
        return EmailKeptByTown()
    faults = tuple(text_faults(_texts(correction)))
    if faults:
        return Invalid(*faults)
    is_invited = known.adult.is_invited or email != known.adult.email
    is_confirmed = known.adult.is_email_confirmed and is_same_email(email, known.adult.email)
    adult = replace(
        known.adult, phone=correction.phone, email=email, is_invited=is_invited, is_email_confirmed=is_confirmed
    )
    wanted = Contact(
        adult if adult == known.adult else replace(adult, revision=adult.revision + 1),
        tuple(_moved(home, correction) for home in known.homes),
    )
    if wanted != known and correction.version != known.version:
        return ContactOutdated()
    return wanted


def with_email(known: Contact, email: str) -> Contact:
    """The contact with another address, which the adult confirmed, and at which they are invited."""
    revision = known.adult.revision + 1
    adult = replace(known.adult, email=email, is_invited=True, revision=revision, is_email_confirmed=True)
    return replace(known, adult=adult)


def changed_fields(before: Contact, after: Contact, household_id: UUID | None) -> tuple[str, ...]:
    """The names of what changed, as far as a household may know it."""
    former, present = before.values(household_id), after.values(household_id)
    is_moved = before.home(household_id) != after.home(household_id)
    return tuple(name for name in present if (is_moved if name == "address" else present[name] != former[name]))


def _moved(home: Home, correction: Correction) -> Home:
    if correction.address is None or correction.address[0] != home.household_id:
        return home
    return replace(home, address=correction.address[1].as_kept())


def _texts(correction: Correction) -> Iterator[tuple[str, str]]:
    if correction.email is not None:
        yield "/email", correction.email
    if correction.address is not None:
        yield from correction.address[1].texts()
