"""Parts of a child's days: entered by agents, of a kind of activity or of all, and what becomes of lines and invoices."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from chassis.days import ONE_DAY
from contracts.family.events import HouseholdState
from contracts.types import Attendance
from tests.component.billing.families import (
    MOMENT,
    Family,
    activity,
    drafted_run,
    erased,
    invoice_month,
    issued_run,
    only_invoice,
)
from tests.component.billing.homes import TwoHomes, paid_by
from tests.factories.households import LONG_AGO, KnownChild, membership
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

LINES_SQL = """
select account_id, correction, status, share_basis_points, quantity * unit_cents as amount_cents from charges
where service_on = $1 order by correction, share_basis_points desc
"""


@pytest.fixture
async def homes(service: RunningService) -> TwoHomes:
    """A child of two homes."""
    return await TwoHomes(service).settle()


async def share(homes: TwoHomes, *parts: tuple[UUID, int], **fields: Any) -> Any:
    """The answer to a change of shares, from September on unless told otherwise."""
    shares = [{"payer_id": str(payer_id), "share_basis_points": part} for payer_id, part in parts]
    return await homes.service.client.put(
        f"/children/{homes.a.child_id}/payer-shares",
        json={"shares": shares, "starts_on": "2026-09-01"} | fields,
        headers=homes.service.as_agent(Role.FINANCE),
    )


async def half_each(homes: TwoHomes, **fields: Any) -> None:
    answer = await share(homes, (homes.a.payer_id, 5_000), (homes.b.payer_id, 5_000), **fields)
    assert answer.status_code == 200, answer.text
    await homes.service.run_job("price_charges")


async def lines(homes: TwoHomes, number: int) -> list[tuple[UUID, int, str, int, int]]:
    """The lines of a day of September: account, correction, status, share, amount."""
    return [tuple(row) for row in await homes.service.db.fetch(LINES_SQL, date(2026, 9, number))]


async def test_each_pays_their_part_by_their_own_quotient(service: RunningService, homes: TwoHomes) -> None:
    """4.15 and 8.99 by the two quotients: halves of 2.075 and 4.495 are 6.57 together."""
    await homes.attend(homes.days((7,)))
    await half_each(homes)
    parts = {account_id: amount for account_id, _, _, _, amount in await lines(homes, 7)}
    assert parts.keys() == {homes.a.payer_id, homes.b.payer_id}
    assert sum(parts.values()) == 657
    assert {parts[homes.a.payer_id] - 207, parts[homes.b.payer_id] - 449} == {0, 1}
    assert (await invoice_month(service))["total_cents"] == 657
    for family in (homes.a, homes.b):
        (line,) = (await only_invoice(service, family))["lines"]
        assert (line["share_basis_points"], line["amount_cents"]) == (5_000, parts[family.payer_id])
        headers = service.as_parent(family.guardian_id)
        invoice_id = (await only_invoice(service, family))["invoice_id"]
        assert (await service.client.get(f"/invoices/{invoice_id}/pdf", headers=headers)).status_code == 200


async def test_shares_are_of_a_kind_or_of_all_and_of_their_days(service: RunningService, homes: TwoHomes) -> None:
    await homes.attend(homes.days((7, 8, 10)))
    await half_each(homes, activity_kind="sport")
    assert [account for account, *_ in await lines(homes, 7)] == [homes.a.payer_id], "a leisure centre is no sport"
    await half_each(homes, ends_on="2026-09-08")
    answer = await share(homes, (homes.b.payer_id, 10_000), activity_kind="leisure", starts_on="2026-09-08")
    await service.run_job("price_charges")
    assert len(await lines(homes, 7)) == 2
    assert [account for account, *_ in await lines(homes, 8)] == [homes.b.payer_id]
    document = answer.json()
    assert [payer["name"] for payer in document["payers"]] == ["Camille Martin", "Camille Roux"]
    assert [(item["activity_kind"], item["starts_on"], item["ends_on"]) for item in document["shares"]] == [
        (None, "2026-09-01", "2026-09-08"),
        ("leisure", "2026-09-08", None),
        ("sport", "2026-09-01", None),
    ]
    read = await service.client.get(f"/children/{homes.a.child_id}/payers", headers=service.as_agent(Role.FRONT_DESK))
    assert read.json() == document

    await share(homes, activity_kind="leisure", starts_on="2026-09-08")
    await service.run_job("price_charges")
    assert [account for account, *_ in await lines(homes, 10)] == [homes.a.payer_id], "the home's payer again"


def left(family: Family, ends_on: date) -> HouseholdState:
    """A household that its child leaves."""
    child = KnownChild(family.child_id, family.child_first_name, family.last_name)
    return family.state().model_copy(update={"child_members": (membership(child, ends_on=ends_on),)})


@pytest.mark.parametrize("what", ["erased", "another_payer", "child_left"])
async def test_a_part_of_somebody_who_pays_no_more_waits_for_an_agent(
    service: RunningService, homes: TwoHomes, what: str
) -> None:
    """It went on being charged to them. It is on no invoice, the run says so, and other parts settle it."""
    await half_each(homes)
    await homes.attend(homes.days((7, 8)))
    until = date(2026, 9, 7)
    payers = ((homes.b.guardian_id, LONG_AGO, until), (uuid4(), until + ONE_DAY, None))
    news: dict[str, Any] = {
        "erased": erased(service, homes.b),
        "another_payer": paid_by(homes.b, *payers),
        "child_left": left(homes.b, until),
    }
    await service.deliver(news[what])
    run_id = await drafted_run(service)
    finance = service.as_agent(Role.FINANCE)
    assert {account for account, *_ in await lines(homes, 8)} == {homes.a.payer_id, homes.b.household_id}
    run = (await service.client.get(f"/invoice-runs/{run_id}", headers=finance)).json()
    assert ["share_without_payer", 1] in run["anomalies"]
    known = (await service.client.get(f"/children/{homes.a.child_id}/payers", headers=finance)).json()
    named = {item["payer_id"] for item in known["payers"]}
    assert {part["payer_id"] for item in known["shares"] for part in item["shares"]} <= named
    again = await share(homes, (homes.a.payer_id, 5_000), (homes.b.payer_id, 5_000))
    assert again.status_code == (422 if what == "erased" else 200)
    issued = await issued_run(service, run_id)
    assert issued["issued_count"] == (1 if what == "erased" else 2)


async def test_other_parts_settle_one_that_nobody_pays(service: RunningService, homes: TwoHomes) -> None:
    await half_each(homes)
    await homes.attend(homes.days((8,)))
    await service.deliver(left(homes.b, date(2026, 9, 7)))
    run_id = await drafted_run(service)
    await share(homes, (homes.a.payer_id, 10_000), starts_on="2026-09-08")
    await service.run_job("price_charges")
    finance = service.as_agent(Role.FINANCE)
    assert (await service.client.post(f"/invoice-runs/{run_id}/draft", headers=finance)).status_code == 200
    await service.run_job("invoice_runs")
    run = await issued_run(service, run_id)
    assert (run["issued_count"], run["anomalies"]) == (1, [])
    assert [account for account, *_ in await lines(homes, 8)] == [homes.a.payer_id]


async def test_what_are_no_shares_is_refused_in_words(service: RunningService, homes: TwoHomes) -> None:
    half = (homes.a.payer_id, 5_000)
    for parts, fields, code in (
        ([half], {}, "shares_incomplete"),
        ([half, (homes.b.payer_id, 5_001)], {}, "shares_incomplete"),
        ([half, half], {}, "invalid"),
        ([half, (uuid4(), 5_000)], {}, "payer_unknown"),
        ([(homes.a.payer_id, 10_000)], {"ends_on": "2026-08-31"}, "invalid"),
        ([(homes.a.payer_id, 0)], {}, "invalid"),
    ):
        refused = await share(homes, *parts, **fields)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert await service.db.fetchval("select count(*) from payer_shares") == 0
    path, body = f"/children/{homes.a.child_id}/payer-shares", {"shares": [], "starts_on": "2026-09-01"}
    for headers, status in (
        (service.as_agent(Role.FRONT_DESK), 403),
        (service.as_parent(homes.a.guardian_id), 403),
        (service.as_agent(Role.FINANCE), 404),
    ):
        named = path if status == 403 else f"/children/{uuid4()}/payer-shares"
        assert (await service.client.put(named, json=body, headers=headers)).status_code == status


async def test_the_database_refuses_a_payer_twice_on_a_day(service: RunningService, homes: TwoHomes) -> None:
    """Whoever writes it: shares of a payer, and payers of a household."""
    await half_each(homes)
    for table, columns in (
        ("payer_shares", "child_id, activity_kind, during, payer_id, household_id, share_basis_points"),
        ("payer_days", "household_id, payer_id, during"),
    ):
        with pytest.raises(asyncpg.ExclusionViolationError):
            await service.db.execute(f"insert into {table} ({columns}) select {columns} from {table}")


async def test_the_same_shares_again_change_nothing_and_are_no_act(service: RunningService, homes: TwoHomes) -> None:
    await homes.attend(homes.days((7,)))
    await half_each(homes)
    acts, recorded = await service.db.fetchval("select count(*) from history"), len(await service.outbox())
    await half_each(homes)
    assert await service.db.fetchval("select count(*) from history") == acts
    assert len(await service.outbox()) == recorded


async def test_a_draft_follows_shares_and_an_issued_day_stays_divided_as_it_is(
    service: RunningService, homes: TwoHomes
) -> None:
    """The draft is redone; a day that is excused after the issue is given back to both, in the parts that they were invoiced."""
    (day,) = days = homes.days((7,))
    await homes.attend(days)
    run_id = await drafted_run(service)
    await half_each(homes)
    refused = await service.client.post(
        f"/invoice-runs/{run_id}/review", json={}, headers=service.as_agent(Role.FINANCE)
    )
    assert (refused.json()["code"], refused.json()["params"]["payer_count"]) == ("run_changed", 2)
    await service.run_job("invoice_runs")
    assert (await issued_run(service, run_id))["issued_count"] == 2
    before = await lines(homes, 7)
    await share(homes)
    await service.deliver(homes.a.quotient(10_000))
    await service.run_job("price_charges")
    assert await lines(homes, 7) == before
    await service.deliver(day.attended(Attendance.ABSENT_EXCUSED, MOMENT + timedelta(days=1)))
    given_back = [(account, -amount) for account, correction, *_, amount in await lines(homes, 7) if correction]
    assert sorted(given_back) == sorted((account, amount) for account, *_, amount in before)


async def test_a_day_cancelled_and_booked_again_is_divided_by_what_is_known_then(
    service: RunningService, homes: TwoHomes
) -> None:
    """What nobody owes stays where it was, until somebody does."""
    (day,) = homes.days((7,))
    await service.deliver(day.confirmed(), day.cancelled())
    await half_each(homes)
    assert [(account, status) for account, _, status, *_ in await lines(homes, 7)] == [(homes.a.payer_id, "void")]
    await service.deliver(day.attended())
    assert {(account, status) for account, _, status, *_ in await lines(homes, 7)} == {
        (homes.a.payer_id, "due"),
        (homes.b.payer_id, "due"),
    }


async def test_another_kind_of_the_activity_divides_its_days_again(service: RunningService, homes: TwoHomes) -> None:
    await homes.attend(homes.days((7,)))
    await half_each(homes, activity_kind="sport")
    assert len(await lines(homes, 7)) == 1
    await service.deliver(activity(homes.centre, kind="sport"))
    await service.run_job("price_charges")
    assert len(await lines(homes, 7)) == 2
