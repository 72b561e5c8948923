"""Who pays is named on pages: of a family's invoices, of a household's file, and where registers contradict themselves."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from contracts.billing.events import InvoiceIssued
from contracts.family.events import HouseholdPayer, HouseholdState
from contracts.types import ResidencePattern
from tests.component.billing.families import Booked, Family, activity, invoice_month, publish_tariff
from tests.component.billing.homes import lives_at, paid_by, residence
from tests.component.gateway.browser import words
from tests.component.gateway.months import Month
from tests.component.gateway.town import Town, paying_since
from tests.factories.households import KnownChild, adult, membership
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

LONG_AGO = date(2018, 1, 1)
NEWER = 1_000
"""A version after those that the family service published of a child."""


async def test_a_register_that_names_two_payers_is_shown_to_agents(town: Town) -> None:
    """With both names, the days, and who goes on."""
    finance, billing = await town.agent(Role.FINANCE), town.services["billing"]
    assert "Aucun payeur à départager" in words(await finance.get("/agents/payeurs"))
    family, other = Family(last_name="Marchand"), adult(uuid4(), first_name="Anne", last_name="Roux")
    state = family.state()
    await billing.deliver(state)
    line = HouseholdPayer(adult_id=other.adult_id, starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 30))
    contradicting = {"adults": (*state.adults, other), "payers": (*state.payers, line)}
    await billing.deliver(HouseholdState.model_validate(state.model_dump() | contradicting))
    page = await finance.get("/agents/payeurs")
    assert "Camille Marchand Anne Roux" in words(page)
    assert "du 01/09/2026 au 30/09/2026" in words(page)
    assert f'href="/agents/familles/{family.household_id}"' in page.text
    await billing.deliver(state)
    assert "Aucun payeur à départager" in words(await finance.get("/agents/payeurs"))


async def test_invoices_and_files_name_the_payer_and_the_part(town: Town) -> None:
    """A child of two homes: the family reads its own part, and the file the accounts of its own payers alone."""
    billing, agent = town.services["billing"], await town.agent(Role.FRONT_DESK, Role.FINANCE)
    parent, household = await town.parent()
    await paying_since(town, household, str(LONG_AGO))
    (child,) = household.children
    payer = household.adults[0]
    own, other = Family(household.household_id, payer.adult_id, child.child_id), Family(child_id=child.child_id)
    centre = uuid4()
    bracket = {"label": "Tous", "quotient_min_cents": 0, "quotient_max_cents": None, "price_cents": 920}
    await publish_tariff(billing, "of_2018", effective_on="2018-01-01", brackets=[bracket])
    custody = lives_at(child.child_id, residence(ResidencePattern.SINGLE, other.household_id, starts_on=LONG_AGO))
    member = membership(KnownChild(child.child_id), LONG_AGO)
    home = paid_by(other, (other.guardian_id, LONG_AGO, None)).model_copy(update={"child_members": (member,)})
    await billing.deliver(activity(centre, "of_2018"), home, billing.envelope(custody, sequence=NEWER))
    body = {
        "shares": [
            {"payer_id": str(payer_id), "share_basis_points": share}
            for payer_id, share in ((own.payer_id, 3_330), (other.payer_id, 6_670))
        ],
        "starts_on": "2018-03-05",
        "ends_on": "2018-03-05",
    }
    shared = await billing.client.put(
        f"/children/{child.child_id}/payer-shares", json=body, headers=billing.as_agent(Role.FINANCE)
    )
    assert shared.status_code == 200, shared.text
    days = [Booked(own, centre, date(2018, 3, number)) for number in (5, 6)]
    await billing.deliver(*(day.attended() for day in days))
    await town.give_up_drafts()
    await invoice_month(billing, Month.PAYERS)
    issued = [event for event in await billing.outbox() if isinstance(event, InvoiceIssued)]
    (invoice_id,) = [event.invoice_id for event in issued if event.payer_id == own.payer_id]

    name = f"{payer.first_name} {payer.last_name}"
    assert name in words(await parent.get("/factures"))
    page = words(await parent.get(f"/factures/{invoice_id}"))
    assert f"Payeur {name}" in page
    assert "part de 33,30" in page
    assert "Payer 3,06" in page
    document = await parent.get(f"/factures/{invoice_id}/pdf")
    assert document.status_code == 200
    assert _invoice_of(issued, other.payer_id) not in (await parent.get("/factures")).text
    file = words(await agent.get(f"/agents/familles/{household.household_id}/factures"))
    assert f"{name} Reste à payer 3,06" in file
    assert "15,34" not in file, "what the other home owes"


def _invoice_of(issued: list[InvoiceIssued], payer_id: UUID) -> str:
    return next(str(event.invoice_id) for event in issued if event.payer_id == payer_id)
