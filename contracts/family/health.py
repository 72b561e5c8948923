"""What a town knows of a child's health: the little that whoever has the child in care needs.

Allergens are the fourteen of Regulation (EU) 1169/2011, annex II. A diet is said without its reason, which nobody may ask (GDPR, 9). Of
vaccinations the result alone is kept, never a page of the health record (French public health code, R3111-8).
"""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.event import Model
from contracts.family.child_events import Allergen, Diet, ProofStatus, Vaccine
from contracts.http import LINE, TEXT, Day, Phone

CONDUCT_MAX: Final = 1000
TREATMENTS_MAX: Final = 1000
OTHER_MAX: Final = 200


class VaccineDue(Model):
    """A vaccination that is asked of a child, and the days on which its doses are due."""

    vaccine: Vaccine
    due_on: tuple[date, ...]


class VaccinationProof(Model):
    """What was seen of a child's vaccinations: when, and by which agent. A complete one counts until `valid_until_on`, without an end if that is
    None; with a missing one the child is admitted until `provisional_ends_on`."""

    status: ProofStatus
    seen_on: date
    seen_by: UUID
    valid_until_on: date | None
    provisional_ends_on: date | None


OtherAllergies = Annotated[str, StringConstraints(strip_whitespace=True, max_length=OTHER_MAX, pattern=LINE)]
Conduct = Annotated[str, StringConstraints(strip_whitespace=True, max_length=CONDUCT_MAX, pattern=TEXT)]
Treatments = Annotated[str, StringConstraints(strip_whitespace=True, max_length=TREATMENTS_MAX, pattern=TEXT)]
DoctorName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80, pattern=LINE)]


class HealthFields(Model):
    """What a family says of a child's health. `has_pai`: there is a plan of individual care at school ("PAI"), with `conduct`, what to do in an emergency, and
    `pai_ends_on`, its last day, None without an end in sight. `has_own_lunch`: the child brings its meal, which a PAI alone allows."""

    # A list: pydantic would call a one-item tuple too short as soon as its item is wrong.
    allergens: list[Allergen] = Field(default_factory=list, max_length=len(Allergen))
    other_allergies: OtherAllergies = ""
    has_pai: bool = False
    pai_ends_on: Day | None = None
    conduct: Conduct = ""
    treatments: Treatments = ""
    diet: Diet = Diet.EVERYTHING
    has_own_lunch: bool = False
    doctor_name: DoctorName = ""
    doctor_phone: Phone | None = None


class HealthChange(HealthFields):
    """What is to be known of a child's health, whole. `revision` is the one that it was made from, 0 where nothing was said yet."""

    revision: Annotated[int, Field(ge=0, le=2**31 - 1)]


class Health(HealthFields):
    """What is known of a child's health. `revision` is 0 and `changed_at` None while nothing was said; `proof` is None while nobody looked at
    one."""

    child_id: UUID
    first_name: str
    last_name: str
    revision: int
    changed_at: datetime | None
    vaccines: tuple[VaccineDue, ...]
    proof: VaccinationProof | None


class ProofSeen(Model):
    """What an agent saw of a child's vaccinations today."""

    status: ProofStatus
    valid_until_on: Day | None = None


class ChildCard(Model):
    """A child whom the adult who is signed in answers for. `is_confirmed`: they said that its file is right for the school year that begins in `school_year`."""

    child_id: UUID
    first_name: str
    last_name: str
    birth_on: date
    school_year: int
    is_confirmed: bool
