"""Invoices of a household whose address is protected: without it, and with who carries them; what families hold already stays as it is."""

import io
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.component.billing.families import Booked, Family, drafted_run, issued_invoice, issued_run
from tests.support.applications import Applications
from tests.support.roles import Role
from tests.support.services import RunningService, write_town

pytestmark = pytest.mark.anyio

STREET = "3 rue des Lilas"
CARRIED = "Courrier transmis par la mairie"


async def pdf_of(service: RunningService, invoice_id: str) -> bytes:
    answer = await service.client.get(f"/invoices/{invoice_id}/pdf", headers=service.as_agent(Role.FINANCE))
    assert answer.status_code == 200, answer.text
    return answer.content


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


async def next_invoice(service: RunningService, family: Family, period: str) -> str:
    """Another day of the family, invoiced; the id of the invoice."""
    day = Booked(family, await service.db.fetchval("select activity_id from activities"))
    await service.deliver(day.confirmed(), day.attended())
    await issued_run(service, await drafted_run(service, period))
    invoice_id = await service.db.fetchval(
        "select invoice_id from invoices order by issued_at desc, number desc limit 1"
    )
    return str(invoice_id)


async def test_only_what_was_set_before_says_where_they_live(service: RunningService) -> None:
    family = Family()
    held = (await issued_invoice(service, family))["invoice_id"]
    former = await pdf_of(service, held)
    assert STREET in words_of(former), "the control"
    unset = await next_invoice(service, family, "2026-10")
    await service.deliver(family.state().model_copy(update={"address": None}))
    assert await service.db.fetchval("select address_lines from households") == []
    issued = await next_invoice(service, family, "2026-11")
    assert await service.db.fetchval("select payer_address from invoices where invoice_id = $1", issued) == []
    for invoice_id in (unset, issued):
        text = words_of(await pdf_of(service, invoice_id))
        assert STREET not in text
        assert f"Camille Martin {CARRIED}" in text
        assert "protégé" not in text, "whoever sees the letter learns nothing of it"
    assert await pdf_of(service, held) == former, "byte for byte"


async def test_the_next_invoice_says_it_once_it_is_protected_no_longer(service: RunningService) -> None:
    family = Family()
    await issued_invoice(service, family)
    await service.deliver(family.state().model_copy(update={"address": None}), family.state())
    text = words_of(await pdf_of(service, await next_invoice(service, family, "2026-10")))
    assert (STREET in text, CARRIED in text) == (True, False)


async def test_a_town_says_who_carries_the_letters(applications: Applications, town: Path, tmp_path: Path) -> None:
    file = write_town(tmp_path, base=town, town={"protected_mail": "la cellule d’aide aux victimes"})
    async with applications.lend("billing", town_file=file, payfip_url="http://127.0.0.1:9") as service:
        family = Family()
        await issued_invoice(service, family)
        await service.deliver(family.state().model_copy(update={"address": None}))
        text = words_of(await pdf_of(service, await next_invoice(service, family, "2026-10")))
    assert STREET not in text
    assert "Courrier transmis par la cellule d’aide aux victimes" in text
