"""What an organization owes is asked of the organization: its name, number and address, to the attention of whoever pays for it."""

import io
from dataclasses import dataclass
from typing import Any

import pytest
from pypdf import PdfReader

from contracts.family.events import Address, HouseholdKind, HouseholdState, Organization
from tests.component.billing.families import Booked, Family, drafted_run, issued_invoice, issued_run, only_invoice
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

NAME = "Crèche Les Tilleuls & Fils"
SIRET = "73282932000074"
RNA = "W142000123"
ADDRESS = Address(lines=("Bâtiment B", "12 quai Vendeuvre"), postal_code="14000", city="Valmont-sur-Orne")


@dataclass
class Represented(Family):
    """A file that becomes an organization's once the child of its last days has left it."""

    siret: str | None = SIRET
    rna: str | None = None

    def organized(self, **fields: Any) -> HouseholdState:
        """What the file is from then on."""
        whose = Organization(legal_name=NAME, siret=self.siret, rna=self.rna)
        changes = {"organization": whose, "kind": HouseholdKind.PROFESSIONAL, "address": ADDRESS, "child_members": ()}
        return self.state().model_copy(update={**changes, **fields})


async def drafted(service: RunningService, family: Represented) -> str:
    """The run with the family's last days, drafted when the file is of the organization already."""
    await issued_invoice(service, Family())
    centre = await service.db.fetchval("select activity_id from activities")
    day = Booked(family, centre)
    await service.deliver(family.state(), family.quotient(75_000), day.confirmed(), day.attended())
    await service.deliver(family.organized())
    return await drafted_run(service, "2026-10")


async def text_of(service: RunningService, invoice_id: str) -> str:
    answer = await service.client.get(f"/invoices/{invoice_id}/pdf", headers=service.as_agent(Role.FINANCE))
    assert answer.status_code == 200, answer.text
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)


async def test_an_invoice_names_the_organization_and_whoever_it_goes_to(service: RunningService) -> None:
    family = Represented()
    run_id = await drafted(service, family)
    items = await service.client.get(f"/invoice-runs/{run_id}/items", headers=service.as_agent(Role.FINANCE))
    assert [item["payer_name"] for item in items.json()["items"]] == [NAME], "also while it is a draft"
    await issued_run(service, run_id)
    invoice = await only_invoice(service, family)
    assert (invoice["payer_name"], invoice["payer_id"]) == (NAME, str(family.payer_id))
    assert invoice["organization"] == {"contact_name": "Camille Martin", "siret": SIRET, "rna": None}
    listed = await service.client.get("/invoices", headers=service.as_parent(family.guardian_id))
    assert [item["payer_name"] for item in listed.json()["items"]] == [NAME]
    lines = [" ".join(line.split()) for line in (await text_of(service, invoice["invoice_id"])).splitlines()]
    begins = lines.index(NAME)
    assert lines[begins : begins + 6] == [
        NAME,
        "À l’attention de Camille Martin",
        "Bâtiment B",
        "12 quai Vendeuvre",
        "14000 Valmont-sur-Orne",
        "SIRET : 732 829 320 00074",
    ]


async def test_an_association_may_have_its_own_number_alone(service: RunningService) -> None:
    family = Represented(siret=None, rna=RNA)
    await issued_run(service, await drafted(service, family))
    text = " ".join((await text_of(service, (await only_invoice(service, family))["invoice_id"])).split())
    assert f"14000 Valmont-sur-Orne RNA : {RNA}" in text
    assert "SIRET" not in text


async def test_an_invoice_keeps_whose_it_was(service: RunningService) -> None:
    """Another contact, another name, a person again: what was issued was issued to the organization."""
    family = Represented()
    await issued_run(service, await drafted(service, family))
    invoice = await only_invoice(service, family)
    await service.deliver(family.state())
    assert await only_invoice(service, family) == invoice
    assert NAME in await text_of(service, invoice["invoice_id"])
    names = await service.db.fetchrow(
        "select name, contact_name, siret from payers where payer_id = $1", family.payer_id
    )
    assert tuple(names or ()) == ("Camille Martin", None, None)


async def test_a_persons_invoice_says_nothing_of_it(service: RunningService) -> None:
    family = Family()
    invoice = await issued_invoice(service, family)
    assert (invoice["payer_name"], invoice["organization"]) == ("Camille Martin", None)
    text = await text_of(service, invoice["invoice_id"])
    assert not [word for word in ("attention", "SIRET", "RNA") if word in text]


async def test_a_payer_whom_the_file_names_no_more_keeps_the_name_of_the_organization(service: RunningService) -> None:
    family = Represented()
    await service.deliver(family.organized())
    await service.deliver(family.organized(adults=(), adult_members=()))
    row = await service.db.fetchrow("select name, contact_name, siret from payers where payer_id = $1", family.payer_id)
    assert tuple(row or ()) == (NAME, "Camille Martin", SIRET)
