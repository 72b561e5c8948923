"""A town in miniature around the booking service: households, activities, open days, enrollments, baskets.

Every day is relative to the town's today, so that no test depends on when it runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx2

from contracts.event import Event
from contracts.family.events import Responsibility
from tests.factories.households import (
    KnownChild,
    adult,
    custody_state,
    household_state,
    household_states,
    membership,
)
from tests.support.roles import Role
from tests.support.services import RunningService

ZONE = ZoneInfo("Europe/Paris")
SITE = {"code": "maison", "label": "Maison de l’enfance"}


def unit(code: str, starts_at: str, ends_at: str, **fields: Any) -> dict[str, Any]:
    """A unit of an activity, as an agent describes it."""
    return {"code": code, "label": code.capitalize(), "starts_at": starts_at, "ends_at": ends_at, **fields}


WHOLE_DAY = unit("journee", "08:00", "18:00", label="Journée")
EVENING = unit("soir", "18:00", "20:00")
PARTS = [
    unit("matin", "08:00", "12:00"),
    unit("repas", "12:00", "14:00"),
    unit("apres-midi", "14:00", "18:00"),
    {**WHOLE_DAY, "implies": ["matin", "repas", "apres-midi"]},
]
"""Three parts of a day with places of their own, and the whole day, which takes one of each."""


@dataclass(frozen=True)
class Family:
    """A household with its people's ids."""

    household_id: UUID
    guardian_ids: tuple[UUID, ...]
    child_ids: tuple[UUID, ...]

    @property
    def guardian_id(self) -> UUID:
        """The first guardian."""
        return self.guardian_ids[0]

    @property
    def child_id(self) -> UUID:
        """The first child."""
        return self.child_ids[0]


class BookingTown:
    """Speaks to a running booking service as agents and families do."""

    def __init__(self, service: RunningService) -> None:
        self.service = service
        self.client = service.client

    async def today(self) -> date:
        """The town's date."""
        return (await self.service.db.now()).astimezone(ZONE).date()

    async def day(self, offset: int) -> date:
        """A date so many days from today."""
        return await self.today() + timedelta(days=offset)

    async def family(self, *names: str, children: int = 1, guardians: int = 1, age: int = 7) -> Family:
        """A household whose children are `age` years old today, and stay so for eleven months.

        `names` are whole names of its children, instead of Lina 1 Martin and so on, each a day younger than the one before.
        """
        children = len(names) or children
        birth_on = (await self.today()).replace(day=1) - timedelta(days=365 * age + age // 4 + 2)
        family = Family(uuid4(), tuple(uuid4() for _ in range(guardians)), tuple(uuid4() for _ in range(children)))
        await self.service.deliver(*published(family, birth_on, names))
        return family

    async def second_home(self, family: Family, guardian_id: UUID | None = None) -> Family:
        """Another household of the same children, of a guardian of its own or of this one."""
        home = Family(uuid4(), (guardian_id or uuid4(),), family.child_ids)
        children = [KnownChild(child_id) for child_id in family.child_ids]
        guardian_ids = [*family.guardian_ids, home.guardian_id]
        await self.service.deliver(
            household_state(home.household_id, [adult(home.guardian_id)], children, reference="F-000002"),
            *(custody_state(child, guardian_ids, [family.household_id]) for child in children),
        )
        return home

    async def move(self, family: Family, last: int, guardian_id: UUID | None = None) -> Family:
        """The first child belongs to this household until so many days from today, and to another one from the day after: that of
        another guardian, or of this one."""
        home = Family(uuid4(), (guardian_id or uuid4(),), family.child_ids)
        child, ends_on = KnownChild(family.child_id), await self.day(last)
        former = membership(child, ends_on=ends_on)
        coming = membership(child, starts_on=ends_on + timedelta(days=1))
        adults = [adult(guardian_id) for guardian_id in family.guardian_ids]
        await self.service.deliver(
            household_state(family.household_id, adults, [child], child_members=(former,)),
            household_state(
                home.household_id, [adult(home.guardian_id)], [child], reference="F-000002", child_members=(coming,)
            ),
            custody_state(child, [*family.guardian_ids, home.guardian_id], [family.household_id]),
        )
        return home

    async def answer_for(self, family: Family, *responsibilities: Responsibility) -> None:
        """These responsibilities for the first child, and no other."""
        child = KnownChild(family.child_id)
        await self.service.deliver(custody_state(child, [], [family.household_id], responsibilities=responsibilities))

    async def activity(self, **fields: Any) -> UUID:
        """An activity from 30 days ago to 200 days ahead, for 3 to 11 years, cutoff two days before at noon, all day long."""
        answer = await self.client.post("/activities", json=await self.activity_body(**fields), headers=self.director)
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["activity_id"])

    async def activity_body(self, **fields: Any) -> dict[str, Any]:
        """The request that `activity` sends, at a site that there is."""
        await self.site(SITE)
        return {
            "kind": "leisure",
            "label": "Centre de loisirs",
            "site_codes": [SITE["code"]],
            "units": [WHOLE_DAY],
            "tariff_code": "leisure_day",
            "age_min": 3,
            "age_max": 11,
            "starts_on": str(await self.day(-30)),
            "ends_on": str(await self.day(200)),
            "cutoff": {"days_before": 2, "at": "12:00:00"},
            **fields,
        }

    async def site(self, site: dict[str, str]) -> None:
        """A place where children are received."""
        answer = await self.client.post("/sites", json=site, headers=self.director)
        assert answer.status_code == 201, answer.text

    async def groups(self, activity_id: UUID) -> dict[tuple[str, str], UUID]:
        """The groups of an activity, by the codes of their site and their own."""
        items = (await self.client.get("/activities")).json()["items"]
        activity = next(item for item in items if item["activity_id"] == str(activity_id))
        return {(group["site_code"], group["code"]): UUID(group["group_id"]) for group in activity["groups"]}

    async def open(self, activity_id: UUID, *offsets: int, capacity: int = 10) -> list[UUID]:
        """Open days of an activity of one unit, so many days from today; their slots, in the same order."""
        days = [str(await self.day(offset)) for offset in offsets]
        answer = await self.open_slots(activity_id, days=days, capacity=capacity)
        assert answer.status_code == 200, answer.text
        by_day = {slot["service_on"]: UUID(slot["slot_id"]) for slot in answer.json()["items"]}
        return [by_day[day] for day in days]

    async def open_units(self, activity_id: UUID, offset: int, **fields: Any) -> dict[str, UUID]:
        """Open a day of an activity of several units, so many days from today; its slots by unit."""
        answer = await self.open_slots(activity_id, days=[str(await self.day(offset))], **{"capacity": 10, **fields})
        assert answer.status_code == 200, answer.text
        return {slot["unit_code"]: UUID(slot["slot_id"]) for slot in answer.json()["items"]}

    async def open_slots(self, activity_id: UUID, **fields: Any) -> httpx2.Response:
        """A director opens days of an activity."""
        return await self.client.post(f"/activities/{activity_id}/slots", json=fields, headers=self.director)

    async def request_enrollment(self, family: Family, activity_id: UUID, **fields: Any) -> httpx2.Response:
        """The first guardian asks for the first child (or `child_id`) to join."""
        body = {"child_id": str(family.child_id), "activity_id": str(activity_id), **fields}
        headers = self.parent(family) | self.service.key()
        return await self.client.post("/enrollments", json=body, headers=headers)

    async def enroll(self, family: Family, activity_id: UUID, **fields: Any) -> UUID:
        """An enrollment of each child, asked for by the family and validated by an agent; the last one's id."""
        enrollment_id = None
        for child_id in family.child_ids:
            answer = await self.request_enrollment(family, activity_id, **{"child_id": str(child_id), **fields})
            assert answer.status_code == 201, answer.text
            enrollment_id = UUID(answer.json()["enrollment_id"])
            decided = await self.decide(enrollment_id, is_validated=True)
            assert decided.status_code == 200, decided.text
        assert enrollment_id is not None
        return enrollment_id

    async def decide(self, enrollment_id: UUID, **fields: Any) -> httpx2.Response:
        """An agent decides an enrollment."""
        return await self.client.post(
            f"/enrollments/{enrollment_id}/decision", json=fields, headers=self.service.as_agent(Role.FRONT_DESK)
        )

    async def book(self, family: Family, *slot_ids: UUID, headers: dict[str, str] | None = None) -> httpx2.Response:
        """The first guardian books these days for the first child."""
        return await self.book_lines(family, [(family.child_id, slot_id) for slot_id in slot_ids], headers)

    async def book_lines(
        self, family: Family, lines: Sequence[tuple[UUID, UUID]], headers: dict[str, str] | None = None
    ) -> httpx2.Response:
        """The first guardian books these days of these children; `headers` override who asks, and the key."""
        return await self.change(family, lines, headers=headers)

    async def give_back(
        self, family: Family, *booking_ids: UUID | str, headers: dict[str, str] | None = None
    ) -> httpx2.Response:
        """The first guardian gives these bookings back."""
        return await self.change(family, cancellations=booking_ids, headers=headers)

    async def change(
        self,
        family: Family,
        lines: Sequence[tuple[UUID, UUID]] = (),
        cancellations: Sequence[UUID | str] = (),
        headers: dict[str, str] | None = None,
        household_id: UUID | None = None,
    ) -> httpx2.Response:
        """The first guardian books days and gives bookings back in one act, for the household named."""
        wished = [{"child_id": str(child_id), "slot_id": str(slot_id)} for child_id, slot_id in lines]
        body = {
            "lines": wished,
            "cancellations": [await self.booking(booking_id) for booking_id in cancellations],
            "household_id": household_id and str(household_id),
        }
        return await self.client.post(
            "/bookings",
            json={name: named for name, named in body.items() if named},
            headers=self.parent(family) | self.service.key() | (headers or {}),
        )

    async def booking(self, booking_id: UUID | str) -> dict[str, str]:
        """What names a booking; one that there is not is of today."""
        day = await self.service.db.fetchval("select service_on from bookings where id = $1", booking_id)
        return {"booking_id": str(booking_id), "service_on": str(day or await self.today())}

    async def calendar(self, family: Family, first: int = 0, last: int = 60) -> dict[str, Any]:
        """The household's calendar between two offsets from today."""
        answer = await self.client.get(
            "/calendar",
            params={"from_on": str(await self.day(first)), "to_on": str(await self.day(last))},
            headers=self.parent(family),
        )
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    async def cells(self, family: Family, first: int = 0, last: int = 60) -> list[dict[str, Any]]:
        """Every cell of the household's calendar."""
        return [cell for row in (await self.calendar(family, first, last))["rows"] for cell in row["cells"]]

    def parent(self, family: Family, guardian: int = 0) -> dict[str, str]:
        """The headers of a guardian of this family."""
        return self.service.as_parent(family.guardian_ids[guardian])

    @property
    def director(self) -> dict[str, str]:
        """The headers of a director."""
        return self.service.as_agent(Role.DIRECTOR)

    @property
    def site_agent(self) -> dict[str, str]:
        """The headers of an agent on site."""
        return self.service.as_agent(Role.SITE)


def published(family: Family, birth_on: date, names: Sequence[str] = ()) -> tuple[Event, ...]:
    """What the family service publishes of this household: every adult answers for every child."""
    named = names or [f"Lina_{number} Martin" for number in range(1, len(family.child_ids) + 1)]
    children = [
        KnownChild(
            child_id,
            first_name=name.partition(" ")[0].replace("_", " "),
            last_name=name.partition(" ")[2],
            birth_on=birth_on + timedelta(days=number if names else 0),
        )
        for number, (child_id, name) in enumerate(zip(family.child_ids, named, strict=True))
    ]
    adults = [adult(guardian_id, first_name="Claire") for guardian_id in family.guardian_ids]
    return household_states(family.household_id, adults, children)


def refusal_codes(answer: httpx2.Response) -> list[tuple[str, str]]:
    """The (pointer, code) of each field of a refusal."""
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]
