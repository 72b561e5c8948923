"""What is out of the ordinary in a file: an address that is protected, a child who left, one whom the family asks to add, a name that it asks to correct."""

from .calls import Calls
from .people import People
from .plan import ONE_DAY, ChildPlan, CorrectionPlan, Days, HouseholdPlan


class Particulars:
    """The particulars of the households of a plan. They leave what was noted before as it is."""

    def __init__(self, calls: Calls, days: Days, people: People) -> None:
        self._calls = calls
        self._days = days
        self._people = people

    async def note(self, plan: HouseholdPlan) -> None:
        """Every particular of a household."""
        household = self._people.opened[plan.key]
        path = f"/households/{household['household_id']}"
        there = {child["first_name"]: child["child_id"] for child in household["children"]}
        if plan.protection:
            protection = {"reason": plan.protection, "starts_on": self._days.today.isoformat()}
            await self._calls.send("family", "PUT", f"{path}/protection", protection)
        for first_name in there.keys() & set(plan.left):
            await self._leave(f"{path}/members/{there[first_name]}")
        if plan.wanted:
            await self._ask(plan.key, plan.wanted)
        if plan.correction:
            await self._correct(plan.key, plan.correction)

    async def _leave(self, path: str) -> None:
        """A child who belonged to the household last month does since yesterday no longer."""
        since = {"starts_on": self._days.last_month[0].isoformat()}
        await self._calls.send("family", "PUT", path, since)
        await self._calls.send("family", "POST", f"{path}/end", {"ends_on": (self._days.today - ONE_DAY).isoformat()})

    async def _ask(self, key: str, child: ChildPlan) -> None:
        """The adult who pays asks for a child to be added."""
        household = self._people.opened[key]
        body = {
            "first_name": child.first_name,
            "last_name": child.last_name,
            "birth_on": child.born_on(self._days.today).isoformat(),
            "household_id": household["household_id"],
        }
        options = {"key": f"seed-wanted-{key}", "guardian_id": household["payer_adult_id"]}
        await self._calls.send("family", "POST", "/wanted-children", body, **options)

    async def _correct(self, key: str, correction: CorrectionPlan) -> None:
        """The adult who pays asks for a child's last name to be corrected, unless they asked once."""
        guardian_id = str(self._people.opened[key]["payer_adult_id"])
        child_id = self._people.child_id(key, correction.child)
        asked = await self._calls.send("family", "GET", "/person-changes", guardian_id=guardian_id)
        if child_id not in {item["person_id"] for item in asked["items"]}:
            path = f"/civil-statuses/{child_id}"
            known = await self._calls.send("family", "GET", path, guardian_id=guardian_id)
            body = {"version": known["version"], "last_name": correction.last_name}
            await self._calls.send("family", "POST", path, body, guardian_id=guardian_id)
