"""A parent of two children who lets somebody act, and whoever that is, each in front of their browser."""

import re
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

import httpx2

from contracts.family.models import Household
from tests.component.gateway.browser import Browser, hidden, words
from tests.component.gateway.town import UNTIL_MIDNIGHT, Town, accept_terms, choose_credentials, family_of

FORM: Final = "/personnes-de-confiance/nouvelle"
SUMMARY: Final = "/personnes-de-confiance/recapitulatif"
LIST: Final = "/personnes-de-confiance"


@dataclass
class Home:
    """A parent of two children, the first of whom has a day to book."""

    town: Town
    parent: Browser
    household: Household
    email: str
    slot_id: UUID
    week: str

    @property
    def control(self) -> str:
        """The checkbox of the day."""
        return f"{self.household.children[0].child_id}:{self.slot_id}"

    async def typed(self, **fields: str) -> httpx2.Response:
        """The page after the form was sent."""
        await self.parent.get(FORM)
        values = {
            "first_name": "Jeanne",
            "last_name": "Lefort",
            "email": self.email,
            "child_ids": str(self.household.children[0].child_id),
            "acts": "days.book",
            "ends_on": str(await self.town.booking.day(60)),
        }
        return await self.parent.submit(FORM, values | fields)

    async def given(self, **fields: str) -> httpx2.Response:
        """The page after the summary was confirmed."""
        page = await self.typed(**fields)
        names = ("first_name", "last_name", "email", "ends_on", "household_id", "child_ids", "idempotency_key")
        kept = {name: hidden(page, name) for name in names}
        acts = re.findall(r'name="acts" value="([^"]+)"', page.text)
        return await self.parent.submit(SUMMARY, {**kept, "acts": acts, "step": "confirm"})

    async def delegate(self) -> Browser:
        """Whoever was invited, once they did the first steps."""
        await self.town.settle()
        mailed = await self.town.credential()
        assert mailed.is_delegate
        identity = self.town.services["identity"].client
        assert (await identity.post("/activations", json={"token": mailed.activation_token})).status_code == 201
        browser = await self.town.signed_in(mailed.username, mailed.temporary_password)
        await choose_credentials(browser)
        await accept_terms(browser)
        return browser

    async def entrusted(self, browser: Browser) -> str:
        """The address of what was entrusted."""
        page = await browser.get("/enfants-confies")
        match = re.search(r'href="(/enfants-confies/[0-9a-f-]{36})"', page.text)
        assert match, words(page)
        return match[1]


async def opened(town: Town, **guardian: Any) -> Home:
    """A household of a parent and two children."""
    household, mailed = await town.household(children=2, **guardian)
    identity = town.services["identity"].client
    assert (await identity.post("/activations", json={"token": mailed.activation_token})).status_code == 201
    parent = await town.signed_in(mailed.username, mailed.temporary_password)
    await choose_credentials(parent)
    await accept_terms(parent)
    await town.settle()
    booking, family = town.booking, family_of(household)
    activity_id = await booking.activity(cutoff=UNTIL_MIDNIGHT)
    (slot_id,) = await booking.open(activity_id, 7)
    await booking.enroll(family, activity_id)
    return Home(town, parent, household, f"{uuid4().hex}@aide.example", slot_id, str(await booking.day(7)))
