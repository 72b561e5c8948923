"""What an agent on site needs to know of the children who are expected that day."""

from datetime import date, time
from uuid import UUID

from contracts.booking.care_events import CareKnown, Leaving
from contracts.event import Model


class SheetPerson(Model):
    """Whom to call for a child on a day, or who may or may not collect it. `kind` is a code of the family service, of which more may come.
    `relation` is empty where nobody said it; `age` on that day is that of a minor; `ends_on` is the last day on which it is so; `decision` is by what. `portrait_id`: there is a
    picture of them, which is asked for by this id."""

    kind: str
    name: str
    relation: str
    phone: str | None
    ends_on: date | None = None
    age: int | None = None
    decision: str | None = None
    decided_on: date | None = None
    portrait_id: UUID | None = None


class SheetInsurance(Model):
    """The contract that insures a child in the school year of a day; `is_over`: its last day was before."""

    company: str
    contract_number: str
    ends_on: date
    is_over: bool


class ChildCare(Model):
    """What is to be known of a child on a day. `allergens` and `diet` are codes of the family service, of which more may come; of a PAI that is over
    (`is_pai_over`) the conduct stays: nobody is better off without it. `leaves_from` is the hour from which a child may go home alone."""

    child_id: UUID
    known: CareKnown
    allergens: tuple[str, ...] = ()
    other_allergies: str = ""
    has_pai: bool = False
    pai_ends_on: date | None = None
    is_pai_over: bool = False
    conduct: str = ""
    diet: str = ""
    has_own_lunch: bool = False
    leaving: Leaving = Leaving.UNANSWERED
    leaves_from: time | None = None
    people: tuple[SheetPerson, ...] = ()
    doctor_name: str = ""
    doctor_phone: str | None = None
    insurance: SheetInsurance | None = None
