"""The online services that a family may do without."""

from enum import StrEnum, auto


class OnlineService(StrEnum):
    """What families may do online or do without. Bills, refusals and the account itself are none of them: they are always told and always there."""

    BOOKING = auto()
    REQUESTS = auto()
    DOCUMENTS = auto()
    CERTIFICATES = auto()
    DELEGATIONS = auto()
