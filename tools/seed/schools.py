"""Schools of a plan with a class for each of their levels and with their sectors, and the children who are in them, each in the class of its year of birth."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from .calls import Calls
from .people import People
from .plan import SCHOOL_YEAR_MONTH, Body, CircularPlan, Days, HouseholdPlan, SchoolPlan


class Schools:
    """The schools of a plan in the present school year."""

    def __init__(self, calls: Calls, days: Days, people: People) -> None:
        self._calls = calls
        self._people = people
        self._today = today = days.today
        self._year = today.year if today.month >= SCHOOL_YEAR_MONTH else today.year - 1

    async def open(self, plan: SchoolPlan) -> None:
        """The school, and those of its classes that it has not yet."""
        path = f"/schools/{plan.code}"
        await self._calls.send("family", "PUT", path, {"label": plan.label, "levels": plan.levels})
        known = {item["label"] for item in await self._classes(plan.code)}
        for item in plan.classes:
            if item["label"] not in known:
                body = {**item, "school_year": self._year}
                key = f"seed-class-{plan.code}-{self._year}-{item['label']}"
                await self._calls.send("family", "POST", f"{path}/classes", body, key=key)

    async def publish(self, segments: Sequence[Body]) -> None:
        """The sectors of the year, unless they count already."""
        path = f"/sectors/{self._year}"
        if (await self._calls.send("family", "GET", path))["published_at"] is None:
            for number, segment in enumerate(segments):
                key = f"seed-sector-{self._year}-{number}"
                await self._calls.send("family", "POST", f"{path}/segments", segment, key=key)
            await self._calls.send("family", "POST", f"{path}/publication")

    async def place(self, household: HouseholdPlan) -> None:
        """Put the household's pupils in their classes, those of whom nothing is said."""
        for pupil in household.pupils:
            path = f"/children/{self._people.child_id(household.key, pupil.child)}/schooling"
            known = await self._calls.send("family", "GET", path)
            level = known["proposed_level"]
            if known["schoolings"] or level is None:
                continue
            classes = await self._classes(pupil.school_code)
            fitting = [item["class_id"] for item in classes if level in item["levels"]]
            class_id = fitting[0] if fitting and pupil.has_class else None
            place = {"level": level, "school_code": pupil.school_code, "class_id": class_id}
            await self._calls.send("family", "PUT", path, {"starts_on": f"{self._year}-09-01", **place})

    async def ask(self, plan: CircularPlan) -> None:
        """Send a procedure to the school's pupils, unless it was sent once."""
        today, ends_on = self._today, self._today + timedelta(days=plan.days)
        if plan.code not in {known["code"] for known in await self._calls.list("family", "/circulars")}:
            group = {"school_year": self._year, "school_code": plan.school_code}
            days = {"ends_on": ends_on.isoformat(), "since_on": today.isoformat()}
            key = f"seed-circular-{self._year}-{plan.code}"
            await self._calls.send("family", "POST", "/circulars", {"code": plan.code, **group, **days}, key=key)

    async def derogate(self, household: HouseholdPlan) -> None:
        """Record that the household asks for another school, unless that was recorded once."""
        asked = household.derogation
        if asked is None:
            return
        path = f"/children/{self._people.child_id(household.key, asked.child)}/derogations"
        if not (await self._calls.send("family", "GET", path))["items"]:
            body = {"school_year": self._year, "school": asked.school, "reason": asked.reason}
            key = f"seed-derogation-{household.key}-{self._year}"
            await self._calls.send("family", "POST", path, {**body, "asked_on": self._today.isoformat()}, key=key)

    async def _classes(self, school_code: str) -> list[Any]:
        known = await self._calls.send("family", "GET", f"/schools/{school_code}/years/{self._year}")
        return list(known["classes"])
