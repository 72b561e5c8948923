"""The words of a household's resources: how a quotient came to be known, how far it holds, what became of a declaration, and the town's formula."""

from decimal import Decimal
from enum import StrEnum, auto
from typing import Annotated

from pydantic import Field

from contracts.event import Model


class QuotientWay(StrEnum):
    """How a quotient came to be known: an agent entered it, the family declared it with a proof, or it was read from the State's interface."""

    ENTERED = auto()
    DECLARED = auto()
    READ = auto()


class ResourcesState(StrEnum):
    """Where the resources of a household stand. WAITING: a proof was sent and nobody decided yet; ENDING: to renew soon; ENDED: nothing renewed them,
    and the highest price applies, as while they are UNKNOWN."""

    UNKNOWN = auto()
    WAITING = auto()
    IN_FORCE = auto()
    ENDING = auto()
    ENDED = auto()


class DeclarationStatus(StrEnum):
    """How far what a family declared has come."""

    WAITING = auto()
    ACCEPTED = auto()
    REFUSED = auto()
    WITHDRAWN = auto()


class ResourcesOccasion(StrEnum):
    """What a household is told of its resources: they end soon, ended, or were never known while a child is enrolled; its declaration was accepted or refused."""

    ENDING = auto()
    ENDED = auto()
    UNKNOWN = auto()
    ACCEPTED = auto()
    REFUSED = auto()


Parts = Annotated[Decimal, Field(ge=0, le=9, multiple_of=Decimal("0.25"))]


class TaxFormula(Model):
    """How a town makes a quotient of a tax notice: a twelfth of the yearly income, less a deduction, divided by the parts of the household: so many for
    its adults, and for each child in turn, the last number counting for every child after it."""

    adult_parts: Annotated[Parts, Field(gt=0)] = Decimal(2)
    child_parts: Annotated[tuple[Parts, ...], Field(min_length=1, max_length=8)] = (
        Decimal("0.5"),
        Decimal("0.5"),
        Decimal(1),
        Decimal("0.5"),
    )
    deduction_percent: Annotated[int, Field(ge=0, le=50)] = 0
