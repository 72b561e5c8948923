"""Who pays for a child's day: by home, when payers change, when nobody pays, and when a register contradicts itself."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from contracts.billing.events import ChargeRecorded, InvoiceIssued
from contracts.billing.payers import payer_id_of
from contracts.types import Attendance, ResidencePattern
from tests.component.billing.families import (
    MOMENT,
    Booked,
    Family,
    drafted_run,
    invoice_month,
    issued_run,
    only_invoice,
)
from tests.component.billing.homes import MONDAY, TwoHomes, lives_at, paid_by, residence
from tests.component.billing.invoicing import Finance
from tests.factories.households import LONG_AGO, KnownChild, adult, household_state
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

DAYS_AT_A, DAYS_AT_B = (7, 8, 10, 11, 21, 22, 24, 25), (4, 14, 15, 16, 17, 18, 28, 29, 30)

OWED_SQL = """
select service_on, payer_id, status, quantity * unit_cents as amount_cents, charge_id from charges
where status <> 'void' order by service_on, payer_id, correction
"""


@pytest.fixture
async def homes(service: RunningService) -> TwoHomes:
    """A child of two homes."""
    return await TwoHomes(service).settle()


async def owed(service: RunningService) -> list[tuple[date, UUID | None, int]]:
    """Every line that stands: day, payer, amount."""
    return [(row["service_on"], row["payer_id"], row["amount_cents"]) for row in await service.db.fetch(OWED_SQL)]


async def lines(service: RunningService) -> set[UUID]:
    """The ids of the lines that stand."""
    return {row["charge_id"] for row in await service.db.fetch(OWED_SQL)}


async def test_each_home_pays_its_weeks_by_its_own_quotient(service: RunningService, homes: TwoHomes) -> None:
    """8 days at A by its bracket, 9 days at B by B's, whoever booked them; the child's 17 days once."""
    await homes.attend([*homes.days(DAYS_AT_A[:4] + DAYS_AT_B), *homes.days(DAYS_AT_A[4:], homes.b)])
    run = await invoice_month(service)
    assert (run["issued_count"], run["total_cents"]) == (2, 3_320 + 8_091)
    for family, total, count in ((homes.a, 3_320, 8), (homes.b, 8_091, 9)):
        invoice = await only_invoice(service, family)
        assert (invoice["total_cents"], len(invoice["lines"])) == (total, count)
        assert (invoice["payer_id"], invoice["payer_name"]) == (str(family.payer_id), f"Camille {family.last_name}")
        assert {line["explanation"]["quotient_cents"] for line in invoice["lines"]} == {
            75_000 if family is homes.a else 150_000
        }
    issued = [event for event in await service.outbox() if isinstance(event, InvoiceIssued)]
    assert {(event.payer_id, event.household_id) for event in issued} == {
        (family.payer_id, family.household_id) for family in (homes.a, homes.b)
    }
    assert await service.db.fetchval("select count(distinct service_on) from charges") == 17


async def test_each_home_sees_its_own_invoice_and_account_alone(service: RunningService, homes: TwoHomes) -> None:
    """Two payers of one child: neither learns what the other pays, nor by which quotient."""
    await homes.attend(homes.days((7, 14)))
    await invoice_month(service)
    (mine,), (theirs,) = await homes.invoices(homes.a), await homes.invoices(homes.b)
    parent = service.as_parent(homes.a.guardian_id)
    for path, status in ((mine["invoice_id"], 200), (theirs["invoice_id"], 404), (f"{theirs['invoice_id']}/pdf", 404)):
        assert (await service.client.get(f"/invoices/{path}", headers=parent)).status_code == status
    refused = await service.client.post(
        f"/invoices/{theirs['invoice_id']}/payments", json={}, headers=parent | service.key()
    )
    assert refused.status_code == 404
    account = (await service.client.get("/account", headers=parent)).json()
    assert (account["payer"]["payer_id"], account["payer"]["balance_cents"]) == (str(homes.a.payer_id), 415)
    assert account["others"] == []
    params = {"from_on": "2026-09-01", "to_on": "2026-09-30"}
    charges = (await service.client.get("/charges", params=params, headers=parent)).json()["items"]
    assert [(line["service_on"], line["payer_name"]) for line in charges] == [("2026-09-07", "Camille Martin")]


async def test_an_account_of_an_adult_of_two_households_is_asked_for_by_name(service: RunningService) -> None:
    """Neither is chosen by itself, for what is owed no more than for its history; each is there when it is named."""
    first, second = Family(), uuid4()
    people = ([adult(first.guardian_id)], [KnownChild(first.child_id)])
    await service.deliver(first.state(), household_state(second, *people, reference="F-2"))
    headers = service.as_parent(first.guardian_id)
    for path in ("/account", "/charges?from_on=2026-09-01&to_on=2026-09-30", "/history"):
        refused = await service.client.get(path, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (422, "household_ambiguous"), path
        (field,) = refused.json()["errors"]
        assert set(field["params"]["household_ids"]) == {str(first.household_id), str(second)}
        assert refused.json()["params"]["references"] == field["params"]["references"]
        for household_id in (first.household_id, second):
            join = "&" if "?" in path else "?"
            answer = await service.client.get(f"{path}{join}household_id={household_id}", headers=headers)
            assert answer.status_code == 200, path


async def test_a_quote_says_what_the_asking_home_pays(service: RunningService, homes: TwoHomes) -> None:
    """Of a day at the other home nothing, and nothing of its quotient; an agent says for which home they ask."""
    lines = [
        {"child_id": str(homes.a.child_id), "activity_id": str(homes.centre), "service_on": f"2026-09-{number:02}"}
        for number in (7, 14)
    ]
    for family, amounts in ((homes.a, [415, 0]), (homes.b, [0, 899])):
        headers = service.as_parent(family.guardian_id)
        quoted = (await service.client.post("/quotes", json={"lines": lines}, headers=headers)).json()["lines"]
        assert [line["amount_cents"] for line in quoted] == amounts
        assert [line["share_basis_points"] for line in quoted] == [10_000 if amount else 0 for amount in amounts]
        assert [line["explanation"] is None for line in quoted] == [not amount for amount in amounts]
    agent = service.as_agent(Role.FRONT_DESK)
    ambiguous = await service.client.post("/quotes", json={"lines": lines}, headers=agent)
    assert (ambiguous.status_code, ambiguous.json()["code"]) == (422, "household_ambiguous")
    named = [line | {"household_id": str(homes.b.household_id)} for line in lines]
    quoted = (await service.client.post("/quotes", json={"lines": named}, headers=agent)).json()
    assert quoted["total_cents"] == 899
    stranger = await service.client.post(
        "/quotes", json={"lines": named}, headers=service.as_parent(homes.a.guardian_id)
    )
    assert stranger.status_code == 404


async def test_a_payer_who_changes_takes_over_from_that_day_also_in_a_draft(
    service: RunningService, finance: Finance, homes: TwoHomes
) -> None:
    """The draft is redone: lines to the 9th are the old payer's, from the 10th on the new one's."""
    await homes.attend(homes.days((7, 8, 10, 11)))
    run_id = await drafted_run(service)
    before, new = await lines(service), uuid4()
    payers = ((homes.a.guardian_id, LONG_AGO, date(2026, 9, 9)), (new, date(2026, 9, 10), None))
    await service.deliver(paid_by(homes.a, *payers))
    assert await finance.step(run_id, "review") == (409, "prices_wait")
    await service.run_job("price_charges")
    await service.run_job("invoice_runs")
    new_id = payer_id_of(homes.a.household_id, new)
    assert await owed(service) == [
        (date(2026, 9, number), payer_id, 415)
        for number, payer_id in ((7, homes.a.payer_id), (8, homes.a.payer_id), (10, new_id), (11, new_id))
    ]
    kept = await lines(service)
    assert len(kept & before) == 2, "what is already so keeps its id"
    items = await finance.items(run_id)
    assert {item["payer_name"]: item["total_cents"] for item in items} == {"Camille Martin": 830, "Anne Roux": 830}

    recorded = len(await service.outbox())
    await service.deliver(paid_by(homes.a, *reversed(payers)), homes.in_turn())
    await service.run_job("price_charges")
    assert await lines(service) == kept
    assert len(await service.outbox()) == recorded, "the same again changes nothing"
    assert (await issued_run(service, run_id))["issued_count"] == 2


async def test_an_issued_invoice_stands_and_is_corrected_for_whoever_was_invoiced(
    service: RunningService, homes: TwoHomes
) -> None:
    """The payer changes after the issue: nothing moves. A corrected day is given back to whoever it was invoiced to."""
    (day,) = days = homes.days((7,))
    await homes.attend(days)
    await invoice_month(service)
    await service.deliver(paid_by(homes.a, (uuid4(), LONG_AGO, None)), lives_at(homes.a.child_id))
    await service.run_job("price_charges")
    assert await owed(service) == [(MONDAY, homes.a.payer_id, 415)]
    await service.deliver(day.attended(Attendance.ABSENT_EXCUSED, MOMENT + timedelta(days=1)))
    assert await owed(service) == [(MONDAY, homes.a.payer_id, 415), (MONDAY, homes.a.payer_id, -415)]


async def test_a_payer_who_left_keeps_their_invoice_and_sees_no_other(service: RunningService, homes: TwoHomes) -> None:
    """The household of today reads both; whoever never paid and left reads neither."""
    left, successor = homes.a.guardian_id, Family(homes.a.household_id, child_id=homes.a.child_id)
    await homes.attend(homes.days((7,)))
    await invoice_month(service)
    await service.deliver(successor.state())
    await service.run_job("price_charges")
    await homes.attend([Booked(homes.a, homes.centre, date(2026, 10, 5))])
    await invoice_month(service, "2026-10")
    (own,) = await homes.invoices(homes.a)
    both = {invoice["invoice_id"]: invoice["payer_id"] for invoice in await homes.invoices(successor)}
    assert len(both) == 2
    assert both[own["invoice_id"]] == str(homes.a.payer_id)
    assert {*both.values()} == {str(homes.a.payer_id), str(successor.payer_id)}
    former = service.as_parent(left)
    for invoice_id in both:
        status = 200 if invoice_id == own["invoice_id"] else 404
        assert (await service.client.get(f"/invoices/{invoice_id}", headers=former)).status_code == status
    named = await service.client.get("/invoices", params={"household_id": str(homes.a.household_id)}, headers=former)
    assert named.status_code == 404
    assert await homes.invoices(Family(homes.a.household_id)) == []
    account = (await service.client.get("/account", headers=service.as_parent(successor.guardian_id))).json()
    assert (account["payer"]["balance_cents"], [other["balance_cents"] for other in account["others"]]) == (415, [415])


async def test_while_nobody_pays_the_day_waits_and_is_listed(
    service: RunningService, finance: Finance, homes: TwoHomes
) -> None:
    """Neither the payer before nor the one after is guessed; once somebody pays, the next run has the day."""
    await homes.attend(homes.days((7, 8)))
    await service.deliver(paid_by(homes.a, (homes.a.guardian_id, date(2026, 9, 8), None)))
    run_id = await drafted_run(service)
    run = await finance.run(run_id)
    assert (dict(run["anomalies"])["no_payer"], run["total_cents"]) == (1, 415)
    (waiting,) = [item for item in await finance.items(run_id) if item["payer_id"] is None]
    assert (waiting["household_id"], waiting["anomalies"]) == (str(homes.a.household_id), ["no_payer"])
    assert (await issued_run(service, run_id))["issued_count"] == 1
    assert await owed(service) == [(MONDAY, None, 415), (date(2026, 9, 8), homes.a.payer_id, 415)]
    await service.deliver(homes.a.state())
    assert (await invoice_month(service, "2026-10"))["total_cents"] == 415


async def test_files_that_marry_have_one_payer_for_each_day_and_child(service: RunningService) -> None:
    """Each paid for one own child until the files became one on 1 March; none twice, none lost."""
    one = await TwoHomes(service).settle()
    other = Family(last_name="Dubois", child_first_name="Noé")
    before, after = date(2026, 2, 27), date(2026, 3, 2)
    single = ResidencePattern.SINGLE
    await service.deliver(
        other.state(),
        other.quotient(10_000),
        lives_at(one.a.child_id, residence(single, one.a.household_id)),
        lives_at(other.child_id, residence(single, other.household_id)),
    )
    await one.attend([Booked(family, one.centre, day) for family in (one.a, other) for day in (before, after)])
    first_day = date(2026, 3, 1)
    homes = (
        residence(single, other.household_id, ends_on=first_day - timedelta(days=1)),
        residence(single, one.a.household_id, starts_on=first_day),
    )
    await service.deliver(
        lives_at(other.child_id, *homes), paid_by(other, (other.guardian_id, LONG_AGO, first_day - timedelta(days=1)))
    )
    await service.run_job("price_charges")
    rows = await service.db.fetch("select child_id, service_on, payer_id, unit_cents from charges")
    assert {tuple(row) for row in rows} == {
        (one.a.child_id, before, one.a.payer_id, 415),
        (other.child_id, before, other.payer_id, 300),
        (one.a.child_id, after, one.a.payer_id, 415),
        (other.child_id, after, one.a.payer_id, 415),
    }
    assert len(rows) == 4


async def test_a_register_with_two_payers_for_one_day_chooses_neither(service: RunningService, homes: TwoHomes) -> None:
    """The old one stands, agents see the row, and it goes by itself once the register is right."""
    await homes.attend(homes.days((7, 8, 10)))
    agent, new, days = service.as_agent(Role.FINANCE), uuid4(), (date(2026, 9, 8), date(2026, 9, 9))

    async def conflicts() -> list[dict[str, object]]:
        answer = await service.client.get("/payer-conflicts", headers=agent)
        items: list[dict[str, object]] = answer.json()["items"]
        return items

    contradicting = paid_by(homes.a, (homes.a.guardian_id, LONG_AGO, days[1]), (new, days[0], None))
    for _ in range(2):
        await service.deliver(contradicting)
        await service.run_job("price_charges")
        (conflict,) = await conflicts()
        assert (conflict["starts_on"], conflict["ends_on"]) == ("2026-09-08", "2026-09-09")
        assert (conflict["names"], conflict["standing_name"]) == (["Camille Martin", "Anne Roux"], "Camille Martin")
        payers = [payer_id for _, payer_id, _ in await owed(service)]
        assert payers == [homes.a.payer_id, homes.a.payer_id, payer_id_of(homes.a.household_id, new)]
    assert (await service.client.get("/payer-conflicts", headers=service.as_agent(Role.SITE))).status_code == 403

    await service.deliver(paid_by(homes.a, (homes.a.guardian_id, LONG_AGO, date(2026, 9, 7)), (new, days[0], None)))
    await service.run_job("price_charges")
    assert await conflicts() == []
    assert [payer_id for _, payer_id, _ in await owed(service)][1:] == [payer_id_of(homes.a.household_id, new)] * 2


async def test_a_home_that_becomes_known_later_decides_then(service: RunningService, homes: TwoHomes) -> None:
    """Topics come in any order: the day of a home that is not known yet waits under that home, and is nobody else's."""
    unknown = Family(child_id=homes.a.child_id, last_name="Petit")
    await homes.attend(homes.days((7,)))
    await service.deliver(lives_at(homes.a.child_id, residence(ResidencePattern.SINGLE, unknown.household_id)))
    await service.run_job("price_charges")
    assert await owed(service) == [(MONDAY, None, 899)]
    await service.deliver(unknown.quotient(10_000), unknown.state())
    await service.run_job("price_charges")
    assert await owed(service) == [(MONDAY, unknown.payer_id, 300)]
    recorded = [event for event in await service.outbox() if isinstance(event, ChargeRecorded)][-3:]
    assert (recorded[-1].household_id, recorded[-1].payer_id) == (unknown.household_id, unknown.payer_id)
