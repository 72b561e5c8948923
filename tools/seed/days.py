"""What households did: enrollments asked for and decided, days booked, days of last month attended, and their invoices."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from .calls import Calls, until
from .people import People
from .plan import Days, DaysPlan, EnrollmentPlan, HouseholdPlan, TownPlan

BOOKING_SPAN = timedelta(days=60)
Activities = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet of a unit of an activity on a day, of the first group of a site: the one of children who were not placed."""

    activity_id: str
    site_code: str
    unit: str
    day: date


class Doings:
    """Enrollments and days of the households of a plan, in the activities that the town opened, by label."""

    def __init__(self, calls: Calls, days: Days, people: People, activities: Activities) -> None:
        self._calls = calls
        self._days = days
        self._people = people
        self._activities = activities

    async def enroll(self, plan: HouseholdPlan, row: EnrollmentPlan) -> None:
        """Ask for an enrollment, once the booking service knows the household, and decide it if the plan says so."""
        activity = self._activities[row.activity]
        body = {
            "child_id": self._child_id(plan, row.child),
            "activity_id": activity["activity_id"],
            "household_id": self._household_id(plan),
            "site_code": row.site_code,
        }
        enrolled = await self._calls.list("booking", "/enrollments", household_id=self._household_id(plan))
        for known in enrolled:
            if all(known[name] == body[name] for name in ("child_id", "activity_id")):
                return
        key = f"seed-{plan.key}-{row.child}-{activity['activity_id']}"

        async def ask() -> Any:
            return await self._calls.send("booking", "POST", "/enrollments", body, key=key, known_code="not_found")

        enrollment = await until(ask, f"the booking service does not know {row.child} of {plan.key}")
        path = f"/enrollments/{enrollment['enrollment_id']}"
        if row.group is not None:
            group = next(group for group in activity["groups"] if group["code"] == row.group)
            placement = {"group_id": group["group_id"], "from_on": self._days.today.isoformat()}
            await self._calls.send("booking", "POST", f"{path}/placement", placement)
        if row.is_validated is not None:
            decision = {"is_validated": row.is_validated, "reason": row.reason}
            await self._calls.send("booking", "POST", f"{path}/decision", decision)

    async def book(self, plan: HouseholdPlan) -> None:
        """Book the next days of each row that can be booked, all of them at once."""
        household_id, first = self._household_id(plan), self._days.today
        span = {"from_on": first, "to_on": first + BOOKING_SPAN, "household_id": household_id}
        if not plan.booked or await self._calls.list("booking", "/bookings", **span):
            return
        query = "&".join(f"{name}={value}" for name, value in span.items())
        calendar = await self._calls.send("booking", "GET", f"/calendar?{query}")
        lines = [
            {"child_id": self._child_id(plan, row.child), "slot_id": slot_id}
            for row in plan.booked
            for slot_id in self._bookable(calendar, plan, row)
        ]
        basket = {"lines": lines, "household_id": household_id}
        await self._calls.send("booking", "POST", "/bookings", basket, key=f"seed-basket-{plan.key}-{first}")

    def _bookable(self, calendar: Mapping[str, Any], plan: HouseholdPlan, row: DaysPlan) -> list[str]:
        activity = self._activities[row.activity]
        wanted = (self._child_id(plan, row.child), activity["activity_id"], _unit(row, activity))
        cells = [
            cell
            for line in calendar["rows"]
            if (line["child_id"], line["activity_id"], line["unit_code"]) == wanted
            for cell in line["cells"]
            if cell["state"] == "bookable"
        ]
        return [cell["slot_id"] for cell in cells[: row.days]]

    async def attend(self, plan: TownPlan) -> None:
        """Note who came last month, unbooked, on the sheet of each day, and close the sheets."""
        sheets: dict[Sheet, list[dict[str, str]]] = defaultdict(list)
        for household, row in plan.attended:
            child = {"child_id": self._child_id(household, row.child), "household_id": self._household_id(household)}
            activity = self._activities[row.activity]
            site_code = household.enrollment(row).site_code or activity["sites"][0]["code"]
            for day in self._days.attended(plan.activity(row.activity), row.days):
                sheet = Sheet(activity["activity_id"], site_code, _unit(row, activity), day)
                sheets[sheet].append({**child, "attendance": "unbooked"})
        for sheet, marks in sheets.items():
            await self._close_sheet(sheet, marks)

    async def _close_sheet(self, sheet: Sheet, marks: list[dict[str, str]]) -> None:
        day = sheet.day
        slots = await self._calls.list("booking", "/slots", from_on=day, to_on=day, activity_id=sheet.activity_id)
        slot = next(slot for slot in slots if (slot["site_code"], slot["unit_code"]) == (sheet.site_code, sheet.unit))
        if slot["is_closed"]:
            return
        path = f"/slots/{slot['slot_id']}/attendance"

        async def mark() -> Any:
            return await self._calls.send("booking", "PUT", path, {"marks": marks}, known_code="not_found")

        await until(mark, f"the booking service does not know who came on {day}")
        await self._calls.send("booking", "POST", f"{path}/closure")

    async def invoice(self, plan: TownPlan) -> None:
        """Draft, review and issue last month, once billing knows what was attended."""
        first, last = self._days.last_month
        for household in {household.key: household for household, _ in plan.attended}.values():
            count = sum(len(self._days.attended(plan.activity(row.activity), row.days)) for row in household.attended)
            span = {"from_on": first, "to_on": last, "household_id": self._household_id(household)}

            async def charged(span: Mapping[str, object] = span, count: int = count) -> bool | None:
                charges = await self._calls.list("billing", "/charges", **span)
                return sum(charge["amount_cents"] is not None for charge in charges) == count or None

            await until(charged, f"the days of {household.key} have no price")
        await until(lambda: self._issued(f"{first:%Y-%m}"), f"the month of {first} is not invoiced")

    async def _issued(self, period: str) -> bool | None:
        """Whether the run of a month is issued; if not, it is taken one step further."""
        runs = await self._calls.list("billing", "/invoice-runs")
        run = next((run for run in runs if run["period"] == period), None)
        if run is None:
            await self._calls.send("billing", "POST", "/invoice-runs", {"period": period}, key=f"seed-run-{period}")
            return None
        path = f"/invoice-runs/{run['run_id']}"
        if run["status"] == "draft":
            review = {"confirmed": run["open_days"]}
            await self._calls.send("billing", "POST", f"{path}/review", review, known_code="run_changed")
        elif run["status"] == "reviewed":
            await self._calls.send("billing", "POST", f"{path}/issue", known_code="run_changed")
        return run["status"] == "issued" or None

    def _child_id(self, plan: HouseholdPlan, first_name: str) -> str:
        return self._people.child_id(plan.key, first_name)

    def _household_id(self, plan: HouseholdPlan) -> str:
        return str(self._people.opened[plan.key]["household_id"])


def _unit(row: DaysPlan, activity: Mapping[str, Any]) -> str:
    """The unit that a row is about: the only one, when it names none."""
    return row.unit or str(activity["units"][0]["code"])
