"""Settings of the booking service: its process, and the policies of the town that it applies."""

from chassis.settings import ServiceSettings
from chassis.town import TownSection


class BookingSettings(ServiceSettings):
    """What a process of the booking service is told."""


class BookingPolicies(TownSection):
    """The `[booking]` table of a town file."""

    shows_free_places: bool = True
    """Whether families see how many places are left on a day, or only whether it is full."""
