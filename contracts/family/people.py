"""What the states of the family service say of people: adults, who belongs to a household, who answers for a child and where it lives."""

from datetime import date
from enum import StrEnum, auto
from uuid import UUID

from contracts.event import Model
from contracts.types import Civility


class Address(Model):
    """A postal address; `lines` is street first, then complements. `country` is named, in French, where it is another one: it is printed last and in capitals."""

    lines: tuple[str, ...]
    postal_code: str
    city: str
    country: str | None = None


class Adult(Model):
    """An adult, as each of their households knows them. `is_invited`: the town opens a portal account for them. Of two households'
    words on the same adult, those of the greater `revision` are the later ones. `is_email_confirmed`: they asked for the present address
    themselves and followed the link that it got; otherwise the town wrote it.
    """

    adult_id: UUID
    civility: Civility
    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    is_invited: bool
    revision: int
    is_email_confirmed: bool


class Membership(Model):
    """Somebody belongs to a household, from a day until a day; both count, and without the latter there is no end in sight."""

    person_id: UUID
    starts_on: date
    ends_on: date | None


class ChildMembership(Membership):
    """A child belongs to a household, which calls the child by this name: the first name, and as much more as tells it from the others'."""

    name: str


class HouseholdPayer(Model):
    """The adult who pays for the household's days, from a day until a day; both count."""

    adult_id: UUID
    starts_on: date
    ends_on: date | None


class Responsibility(Model):
    """What an adult is to the child, from a day until a day; both count.

    `role` is one of `ResponsibilityRole` and `authority` of `Authority`, as this release knows them: more may come.
    """

    adult_id: UUID
    role: str
    authority: str
    starts_on: date
    ends_on: date | None


class EvidenceKind(StrEnum):
    """What an entry about a child's custody rests on: a judge's decision, an agreement of the parents, or what one of them declares."""

    JUDGMENT = auto()
    AGREEMENT = auto()
    DECLARATION = auto()


class HolidayTurns(Model):
    """Halves of school holidays: in a holiday that begins in an even year the child is at `even_first_id` for the first half, in an odd year
    for the second one. `zone` is one of `contracts.school_holidays.SchoolZone`, as this release knows them."""

    zone: str
    even_first_id: UUID


class Residence(Model):
    """Where the child lives, from a day until a day; both count. `pattern` is one of `ResidencePattern`; the households are in its order.

    `change_weekday` is the ISO day of the week on which turns of weeks begin, a Monday when it is left out; `second_home_days` are those of a fortnight, from
    0, that are spent at the second home. `contracts/family/residence.py` reads them.
    """

    pattern: str
    household_ids: tuple[UUID, ...]
    anchor_on: date | None
    starts_on: date
    ends_on: date | None
    change_weekday: int | None = None
    second_home_days: tuple[int, ...] = ()
    holidays: HolidayTurns | None = None


class HouseholdKind(StrEnum):
    """What a household's file is of: a person and their family, or an organization that an adult of the file represents."""

    INDIVIDUAL = auto()
    PROFESSIONAL = auto()
    ASSOCIATION = auto()


class Organization(Model):
    """An organization by its legal name, and by its number in a register: SIRET, or RNA of an association."""

    legal_name: str
    siret: str | None
    rna: str | None


class SamePerson(Model):
    """Somebody of a file that was merged into another one is somebody of that one."""

    person_id: UUID
    kept_person_id: UUID


class FileMerged(Model):
    """The file became part of another one, by an agent's account: the days until `last_on`, that day included, are its own still."""

    household_id: UUID
    reference: str
    last_on: date
    merged_by: UUID
    same_persons: tuple[SamePerson, ...]


class DelegatedAct(StrEnum):
    """What a parent may let somebody else do for a child: a closed list. See the calendar; book days and give them back."""

    READ_CALENDAR = "calendar.read"
    BOOK_DAYS = "days.book"


class DelegationEnd(StrEnum):
    """What ended a delegation: a parent of the household, the delegate, its last day, an agent; or what it stood on: the parent who gave it
    answers for none of its children any more, or left the household, or these children did; or who its delegate is by now: somebody who may
    fetch none of these children, who reads the mailbox of the parent, or who holds another one of this parent; or the town, which corrected the address of the parent: a
    stranger may have given it from the former one."""

    REVOKED = auto()
    GIVEN_UP = auto()
    EXPIRED = auto()
    ENDED_BY_TOWN = auto()
    AUTHORITY_LOST = auto()
    PARENT_LEFT = auto()
    CHILDREN_LEFT = auto()
    KEPT_AWAY = auto()
    DELEGATE_JOINED = auto()
    DOUBLED = auto()
    ADDRESS_CORRECTED = auto()


class DelegateName(Model):
    """A delegation, what the household that gave it calls the delegate, and the first name of the parent who did, who is called so in the mail
    that asks for help; empty once no file knows them."""

    delegation_id: UUID
    name: str
    parent_name: str = ""


class RegistrationStatus(StrEnum):
    """How far a request for a space has come."""

    WAITING = auto()
    ACCEPTED = auto()
    REFUSED = auto()


class RegistrationAnswer(StrEnum):
    """What somebody who asked for a space is told by mail: it waits for an agent, the address has a space already, or it was refused."""

    RECEIVED = auto()
    KNOWN = auto()
    REFUSED = auto()
