"""What a town is given on its first day, by the plan that stands beside its settings. Every step may be run again: what exists is
left as it is."""

import asyncio
import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from chassis.clock import civil_day
from chassis.town import load_town

from .calls import Calls
from .days import Doings
from .papers import Papers
from .particulars import Particulars
from .people import People
from .plan import ActivityPlan, Days, TariffPlan, TownPlan
from .schools import Schools


class Seed:
    """The steps, in the order in which a town would take them."""

    def __init__(self, calls: Calls, plan: TownPlan, days: Days, people: People) -> None:
        self._calls = calls
        self._plan = plan
        self._days = days
        self._people = people

    @classmethod
    @asynccontextmanager
    async def open(cls, env: Mapping[str, str]) -> AsyncIterator["Seed"]:
        """A seed of the town whose file and addresses an environment names, on the town's clock."""
        town_file = Path(env["TOWN_FILE"])
        personas = tomllib.loads((town_file.parent / "personas.toml").read_text("utf-8"))["persona"]
        passwords = {persona["login"]: persona["password"] for persona in personas}
        now = datetime.now(UTC) + timedelta(seconds=int(env.get("CLOCK_OFFSET_SECONDS", "0")))
        days = Days(civil_day(now, load_town(town_file).zone))
        async with Calls.open(env) as calls:
            people = People(calls, days, env["MAIL_URL"], passwords)
            yield cls(calls, TownPlan.read(town_file.parent), days, people)

    async def run(self) -> None:
        """Every step."""
        people, households = self._people, self._plan.households
        await asyncio.gather(*map(people.create_agent, self._plan.agents))
        for site in self._plan.sites:
            await self._calls.send("booking", "POST", "/sites", site)
        for tariff in self._plan.tariffs:
            await self._set_tariff(tariff)
        activities = {activity.label: await self._open_activity(activity) for activity in self._plan.activities}
        for household in households:
            await people.open_household(household)
        await asyncio.gather(*map(people.settle, households), *map(people.welcome, households))
        schools = Schools(self._calls, self._days, people)
        for school in self._plan.schools:
            await schools.open(school)
        if self._plan.sectors:
            await schools.publish(self._plan.sectors)
        particulars, papers = Particulars(self._calls, self._days, people), Papers(self._calls, self._days, people)
        for household in households:
            await schools.place(household)
            await schools.derogate(household)
            await particulars.note(household)
            await papers.send(household)
        for circular in self._plan.circulars:
            await schools.ask(circular)
        doings = Doings(self._calls, self._days, people, activities)
        for household in households:
            for enrollment in household.enrollments:
                await doings.enroll(household, enrollment)
            await doings.book(household)
        if any(self._plan.attended):
            await doings.attend(self._plan)
            await doings.invoice(self._plan)

    async def _set_tariff(self, tariff: TariffPlan) -> None:
        brackets = [{"quotient_max_cents": None, **bracket} for bracket in tariff.brackets]
        effective_on = self._days.season[0].isoformat()
        body = {"label": tariff.label, "effective_on": effective_on, "brackets": brackets}
        tariffs = await self._calls.list("billing", "/tariffs")
        if tariff.code not in {known["tariff_code"] for known in tariffs}:
            await self._calls.send("billing", "PUT", f"/tariffs/{tariff.code}", body)

    async def _open_activity(self, plan: ActivityPlan) -> Mapping[str, Any]:
        starts_on, ends_on = self._days.season
        activities = await self._calls.list("booking", "/activities")
        activity: Mapping[str, Any] | None = next((known for known in activities if known["label"] == plan.label), None)
        if activity is None:
            body = {**plan.body, "starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()}
            activity = await self._calls.send("booking", "POST", "/activities", body)
        is_past = any(row.activity == plan.label for _, row in self._plan.attended)
        days = [day.isoformat() for day in self._days.open_days(plan, is_past=is_past)]
        opening = {"days": days, "capacity": plan.capacity}
        await self._calls.send("booking", "POST", f"/activities/{activity['activity_id']}/slots", opening)
        return activity
