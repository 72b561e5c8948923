"""The light load: families and agents at work, chosen by a seed, while faults happen.

The order in which people act, what they choose and the keys of their requests derive from the seed. How requests interleave
with one another and with faults is the machine's doing.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from chassis.actor import Actor
from contracts.types import ActorKind, StepUp

from .calling import Caller
from .journal import Entry, Journal, Kind, Outcome
from .town import NotInTime, Town

SURNAME: Final = "Zibelinard"
"""A word that nobody else uses: where it may not stand, it is found."""
EMAIL_DOMAIN: Final = "canari.example"
STREET: Final = "ruelle du Zinzolin"
CHILDREN: Final = ("Quetsche", "Nigelle")
CANARIES: Final = (SURNAME, EMAIL_DOMAIN, "Zinzolin", *CHILDREN, "06 98 76 54 3")

HOUSEHOLDS: Final = 6
SITE: Final = {"code": "halle", "label": "Halle"}
CAPACITY: Final = 5
DAYS: Final = 30
BASKET_MAX: Final = 3
WORKERS: Final = 4
PAUSE_SECONDS: Final = 0.25
REPLICATION_SECONDS: Final = 240.0
PRICES: Final = (200, 350, 610)
QUOTIENTS: Final = (0, 40_000, 80_000)


@dataclass(slots=True)
class Family:
    """A household of the load: its guardian, its children, and its turn at changing its quotient."""

    household_id: str
    guardian: Actor
    children: list[str]
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Load:
    """People at work. `prepare` opens the town, `running` has people act until the block ends."""

    def __init__(self, town: Town, seed: int) -> None:
        self.town = town
        self.journal = Journal()
        self.chance = Random(seed)
        self.caller = Caller(town, self.journal, self.chance)
        self.families: list[Family] = []
        self.activity_id = ""
        self.slots: dict[str, date] = {}
        self._stop = asyncio.Event()

    @property
    def today(self) -> date:
        """The town's date."""
        return self.town.now.date()

    async def prepare(self) -> None:
        """A tariff, an activity with few places a day, and the first families."""
        brackets = [
            {"label": f"T{number}", "quotient_min_cents": low, "quotient_max_cents": high, "price_cents": price}
            for number, (low, high, price) in enumerate(zip(QUOTIENTS, (*QUOTIENTS[1:], None), PRICES, strict=True))
        ]
        starts_on = self.today - timedelta(days=30)
        tariff = {"label": "Atelier", "effective_on": starts_on.isoformat(), "brackets": brackets}
        await self._must("billing", "/tariffs/ATELIER", tariff, method="PUT")
        activity = {
            "kind": "leisure",
            "label": "Atelier",
            "site_codes": [SITE["code"]],
            "units": [{"code": "day", "label": "Accueil", "starts_at": "08:00", "ends_at": "18:00"}],
            "tariff_code": "ATELIER",
            "age_min": 3,
            "age_max": 17,
            "starts_on": starts_on.isoformat(),
            "ends_on": (self.today + timedelta(days=200)).isoformat(),
            "cutoff": {"days_before": 0, "at": "23:00"},
        }
        await self._must("booking", "/sites", SITE)
        self.activity_id = (await self._must("booking", "/activities", activity)).answer["activity_id"]
        await self.open_days(self.today, DAYS)
        await asyncio.gather(*(self.open_household() for _ in range(HOUSEHOLDS)))

    async def open_days(self, first: date, count: int) -> None:
        """Open days of the activity to booking."""
        days = [(first + timedelta(days=offset)).isoformat() for offset in range(count)]
        body = {"days": days, "capacity": CAPACITY}
        opened = await self._must("booking", f"/activities/{self.activity_id}/slots", body)
        self.slots |= {slot["slot_id"]: date.fromisoformat(slot["service_on"]) for slot in opened.answer["items"]}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """People act until the block ends; then every request under way is brought to its end."""
        self._stop.clear()
        workers = [asyncio.create_task(self._work()) for _ in range(WORKERS)]
        try:
            yield
        finally:
            self._stop.set()
            await asyncio.gather(*workers)

    async def _work(self) -> None:
        acts = (self.book, self.cancel, self.change_quotient, self.open_household)
        while not self._stop.is_set():
            (act,) = self.chance.choices(acts, weights=(60, 18, 16, 2))
            await act()
            await asyncio.sleep(PAUSE_SECONDS * self.chance.random())

    async def book(self, *, days: int | None = None) -> Entry:
        """A family asks for a few days; one time in five somebody presses the button twice."""
        family = self.chance.choice(self.families)
        slots = self.chance.sample(sorted(self.slots), days or self.chance.randint(1, BASKET_MAX))
        lines = [{"child_id": self.chance.choice(family.children), "slot_id": slot} for slot in slots]
        entry = Entry(Kind.BASKET, "booking", self.caller.new_key(), {"lines": lines})
        return await self.caller.ask(entry, "/bookings", family.guardian, twice=self.chance.random() < 0.2)

    async def book_slot(self, slot_id: str) -> Entry:
        """A family asks for this day."""
        family = self.chance.choice(self.families)
        lines = [{"child_id": self.chance.choice(family.children), "slot_id": slot_id}]
        entry = Entry(Kind.BASKET, "booking", self.caller.new_key(), {"lines": lines})
        return await self.caller.ask(entry, "/bookings", family.guardian)

    async def book_surely(self) -> Entry:
        """A booking that is accepted, on a day of its own: what a fault at an exact instant follows."""
        day = max(self.slots.values()) + timedelta(days=1)
        await self.open_days(day, 1)
        slot = next(slot for slot, on in self.slots.items() if on == day)
        family = self.chance.choice(self.families)
        lines = [{"child_id": family.children[0], "slot_id": slot}]
        deadline = asyncio.get_running_loop().time() + REPLICATION_SECONDS
        while True:
            entry = Entry(Kind.BASKET, "booking", self.caller.new_key(), {"lines": lines})
            await self.caller.ask(entry, "/bookings", family.guardian)
            if entry.outcome is Outcome.ACCEPTED:
                return entry
            # A replica that is being built again may not know the family yet.
            if asyncio.get_running_loop().time() > deadline:
                raise NotInTime(
                    f"not within {REPLICATION_SECONDS:.0f} s: a booking is accepted, instead of {entry.code}"
                )
            await asyncio.sleep(PAUSE_SECONDS)

    async def cancel(self) -> None:
        """Somebody gives a booked day back."""
        baskets = list(self.journal.accepted(Kind.BASKET))
        if not baskets:
            return
        booking = self.chance.choice(self.chance.choice(baskets).answer["bookings"])
        body = {"cancellations": [{name: booking[name] for name in ("booking_id", "service_on")}]}
        entry = Entry(Kind.CANCELLATION, "booking", self.caller.new_key(), body, subject=booking["booking_id"])
        await self.caller.ask(entry, "/bookings")

    async def change_quotient(self) -> None:
        """An agent notes another family quotient; one after the other for a household, so that the last one is known."""
        family = self.chance.choice(self.families)
        body = {"value_cents": self.chance.randrange(120_000), "effective_on": f"{self.today:%Y}-01-01"}
        async with family.turn:
            entry = Entry(Kind.QUOTIENT, "family", self.caller.new_key(), body, subject=family.household_id)
            await self.caller.ask(entry, f"/households/{family.household_id}/quotient", method="PUT")

    async def open_household(self) -> None:
        """An agent opens a file; once booking knows the family, its children are enrolled."""
        key = self.caller.new_key()
        entry = Entry(Kind.HOUSEHOLD, "family", key, self._household(key))
        await self.caller.ask(entry, "/households", twice=self.chance.random() < 0.2)
        household = entry.answer
        family = Family(
            household["household_id"],
            Actor(
                UUID(household["payer_adult_id"]),
                ActorKind.PARENT,
                guardian_id=UUID(household["payer_adult_id"]),
                opened=frozenset(StepUp),
            ),
            [child["child_id"] for child in household["children"]],
        )
        for child_id in family.children:
            await self._enroll(family, child_id)
        self.families.append(family)

    async def _enroll(self, family: Family, child_id: str) -> None:
        body = {"child_id": child_id, "activity_id": self.activity_id}
        loop = asyncio.get_running_loop()
        deadline = loop.time() + REPLICATION_SECONDS
        while True:
            entry = Entry(Kind.ENROLLMENT, "booking", self.caller.new_key(), body)
            await self.caller.ask(entry, "/enrollments", family.guardian)
            if entry.outcome is Outcome.ACCEPTED or loop.time() > deadline:
                break
            await asyncio.sleep(PAUSE_SECONDS)
        enrollment_id = entry.answer["enrollment_id"]
        decision = Entry(Kind.DECISION, "booking", self.caller.new_key(), {"is_validated": True}, subject=enrollment_id)
        await self.caller.ask(decision, f"/enrollments/{enrollment_id}/decision")

    def _household(self, key: str) -> dict[str, Any]:
        letters = "".join(chr(ord("a") + int(digit, 16)) for digit in key.replace("-", "")[:10])
        name = f"{SURNAME} {letters}"
        return {
            "guardian": {
                "civility": "madame",
                "first_name": "Zoraide",
                "last_name": name,
                "email": f"{letters}@{EMAIL_DOMAIN}",
                "phone": "06 98 76 54 32",
            },
            "address": {"street": STREET, "postal_code": "14000", "city": "Valmont"},
            "children": [
                {"first_name": first_name, "last_name": name, "birth_on": "2017-03-0" + str(number)}
                for number, first_name in enumerate(CHILDREN, 1)
            ],
            "quotient": {"value_cents": self.chance.randrange(120_000), "effective_on": f"{self.today:%Y}-01-01"},
        }

    async def _must(self, service: str, path: str, body: Any, *, method: str = "POST") -> Entry:
        entry = Entry(Kind.OTHER, service, self.caller.new_key(), body)
        await self.caller.ask(entry, path, method=method)
        assert entry.outcome is Outcome.ACCEPTED, entry
        return entry
