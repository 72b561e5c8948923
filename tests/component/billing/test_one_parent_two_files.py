"""One parent has child X in the file of a first partner and child Y in that of a second one: each file's payer is billed for its own child's days."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from contracts.billing.events import InvoiceIssued
from contracts.family.events import HouseholdPayer, HouseholdState, Membership
from tests.component.billing.families import Booked, Family, activity, invoice_month, publish_tariff
from tests.factories.households import LONG_AGO, adult
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

PARENT = UUID(int=77)


def with_parent(family: Family) -> HouseholdState:
    """The file of a partner, who pays, and of the parent of both files."""
    state = family.state()
    member = Membership(person_id=PARENT, starts_on=LONG_AGO, ends_on=None)
    payer = HouseholdPayer(adult_id=family.guardian_id, starts_on=LONG_AGO, ends_on=None)
    return state.model_copy(
        update={
            "adults": (*state.adults, adult(PARENT, first_name="Dominique", last_name="Commun")),
            "adult_members": (*state.adult_members, member),
            "payers": (payer,),
        }
    )


async def test_each_child_is_billed_to_the_payer_of_its_own_file(service: RunningService) -> None:
    first, second, centre = Family(last_name="Un"), Family(last_name="Deux"), uuid4()
    await publish_tariff(service)
    await service.deliver(activity(centre), with_parent(first), with_parent(second))
    days = {
        first.payer_id: [Booked(first, centre, date(2026, 9, number)) for number in (2, 9)],
        second.payer_id: [Booked(second, centre, date(2026, 9, number)) for number in (2, 16, 23)],
    }
    for booked in (day for listed in days.values() for day in listed):
        await service.deliver(booked.confirmed(), booked.attended())
    await invoice_month(service, "2026-09")
    issued = {event.payer_id: event for event in await service.outbox() if isinstance(event, InvoiceIssued)}
    assert issued.keys() == days.keys(), "the parent of both pays for neither"
    rows = await service.db.fetch(
        "select i.payer_id, l.child_id, l.service_on from invoice_lines l join invoices i using (invoice_id)"
    )
    lines = {(row["payer_id"], row["child_id"], row["service_on"]) for row in rows}
    assert lines == {(payer, day.family.child_id, day.service_on) for payer, listed in days.items() for day in listed}

    own = await service.client.get("/invoices", headers=service.as_parent(PARENT))
    assert len(own.json()["items"]) == 2, "the parent of both reads both"
    of_first = await service.client.get("/invoices", headers=service.as_parent(first.guardian_id))
    assert [item["invoice_id"] for item in of_first.json()["items"]] == [str(issued[first.payer_id].invoice_id)]
    hidden = f"/invoices/{issued[second.payer_id].invoice_id}"
    assert (await service.client.get(hidden, headers=service.as_parent(first.guardian_id))).status_code == 404
