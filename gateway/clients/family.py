"""Calls of the family service."""

from typing import Any
from uuid import UUID

from contracts.family.api import Household, HouseholdSummary
from contracts.http import Page

from .calling import Caller, ServiceClient

HouseholdPage = Page[HouseholdSummary]


class FamilyClient(ServiceClient):
    """Households and quotients."""

    async def create_household(self, caller: Caller, body: Any, key: str) -> Household:
        """Open a household's file and invite its guardian."""
        return await self.send(caller, "POST", "/households", Household, body, key=key)

    async def households(self, caller: Caller, search: str | None, cursor: str | None) -> HouseholdPage:
        """Find households."""
        return await self.read(caller, "/households", HouseholdPage, search=search, cursor=cursor)

    async def household(self, caller: Caller, household_id: UUID) -> Household:
        """A household, for an agent or one of its guardians."""
        return await self.read(caller, f"/households/{household_id}", Household)

    async def own_household(self, caller: Caller) -> Household:
        """The household of the parent who is signed in."""
        return await self.read(caller, "/me/household", Household)

    async def set_quotient(self, caller: Caller, household_id: UUID, body: Any) -> Household:
        """Note a family quotient."""
        return await self.send(caller, "PUT", f"/households/{household_id}/quotient", Household, body)
