"""A file with much in it: three children, one of whom has a second home, five activities, what a family says of health and people, and invoices."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

from contracts.family.models import Household
from tests.component.billing.families import Booked, Family, activity, invoice_month, publish_tariff
from tests.component.gateway.browser import Browser
from tests.component.gateway.months import Month
from tests.component.gateway.town import UNTIL_MIDNIGHT, Town, family_of, household_body, paying_since
from tests.support.roles import Role

ACTIVITIES: Final = ("Restauration", "Accueil du matin", "Accueil du soir", "Mercredis de loisirs", "Étude")
QUOTIENT_CENTS: Final = 74_217
FORBIDDEN: Final = "Alain"
EMERGENCY: Final = "Odile"
TARIFF: Final = "of_files"


@dataclass
class Filed:
    """The file and the file of the other home."""

    town: Town
    household: Household
    other: Household
    activity_ids: tuple[UUID, ...]
    slot_ids: tuple[UUID, ...]

    @property
    def path(self) -> str:
        """Its first address."""
        return f"/agents/familles/{self.household.household_id}"

    @property
    def child_ids(self) -> tuple[UUID, ...]:
        """Lina, Noé and Jeanne; Lina has two homes."""
        return tuple(child.child_id for child in self.household.children)

    async def agent(self, *roles: Role, **places: Any) -> Browser:
        """An agent, signed in."""
        return await self.town.agent(*roles, **places)


async def filed(town: Town, month: str = Month.FILED) -> Filed:
    """Open it, have its family say and book, and settle."""
    family = town.services["family"]
    desk = family.as_agent(Role.FRONT_DESK)
    today = await family.db.today()
    last_name = f"Garnier{uuid4().hex[:6].translate(str.maketrans('0123456789', 'ghijklmnop'))}"
    children = [
        {"first_name": name, "last_name": last_name, "birth_on": str(born_on)}
        for name, born_on in (("Lina", "2018-03-02"), ("Noé", "2020-05-09"), ("Jeanne", "2022-02-01"))
    ]
    body = household_body(last_name=last_name, first_name="Amel", email=f"{last_name.lower()}@famille.example")
    body |= {"children": children}
    body["co_guardian"] = {
        "civility": "monsieur",
        "first_name": "Thomas",
        "last_name": last_name,
        "phone": "0698765432",
    }
    answer = await family.client.post("/households", json=body, headers=desk | family.key())
    assert answer.status_code == 201, answer.text
    household = Household.model_validate_json(answer.content)
    lina, noe, _ = (child.child_id for child in household.children)
    second = household_body(first_name="Julien", last_name="Petit", email=f"petit.{last_name.lower()}@famille.example")
    second |= {"children": [], "known_child_ids": [str(lina)]}
    answer = await family.client.post("/households", json=second, headers=desk | family.key())
    assert answer.status_code == 201, answer.text
    other = Household.model_validate_json(answer.content)
    director, since = family.as_agent(Role.DIRECTOR), str(today)
    for method, path, sent in (
        ("PUT", f"/households/{household.household_id}/quotient", {"value_cents": QUOTIENT_CENTS, "effective_on": since}),
        ("PUT", f"/children/{lina}/residence", {
            "pattern": "week_parity", "household_ids": [str(household.household_id), str(other.household_id)], "starts_on": since,
        }),
        ("PUT", f"/children/{noe}/health", {"revision": 0, "allergens": ["peanuts"], "has_pai": True, "conduct": "Stylo, puis le 15"}),
        ("POST", "/entourage", {
            "kind": "forbidden", "first_name": FORBIDDEN, "last_name": "Brun", "relation": "Oncle", "child_ids": [str(lina)],
            "decision": "JAF Caen 25/00103", "decided_on": "2025-03-03",
        }),
        ("POST", "/entourage", {
            "kind": "emergency", "first_name": EMERGENCY, "last_name": last_name, "relation": "Grand-mère", "phone": "0644556677",
            "child_ids": [str(lina), str(noe)],
        }),
    ):  # fmt: skip
        answer = await family.client.request(method, path, json=sent, headers=director | family.key())
        assert answer.status_code in (200, 201), answer.text
    await town.settle()
    activity_ids, slot_ids = await _booked(town, household, today)
    await _invoiced(town, household, month)
    await town.settle()
    return Filed(town, household, other, activity_ids, slot_ids)


async def _booked(town: Town, household: Household, today: date) -> tuple[tuple[UUID, ...], tuple[UUID, ...]]:
    """Everybody in the first activity, with a day of this week booked; the eldest in the others; one still to decide."""
    booking, family = town.booking, family_of(household)
    billing = town.services["billing"]
    bracket = {"label": "T3", "quotient_min_cents": 0, "quotient_max_cents": None, "price_cents": 420}
    await publish_tariff(billing, TARIFF, effective_on="2018-01-01", brackets=[bracket])
    label = uuid4().hex[:4]
    ids = [
        await booking.activity(label=f"{name} {label}", cutoff=UNTIL_MIDNIGHT, tariff_code=TARIFF, age_min=2)
        for name in ACTIVITIES
    ]
    await town.settle()
    slots = await booking.open(ids[0], *range(8))
    await booking.enroll(family, ids[0])
    for activity_id in ids[1:4]:
        answer = await booking.request_enrollment(family, activity_id)
        assert answer.status_code == 201, answer.text
        await booking.decide(UUID(answer.json()["enrollment_id"]), is_validated=True)
    answer = await booking.request_enrollment(family, ids[4], child_id=str(family.child_ids[1]))
    assert answer.status_code == 201, answer.text
    await town.settle()
    answer = await booking.book(family, slots[0], slots[1])
    assert answer.status_code == 201, answer.text
    return tuple(ids), tuple(slots)


async def _invoiced(town: Town, household: Household, month: str) -> None:
    """A month of long ago, with an invoice of it: a town invoices a month once."""
    await paying_since(town, household, f"{month}-01")
    billing = town.services["billing"]
    payer = Family(household.household_id, household.adults[0].adult_id, household.children[0].child_id)
    day = Booked(payer, uuid4(), date.fromisoformat(f"{month}-07"))
    await billing.deliver(activity(day.activity_id, TARIFF))
    await billing.deliver(day.attended())
    await town.give_up_drafts()
    await invoice_month(billing, month)
