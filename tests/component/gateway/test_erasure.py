"""A household is erased: what was sealed for it opens nowhere any more, every state is withdrawn, and nobody of it is named in any table."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from contracts.family.models import Household
from contracts.registry import TOPICS
from contracts.topic import TopicKind
from services.billing.payments.store import payment
from services.billing.settings import BillingRules
from services.billing.settlements.commands import apply_answer
from services.billing.settlements.domain import Result, ResultCode
from tests.component.authorization.departures import tell_erasures, without_asking
from tests.component.billing.families import Booked, Family, activity, invoice_month, publish_tariff
from tests.component.family.child_files import rows_of
from tests.component.family.school_office import SchoolOffice
from tests.component.gateway.browser import is_refused, words
from tests.component.gateway.months import Month
from tests.component.gateway.test_change_pages import asked
from tests.component.gateway.test_child_pages import CANARY, SAID, Home, home
from tests.component.gateway.town import Town, family_of, paying_since
from tests.support.roles import Role

__all__ = ("home",)
pytestmark = pytest.mark.anyio

SEALED = (CANARY, "peanuts")
PHONE = "698712345"
PRICE = {"label": "Tous", "quotient_min_cents": 0, "quotient_max_cents": None, "price_cents": 830}
WAITING_SQL = "select change_id from person_changes where household_id = $1"
BOOKED_SQL = "select id from bookings where household_id = $1"
NEWEST_SQL = """
select distinct on (topic, key) topic, key, payload is null as is_withdrawn from outbox
where topic = any($1::text[]) order by topic, key, sequence desc
"""


async def lives(home: Home) -> None:
    """A family says all that a family may say."""
    town, child = home.town, home.household.children[0]
    assert not (await home.say(**SAID)).is_error
    family = town.services["family"]
    parent = family.as_parent(home.household.adults[0].adult_id)
    desk = family.as_agent(Role.FRONT_DESK)
    person = {"kind": "emergency", "first_name": CANARY, "last_name": CANARY, "relation": CANARY}
    entourage = {**person, "child_ids": [str(child.child_id)], "phone": f"0{PHONE}"}
    shown = {"evidence_kind": "judgment", "evidence_on": "2026-01-05", "evidence": f"JAF {CANARY}"}
    tie = {"role": "guardian", "authority": "joint", "starts_on": str(await family.db.today()), **shown}
    for method, path, body, headers in (
        ("POST", "/entourage", entourage, parent | family.key()),
        ("PUT", f"/children/{child.child_id}/responsibilities/{home.household.adults[1].adult_id}", tie, desk),
        ("PUT", f"/households/{home.household.household_id}/quotient", {"value_cents": 71_234}, desk),
    ):
        body = body | ({"effective_on": str(await family.db.today())} if "quotient" in path else {})
        answer = await family.client.request(method, path, json=body, headers=headers)
        assert answer.is_success, (path, answer.text)
    office = SchoolOffice(family)
    await office.school()
    placed = await office.place(child.child_id, "ce2", starts_on=str(await family.db.today()))
    assert placed.status_code == 200, placed.text
    await asked(home, first_name=CANARY.capitalize())
    await home.settle()


async def open_sealed(town: Town) -> str:
    """What every service can read of what stands sealed in its tables, and of what its topics keep."""
    family, booking = town.services["family"].db, town.services["booking"].db
    keys = [row["owner"] for row in await family.fetch("select owner from history_keys")]
    keys += [str(row["child_id"]) for row in await booking.fetch("select child_id from care_keys")]
    return " ".join(keys)


async def test_nothing_of_an_erased_household_is_found_or_opens(home: Home, town: Town) -> None:
    await lives(home)
    (child, *_), adults = home.household.children, home.household.adults
    ids = [home.household.household_id, child.child_id, *(adult.adult_id for adult in adults)]
    known = await open_sealed(town)
    assert all(str(item) in known for item in ids[:2]), "the control: there are keys to destroy"
    name = child.last_name
    assert name in await rows_of(town.services["family"].db)

    await without_asking(town.services["family"], home.household.household_id)
    await tell_erasures(town)
    await town.services["notifications"].run_job("send_messages")

    known = await open_sealed(town)
    assert [item for item in ids if str(item) in known] == [], "every key is destroyed at once"
    states = [topic.name for topic in TOPICS if topic.kind is TopicKind.STATE]
    for service, running in town.services.items():
        newest = await running.db.fetch(NEWEST_SQL, states)
        owned = [row for row in newest if row["key"] in {str(item) for item in ids}]
        assert [tuple(row)[:2] for row in owned if not row["is_withdrawn"]] == [], service
        left = await traces(running.db, [name, PHONE, *SEALED])
        assert left == {}, service


class Money:
    """What a family owes for one day, at 8.30 euros, and how it pays."""

    def __init__(self, town: Town, household: Household) -> None:
        self.town, self.billing = town, town.services["billing"]
        self.family = Family(household.household_id, household.adults[0].adult_id, household.children[0].child_id)

    async def owes(self) -> None:
        await publish_tariff(self.billing, "erasure", effective_on="2018-01-01", brackets=[PRICE])
        day = Booked(self.family, self.family.child_id, date(2018, 8, 8))
        await self.billing.deliver(activity(self.family.child_id, "erasure"), day.confirmed(), day.attended())
        await self.town.give_up_drafts()
        await invoice_month(self.billing, Month.ERASED)
        await self.town.settle()

    async def pays(self) -> None:
        """The provider says that it was paid, after it could not be reached."""
        db, headers = self.billing.db, self.billing.as_parent(self.family.guardian_id)
        (invoice,) = (await self.billing.client.get("/invoices", headers=headers)).json()["items"]
        url = f"/invoices/{invoice['invoice_id']}/payments"
        await self.billing.client.post(url, json={}, headers=headers | self.billing.key())
        (payment_id,) = [
            row["payment_id"]
            for row in await db.fetch(
                "select payment_id from payments where household_id = $1", self.family.household_id
            )
        ]
        started = await payment(db, payment_id)
        attempt = started.attempt
        result = Result(ResultCode.CARD, attempt.numcli, attempt.refdet, attempt.amount_cents, attempt.saisie, "A55A")
        await apply_answer(db, self.billing.service.provide[BillingRules], started, result)
        await self.town.settle()

    async def ledger(self) -> list[tuple[str, int]]:
        rows = await self.billing.db.fetch(
            "select account, sum(amount_cents)::bigint as cents from ledger_postings group by account order by account"
        )
        return [(row["account"], row["cents"]) for row in rows]


@pytest.fixture
def later(town: Town) -> Iterator[Callable[[float], None]]:
    """Moves the clocks of those who keep files and accounts; they are set back afterwards."""
    services = [town.services[name] for name in ("family", "billing")]
    before = [service.db.clock_offset for service in services]

    def move(days: float) -> None:
        for service in services:
            service.advance(days=days)

    yield move
    for service, offset in zip(services, before, strict=True):
        service.db.clock_offset = offset


async def test_a_file_is_erased_from_its_page_when_nothing_is_owed_and_its_time_is_over(
    home: Home, town: Town, later: Callable[[float], None]
) -> None:
    """Refused with the amount; later names are gone everywhere, invoices keep theirs for as long as they are evidence, and the ledger is as it was."""
    await lives(home)
    household, money = home.household, Money(town, home.household)
    await paying_since(town, household, "2018-01-01")
    await money.owes()
    director = await town.agent(Role.DIRECTOR, Role.FINANCE)
    url = f"/agents/familles/{household.household_id}"
    assert f"{url}/effacement" in (await director.get(url)).text
    page = await director.get(f"{url}/effacement")
    assert "8,30\u00a0€ restent dus" in page.text
    typed = {"confirmation": household.reference}
    refused = await director.submit(f"{url}/effacement", typed)
    assert is_refused(refused)
    assert "ne s’efface pas : 8,30 € restent dus" in words(refused)
    await money.pays()
    assert "restent dus" not in words(await director.get(f"{url}/effacement"))

    later(400)
    (request,) = await town.services["family"].db.fetch(WAITING_SQL, household.household_id)
    decision = f"/agents/corrections/{request['change_id']}"
    await director.get(decision)
    await director.done(decision, {"decision": "refuse", "reason": "Apportez le livret de famille."})
    await director.get(f"{url}/archive")
    assert "archivé" in words(await director.submit(f"{url}/archive", {"reason": "Partis de la ville."}))
    refused = await director.submit(f"{url}/effacement", typed)
    assert is_refused(refused)
    assert "se conserve jusqu’au" in words(refused)
    later(1200)
    await town.settle()
    page = await director.get(f"{url}/effacement")
    assert household.children[0].first_name in words(page)
    refused = await director.submit(f"{url}/effacement", {"confirmation": "F-1"})
    assert is_refused(refused)
    assert "Rien n’a été effacé" in words(refused)
    ledger = await money.ledger()
    waiting = await director.submit(f"{url}/effacement", typed)
    assert "Effacement demandé" in words(waiting), "the accounts have not answered: nothing is gone"
    assert (await director.get(url)).status_code == 200
    await town.settle()
    page = await director.get(f"{url}/effacement")
    assert "Une journée n’est pas encore facturée" in words(page), "only the accounts knew of it"
    assert (await director.get(url)).status_code == 200
    (day,) = await town.services["booking"].db.fetch(BOOKED_SQL, household.household_id)
    headers = town.services["booking"].as_agent(Role.FRONT_DESK)
    given_back = await town.booking.give_back(family_of(household), day["id"], headers=headers)
    assert given_back.is_success, given_back.text
    await town.settle()
    await director.submit(f"{url}/effacement", typed)
    await town.settle()
    await tell_erasures(town)
    assert "Dossier effacé" in words(await director.get(f"{url}/effacement"))
    assert (await director.get(url)).status_code == 404

    name = household.children[0].last_name
    for service, running in town.services.items():
        left = await traces(running.db, [name, PHONE, *SEALED])
        assert left.keys() == ({"invoices"} if service == "billing" else set()), (service, left)
    assert await money.ledger() == ledger
    session = {"X-Session": str(home.parent.session_token)}
    ended = await town.services["identity"].client.get("/sessions/current", headers=session)
    assert ended.status_code == 401, "their accounts end with it"
    later(366 * 11)
    await town.services["billing"].run_job("forget_names")
    assert await traces(town.services["billing"].db, [name]) == {}
    assert await money.ledger() == ledger


async def traces(db: Any, words: list[str]) -> dict[str, list[str]]:
    """The words that a service's tables still have, by table: the outbox apart, whose rows the topics' compaction takes, and where what was sealed stays
    sealed."""
    places: dict[str, list[str]] = {}
    for table in await db.fetch("select tablename from pg_tables where schemaname = 'public'"):
        rows = await db.fetch(f'select t::text as text from "{table["tablename"]}" t')
        text = "\n".join(row["text"] for row in rows).lower()
        in_outbox = table["tablename"] == "outbox"
        looked_for = [word for word in words if not in_outbox or word in SEALED]
        if here := [word for word in looked_for if word.lower() in text or word.encode().hex() in text]:
            places[table["tablename"]] = here
    return places
