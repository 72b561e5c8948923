"""What an agent is told of a household as a whole, so that one screen needs one call: its children's homes and people, what to look at, and its years."""

from datetime import date
from uuid import UUID

from contracts.event import Model
from contracts.family.custody import ChildFile
from contracts.family.entourage import EntouragePerson
from contracts.family.events import Quotient


class Circle(Model):
    """The children of a household with their homes, and the people around them: of somebody's children, those of this household alone."""

    children: tuple[ChildFile, ...]
    people: tuple[EntouragePerson, ...]


class HealthFlag(Model):
    """That there is something to read in a child's health, never what: a plan of individual care that runs today (`has_pai`), or allergies."""

    child_id: UUID
    has_pai: bool
    has_allergies: bool


class HealthFlags(Model):
    """The children of a household of whom there is something to read."""

    children: tuple[HealthFlag, ...]


class Membership(Model):
    """That somebody belongs to a household, or pays for it, from a day until a day; both count."""

    person_id: UUID
    name: str
    starts_on: date
    ends_on: date | None


class HouseholdTimeline(Model):
    """The years of a household, each lane in its order: who belonged to it, who paid, and the quotients that were noted, each counting until the next."""

    adults: tuple[Membership, ...]
    children: tuple[Membership, ...]
    payers: tuple[Membership, ...]
    quotients: tuple[Quotient, ...]
