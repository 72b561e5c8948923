"""A name is corrected after an invoice: what was issued stays as it is, and everything from then on says the new one."""

import re
from datetime import date
from uuid import uuid4

import pytest

from contracts.billing.events import InvoiceIssued
from contracts.family.models import Household
from tests.component.billing.families import Booked, Family, activity, invoice_month, publish_tariff
from tests.component.gateway.browser import Browser, hidden, words
from tests.component.gateway.home_plans import text_of
from tests.component.gateway.months import Month
from tests.component.gateway.town import UNTIL_MIDNIGHT, Town, family_of, paying_since
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

MONTHS = (Month.CORRECTED_BEFORE, Month.CORRECTED_AFTER)
"""Of which no other test of this town has invoices."""


async def invoiced(town: Town, household: Household, month: str) -> str:
    """The address of the invoice of a day of a month."""
    billing, centre = town.services["billing"], uuid4()
    await billing.deliver(activity(centre, "corrected_names"))
    (child,), (payer, *_) = household.children, household.adults
    family = Family(household.household_id, payer.adult_id, child.child_id)
    await billing.deliver(Booked(family, centre, date.fromisoformat(f"{month}-11")).attended())
    await town.give_up_drafts()
    await invoice_month(billing, month)
    issued = [event for event in await billing.outbox() if isinstance(event, InvoiceIssued)]
    (*_, invoice_id) = [event.invoice_id for event in issued if event.payer_id == family.payer_id]
    return f"/factures/{invoice_id}"


async def correct(town: Town, parent: Browser, person_id: object, last_name: str) -> None:
    """A parent asks for another last name of somebody, and an agent accepts."""
    path, desk = f"/ma-famille/{person_id}/etat-civil", await town.agent(Role.FRONT_DESK)
    before = await decisions(desk)
    page = await parent.get(path)
    await parent.done(path, {"version": hidden(page, "version"), "last_name": last_name})
    (decision,) = await decisions(desk) - before
    await desk.get(decision)
    await desk.done(decision, {"decision": "accept"})
    await town.settle()


async def decisions(desk: Browser) -> set[str]:
    """The pages of the corrections that wait."""
    return set(re.findall(r'<a href="(/agents/corrections/[^"]+)">', (await desk.get("/agents/corrections")).text))


async def test_an_issued_invoice_keeps_the_name_and_all_else_has_the_new_one(town: Town) -> None:
    """Invoice and PDF byte for byte; the sheet of a day, the search, the file and the next invoice say the new name."""
    ending = uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))[:8]
    old, new = f"Dupond{ending}", f"Dupont{ending}"
    parent, household = await town.parent(last_name=old)
    await paying_since(town, household, f"{MONTHS[0]}-01")
    await publish_tariff(town.services["billing"], "corrected_names", effective_on="2017-01-01")
    first = await invoiced(town, household, MONTHS[0])
    before = (await parent.get(f"{first}/pdf")).content
    assert old in text_of(await parent.get(f"{first}/pdf"))

    (child,), (adult, *_) = household.children, household.adults
    family, booking = family_of(household), town.booking
    activity_id = await booking.activity(cutoff=UNTIL_MIDNIGHT)
    (slot_id,) = await booking.open(activity_id, 0)
    await booking.enroll(family, activity_id)
    await booking.book(family, slot_id)
    for person_id in (adult.adult_id, child.child_id):
        await correct(town, parent, person_id, new)

    assert (await parent.get(f"{first}/pdf")).content == before
    invoice = (await parent.get(first)).text.partition("<main")[2].partition("</main>")[0]
    assert (old in invoice, new in invoice) == (True, False)
    second = await invoiced(town, household, MONTHS[1])
    text = text_of(await parent.get(f"{second}/pdf"))
    assert (new in text, old in text) == (True, False)
    sheet = words(await (await town.agent(Role.SITE)).get(f"/agents/pointage/{slot_id}"))
    assert (new.upper() in sheet, child.last_name.upper() in sheet) == (True, False)
    desk = await town.agent(Role.FRONT_DESK)
    search = words(await desk.get("/agents/familles", params={"recherche": new}))
    assert (new in search, household.reference in search) == (True, True)
    file = words(await desk.get(f"/agents/familles/{household.household_id}/personnes"))
    assert new.upper() in file
