"""Settings of the family service: its process, and the `[family]` table of the town's file."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field

from chassis.settings import ServiceSettings
from chassis.town import TownSection, load_section

from .quotients.domain import AcceptedDays


class FamilyPolicy(TownSection):
    """How far from today a family quotient may start to count, in years."""

    quotient_years_back_max: Annotated[int, Field(ge=0, le=20)] = 3
    quotient_years_ahead_max: Annotated[int, Field(ge=0, le=5)] = 1


@dataclass(frozen=True, slots=True)
class FamilyRules:
    """The town's rules."""

    policy: FamilyPolicy

    def accepted_quotient_days(self, today: date) -> AcceptedDays:
        """The days on which a quotient recorded today may start to count."""
        return AcceptedDays.around(today, self.policy.quotient_years_back_max, self.policy.quotient_years_ahead_max)


class FamilySettings(ServiceSettings):
    """What a process of the family service is configured with."""

    def rules(self) -> FamilyRules:
        return FamilyRules(load_section(self.town_file, "family", FamilyPolicy))
