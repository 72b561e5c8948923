"""What may stand against erasing a household's file, in words that its rules are said in."""

from datetime import date
from enum import StrEnum, auto

from contracts.event import Model
from contracts.types import Cents


class ErasureObstacleKind(StrEnum):
    """What stands against erasing a file: invoices that are not paid, days that are not invoiced, money that the town owes, a payment of which the result is not
    known, an enrollment that lasts or ended lately, a file that is in use (nobody put it aside), and the time for which it is kept."""

    UNPAID = auto()
    UNINVOICED = auto()
    CREDIT = auto()
    PAYMENT = auto()
    ENROLLMENT = auto()
    IN_USE = auto()
    RETENTION = auto()


class ErasureObstacle(Model):
    """Something that stands against erasing a file: how many there are, what they come to, and until when they last."""

    kind: ErasureObstacleKind
    count: int = 1
    amount_cents: Cents | None = None
    until_on: date | None = None
