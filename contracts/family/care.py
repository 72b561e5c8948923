"""What whoever has a child in care needs to know of it: the text that travels sealed in `CareState`."""

from datetime import date, time
from uuid import UUID

from pydantic import Base64Bytes, Field

from contracts.event import Model


class LeavingAnswer(Model):
    """What a parent said for a school year to the child's going home alone, `leaves_from` an hour if they agree."""

    adult_id: UUID
    starts_on: date
    ends_on: date
    is_given: bool
    leaves_from: time | None


class CareInsurance(Model):
    """The contract that insures the child in a school year, from its first day until the last one of either."""

    company: str
    contract_number: str
    starts_on: date
    ends_on: date


class CarePerson(Model):
    """Somebody around the child, in the order in which they are called: of its entourage, or by a role of custody. `kind` is one of `EntourageKind` or `caretaker`, as this
    release knows them: more may come. `relation` is empty where nobody said it. `birth_on` is that of a minor. `decision`, of the day `decided_on`, is by what somebody
    may not collect the child, or has it in care. `portrait` is a small JPEG of who may collect it, with the id by which it is asked for."""

    kind: str
    name: str
    relation: str
    phone: str | None
    starts_on: date
    ends_on: date | None
    birth_on: date | None = None
    decision: str | None = None
    decided_on: date | None = None
    contact_id: UUID | None = None
    portrait: Base64Bytes | None = Field(default=None, repr=False)


class Care(Model):
    """`is_known`: somebody said what there is to know of the child's health, be it nothing. `allergens` are some of `Allergen` and `diet` is one of `Diet`,
    as this release knows them: more may come."""

    is_known: bool
    allergens: tuple[str, ...]
    other_allergies: str
    has_pai: bool
    pai_ends_on: date | None
    conduct: str
    diet: str
    has_own_lunch: bool
    leaving: tuple[LeavingAnswer, ...]
    people: tuple[CarePerson, ...]
    doctor_name: str = ""
    doctor_phone: str | None = None
    insurances: tuple[CareInsurance, ...] = ()
