"""Households as the family service publishes them: the states that the other services build their replicas from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from contracts.event import Event
from contracts.family.events import (
    Address,
    Adult,
    ChildMembership,
    ChildState,
    HouseholdPayer,
    HouseholdState,
    Membership,
    Residence,
    Responsibility,
    ResponsibilityState,
)
from contracts.types import Civility

LONG_AGO = date(2020, 1, 1)
MOMENT = datetime(2026, 8, 20, 10, tzinfo=UTC)
ADDRESS = Address(lines=("3 rue des Lilas",), postal_code="14000", city="Valmont-sur-Orne")


@dataclass(frozen=True)
class KnownChild:
    """A child of a published household."""

    child_id: UUID = field(default_factory=uuid4)
    first_name: str = "Lina"
    last_name: str = "Martin"
    birth_on: date = date(2018, 5, 4)


def adult(adult_id: UUID, **fields: object) -> Adult:
    """An invited adult, Madame Camille Martin but for `fields`."""
    values: dict[str, object] = {
        "adult_id": adult_id,
        "civility": Civility.MADAME,
        "first_name": "Camille",
        "last_name": "Martin",
        "email": "camille.martin@example.org",
        "phone": None,
        "is_invited": True,
        "revision": 1,
        "is_email_confirmed": False,
    }
    return Adult.model_validate(values | fields)


def membership(child: KnownChild, starts_on: date = LONG_AGO, ends_on: date | None = None) -> ChildMembership:
    """A child belongs to a household during these days."""
    return ChildMembership(person_id=child.child_id, name=child.first_name, starts_on=starts_on, ends_on=ends_on)


def responsibility(
    adult_id: UUID, starts_on: date = LONG_AGO, ends_on: date | None = None, role: str = "guardian"
) -> Responsibility:
    """An adult answers for a child during these days."""
    return Responsibility(adult_id=adult_id, role=role, authority="joint", starts_on=starts_on, ends_on=ends_on)


def household_state(
    household_id: UUID, adults: Sequence[Adult], children: Sequence[KnownChild], **fields: object
) -> HouseholdState:
    """A household to which these people belong since long ago; the first adult pays."""
    values: dict[str, object] = {
        "household_id": household_id,
        "reference": "F-000001",
        "address": ADDRESS,
        "adults": tuple(adults),
        "adult_members": tuple(
            Membership(person_id=known.adult_id, starts_on=LONG_AGO, ends_on=None) for known in adults
        ),
        "child_members": tuple(membership(child) for child in children),
        "payers": tuple(
            HouseholdPayer(adult_id=known.adult_id, starts_on=LONG_AGO, ends_on=None) for known in adults[:1]
        ),
        "created_at": MOMENT,
    }
    return HouseholdState.model_validate(values | fields)


def child_state(child: KnownChild) -> ChildState:
    """A child's civil status."""
    return ChildState(
        child_id=child.child_id, first_name=child.first_name, last_name=child.last_name, birth_on=child.birth_on
    )


def custody_state(
    child: KnownChild, adult_ids: Sequence[UUID], household_ids: Sequence[UUID], **fields: object
) -> ResponsibilityState:
    """These adults answer for the child, who lives in the first of these households."""
    values: dict[str, object] = {
        "child_id": child.child_id,
        "responsibilities": tuple(responsibility(adult_id) for adult_id in adult_ids),
        "residences": (
            Residence(
                pattern="single",
                household_ids=tuple(household_ids[:1]),
                anchor_on=None,
                starts_on=LONG_AGO,
                ends_on=None,
            ),
        ),
    }
    return ResponsibilityState.model_validate(values | fields)


def household_states(
    household_id: UUID, adults: Sequence[Adult], children: Sequence[KnownChild], **fields: object
) -> tuple[Event, ...]:
    """All that is published of a household of one home, whose adults answer for its children."""
    adult_ids = [known.adult_id for known in adults]
    return (
        household_state(household_id, adults, children, **fields),
        *(child_state(child) for child in children),
        *(custody_state(child, adult_ids, [household_id]) for child in children),
    )
