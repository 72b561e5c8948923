"""Settings of the booking service: its process, and the policies of the town that it applies."""

from typing import Annotated

from pydantic import Field

from chassis.settings import ServiceSettings
from chassis.town import TownSection


class BookingSettings(ServiceSettings):
    """What a process of the booking service is configured with."""

    database_pool_max: Annotated[int, Field(ge=2, le=64)] = 10
    """More than the others: places are asked for by everybody in the same minute."""


class BookingPolicies(TownSection):
    """The `[booking]` table of a town file."""

    shows_free_places: bool = True
    """Whether families see how many places are left on a day, or only whether it is full."""
