"""A guardian who is taken off a file with a session open: at the next request the file, its children and its invoices are not there, what they paid is."""

from datetime import date, timedelta

import pytest

from tests.component.billing.families import Booked, Family, activity, invoice_month, publish_tariff
from tests.component.gateway.browser import words
from tests.component.gateway.months import Month
from tests.component.gateway.town import Town, paying_since
from tests.support.roles import Role

pytestmark = pytest.mark.anyio


async def test_who_left_reads_what_they_paid_and_nothing_else(town: Town) -> None:
    family, billing = town.services["family"], town.services["billing"]
    parent, household = await town.parent()
    await paying_since(town, household, "2018-01-01")
    own = Family(household.household_id, household.adults[0].adult_id, household.children[0].child_id)
    await publish_tariff(billing, "of_2019", effective_on="2018-01-01")
    day = Booked(own, own.child_id, date(2018, 10, 5))
    await billing.deliver(activity(own.child_id, "of_2019"), day.confirmed(), day.attended())
    await town.give_up_drafts()
    await invoice_month(billing, Month.DEPARTED)
    await town.settle()
    assert (await parent.get("/calendrier")).status_code == 200
    assert household.children[0].first_name in words(await parent.get("/mon-accueil"))

    yesterday = await family.db.today() - timedelta(days=1)
    left = await family.client.post(
        f"/households/{household.household_id}/members/{own.guardian_id}/end",
        json={"ends_on": str(yesterday)},
        headers=family.as_agent(Role.FRONT_DESK),
    )
    assert left.status_code == 200, left.text
    # The services heard of it; the token that the gateway holds is the one of before, and opens nothing by itself.
    await town.settle()
    token = {"Authorization": f"Bearer {parent.session_token}"}
    today = str(await family.db.today())
    gone = (
        "/household",
        f"/households/{household.household_id}",
        f"/calendar?child_id={own.child_id}&from_on={today}&to_on={today}",
        f"/invoices?household_id={household.household_id}",
    )
    for path in gone:
        answer = await parent.http.get(f"/api/v1{path}", headers=token)
        assert answer.status_code == 404, f"{path}: {answer.status_code} {answer.text}"
    (invoice,) = (await parent.http.get("/api/v1/invoices", headers=token)).json()["items"]
    assert (await parent.get(f"/factures/{invoice['invoice_id']}")).status_code == 200, (
        "what they have to pay is theirs"
    )
    assert household.children[0].first_name not in words(await parent.get("/mon-accueil"))


async def test_who_stays_reads_what_they_read_before(town: Town) -> None:
    """The control: nobody is taken off, and nothing is gone."""
    parent, household = await town.parent()
    token = {"Authorization": f"Bearer {parent.session_token}"}
    today, child_id = str(await town.services["family"].db.today()), household.children[0].child_id
    for path in ("/household", f"/calendar?child_id={child_id}&from_on={today}&to_on={today}", "/invoices"):
        assert (await parent.http.get(f"/api/v1{path}", headers=token)).status_code == 200, path
