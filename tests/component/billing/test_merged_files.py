"""A file becomes part of another one: accounts, invoices and documents stay byte for byte, and whoever the payer is by now reads and pays them there."""

from datetime import date
from itertools import permutations
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.event import Envelope
from contracts.family.events import FileMerged, HouseholdState, SamePerson
from tests.component.billing.families import Booked, Family, activity, invoice_month, issued_invoice
from tests.component.billing.paying import Payer
from tests.factories.households import adult
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

LAST_ON = date(2026, 9, 15)
BOOKS_SQL = "select account, sum(amount_cents)::bigint as cents from ledger_postings group by account order by account"


def merged(former: Family, kept: Family) -> HouseholdState:
    """The state of a file once its payer and its child are those of another one."""
    same = ((former.guardian_id, kept.guardian_id), (former.child_id, kept.child_id))
    state = former.state()
    return state.model_copy(
        update={
            "child_members": tuple(member.model_copy(update={"ends_on": LAST_ON}) for member in state.child_members),
            "payers": tuple(payer.model_copy(update={"ends_on": LAST_ON}) for payer in state.payers),
            "adult_members": tuple(member.model_copy(update={"ends_on": LAST_ON}) for member in state.adult_members),
            "merged": FileMerged(
                household_id=kept.household_id,
                reference="F-000002",
                last_on=LAST_ON,
                merged_by=uuid4(),
                same_persons=tuple(SamePerson(person_id=went, kept_person_id=stays) for went, stays in same),
            ),
        }
    )


def taking_in(kept: Family) -> HouseholdState:
    return kept.state().model_copy(update={"reference": "F-000002"})


async def books(service: RunningService) -> list[tuple[str, int]]:
    """What each account of the ledger holds."""
    return [(row["account"], row["cents"]) for row in await service.db.fetch(BOOKS_SQL)]


async def read(service: RunningService, path: str, guardian_id: UUID, **params: Any) -> Any:
    return await service.client.get(path, params=params, headers=service.as_parent(guardian_id))


async def test_what_was_invoiced_stays_byte_for_byte_and_is_read_by_the_same_adult(service: RunningService) -> None:
    former, kept = Family(), Family(last_name="Martine")
    invoice = await issued_invoice(service, former, 2)
    path = f"/invoices/{invoice['invoice_id']}"
    pdf = (await read(service, f"{path}/pdf", former.guardian_id)).content
    before = await books(service)
    await service.deliver(merged(former, kept), taking_in(kept))
    again = await read(service, path, kept.guardian_id)
    assert (again.status_code, again.json()) == (200, invoice)
    assert (await read(service, f"{path}/pdf", kept.guardian_id)).content == pdf
    assert await books(service) == before
    account = (await read(service, "/account", kept.guardian_id)).json()
    assert [(row["former_reference"], row["balance_cents"], row["unpaid_count"]) for row in account["others"]] == [
        ("F-000001", 1840, 1)
    ]
    listed = (await read(service, "/invoices", kept.guardian_id, household_id=str(kept.household_id))).json()["items"]
    assert [item["invoice_id"] for item in listed] == [invoice["invoice_id"]]
    stranger = service.as_parent(uuid4())
    assert (await service.client.get(path, headers=stranger)).status_code == 404


async def test_another_adult_of_the_file_reads_nothing_of_it(service: RunningService) -> None:
    """Only whoever was the payer, or is that person by now; agents see it at the file that is kept."""
    former, kept, other = Family(), Family(), uuid4()
    invoice = await issued_invoice(service, former)
    state = taking_in(kept)
    known = adult(other, first_name="Hugo")
    joined = state.model_copy(
        update={
            "adults": (*state.adults, known),
            "adult_members": (*state.adult_members, state.adult_members[0].model_copy(update={"person_id": other})),
        }
    )
    await service.deliver(merged(former, kept), joined)
    assert (await read(service, f"/invoices/{invoice['invoice_id']}", other)).status_code == 404
    assert (await read(service, "/account", other)).json()["others"] == []
    agent = service.as_agent(Role.FRONT_DESK)
    params = {"household_id": str(kept.household_id)}
    account = (await service.client.get("/account", params=params, headers=agent)).json()
    assert [row["former_reference"] for row in account["others"]] == ["F-000001"]


async def test_it_is_paid_from_the_file_that_is_kept(payer: Payer) -> None:
    """The money goes to the account that was invoiced."""
    kept = Family()
    await payer.service.deliver(merged(payer.family, kept), taking_in(kept))
    former, payer.family = payer.family, kept
    payment_id, idop = await payer.started()
    await payer.result(idop, "P")
    assert (await payer.come_back(idop))["status"] == "paid"
    assert await payer.balance(f"receivable/{former.payer_id}") == 0
    assert (await payer.payment(payment_id))["status"] == "paid"


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_states_converge_in_any_order(service: RunningService, order: tuple[int, ...]) -> None:
    """Merged, separated and merged again: the newest state counts, however late the others come; nothing in the books moves."""
    former, kept = Family(), Family()
    invoice = await issued_invoice(service, former)
    before = await books(service)
    states = [service.envelope(state) for state in (merged(former, kept), former.state(), merged(former, kept))]
    await service.deliver(service.envelope(taking_in(kept)), *(states[place] for place in order), *states)
    path = f"/invoices/{invoice['invoice_id']}"
    assert (await read(service, path, kept.guardian_id)).status_code == 200
    await service.deliver(former.state())
    assert (await read(service, path, kept.guardian_id)).status_code == 404
    assert await books(service) == before


@pytest.mark.parametrize("seed", range(4))
async def test_money_is_conserved_whatever_is_merged_when(service: RunningService, seed: int) -> None:
    """Each day is invoiced once, and what is owed is what the days cost, wherever merges and undoings fall between them."""
    random = Random(seed)
    former, kept, centre = Family(), Family(), uuid4()
    await issued_invoice(service, former, 2)
    await service.deliver(activity(centre), taking_in(kept), kept.quotient(75_000))
    days = [Booked(random.choice((former, kept)), centre, date(2026, 10, number)) for number in range(1, 15)]
    states: list[HouseholdState | Envelope] = [merged(former, kept), former.state(), merged(former, kept)]
    for day in days:
        await service.deliver(day.confirmed())
        if random.random() < 0.3 and states:
            await service.deliver(states.pop(0))
            await service.run_job("price_charges")
        await service.deliver(day.attended())
    await service.run_job("price_charges")
    await service.deliver(former.state())
    await service.run_job("price_charges")
    await invoice_month(service, "2026-10")
    owed = {account: cents for account, cents in await books(service) if account.startswith("receivable/")}
    assert sum(owed.values()) == 920 * (2 + len(days))
    assert sum(cents for _, cents in await books(service)) == 0
    twice = await service.db.fetch(
        "select service_on from invoice_lines where service_on >= $1 group by child_id, service_on having count(*) > 1",
        days[0].service_on,
    )
    assert not twice
