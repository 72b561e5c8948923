"""Issued invoices: who reads them, that they never change, and their accessible document."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from pypdf import PdfReader

from chassis.documents.typesetting import Typesetter
from chassis.http.errors import RETRIED_STATUSES
from services.billing.errors import DocumentCannotBeSet
from services.billing.invoices.commands import invoice_document
from services.billing.settings import BillingRules
from tests.component.billing.families import (
    Booked,
    Family,
    activity,
    invoice_month,
    issued_invoice,
    only_invoice,
    publish_tariff,
)
from tests.support.roles import Role, agent_of
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.fixture
def family() -> Family:
    """Whose invoice it is."""
    return Family(last_name="L’Hôte & <Fils>")


@pytest.fixture
async def invoice(service: RunningService, family: Family) -> dict[str, Any]:
    """An invoice of two days."""
    return await issued_invoice(service, family, 2)


async def test_only_the_household_and_entitled_agents_read_an_invoice(
    service: RunningService, family: Family, invoice: dict[str, Any]
) -> None:
    other = Family()
    await service.deliver(other.state())
    path = f"/invoices/{invoice['invoice_id']}"
    for headers, status in (
        (service.as_parent(family.guardian_id), 200),
        (service.as_parent(other.guardian_id), 404),
        (service.as_parent(uuid4()), 404),
        (service.as_agent(Role.FINANCE), 200),
        (service.as_agent(Role.FRONT_DESK), 200),
        (service.as_agent(Role.SITE), 403),
        ({}, 401),
    ):
        for document in (path, f"{path}/pdf"):
            assert (await service.client.get(document, headers=headers)).status_code == status, document
    for wrong in (uuid4(), "x"):
        for suffix in ("", "/pdf"):
            answer = await service.client.get(f"/invoices/{wrong}{suffix}", headers=service.as_agent(Role.FINANCE))
            assert answer.status_code == 404


async def test_lists_show_a_parent_their_own_and_agents_what_they_ask_for(
    service: RunningService, family: Family, invoice: dict[str, Any]
) -> None:
    other = Family()
    await service.deliver(other.state())

    async def listed(headers: dict[str, str], **params: str) -> tuple[int, list[str]]:
        answer = await service.client.get("/invoices", params=params, headers=headers)
        return answer.status_code, [item["invoice_id"] for item in answer.json().get("items", [])]

    one = (200, [invoice["invoice_id"]])
    household = {"household_id": str(family.household_id)}
    assert await listed(service.as_parent(family.guardian_id)) == one
    assert await listed(service.as_parent(family.guardian_id), **household) == one
    assert await listed(service.as_parent(other.guardian_id)) == (200, [])
    assert await listed(service.as_parent(other.guardian_id), **household) == (404, [])
    assert await listed(service.as_agent(Role.FRONT_DESK)) == one
    assert await listed(service.as_agent(Role.FINANCE), household_id=str(other.household_id)) == (200, [])
    assert (await listed(service.as_agent(Role.SITE)))[0] == 403
    assert (await listed(service.as_agent(Role.FINANCE), cursor="x"))[0] == 422


async def test_an_issued_invoice_never_changes(service: RunningService, invoice: dict[str, Any]) -> None:
    for statement in (
        "update invoices set total_cents = 1, paid_cents = 0",
        "update invoices set payer_name = 'x'",
        "delete from invoices",
        "update invoice_lines set label = 'x'",
        "delete from invoice_lines",
        "truncate invoice_lines",
        "update ledger_postings set amount_cents = 1",
        "delete from ledger_postings",
        "truncate ledger_postings cascade",
        "update ledger_transactions set booked_on = now()",
        "delete from ledger_transactions",
    ):
        with pytest.raises(Exception, match=r"never changes|append-only"):
            await service.db.execute(statement)


async def test_the_ledger_refuses_what_does_not_sum_to_zero(service: RunningService, invoice: dict[str, Any]) -> None:
    entry, receivable = uuid4(), f"receivable/{uuid4()}"

    async def post_unbalanced() -> None:
        async with service.db.transaction() as tx:
            await tx.execute("insert into ledger_transactions values ($1, 'payment', $1, now())", entry)
            await tx.execute("insert into ledger_postings values ($1, 0, $2, 100)", entry, receivable)
            await tx.execute("insert into ledger_postings values ($1, 1, 'revenue/enfance', -99)", entry)

    with pytest.raises(Exception, match="does not sum to zero"):
        await post_unbalanced()
    assert await service.db.fetchval("select count(*) from ledger_transactions where reference = $1", entry) == 0


async def test_balances_are_the_replay_of_the_postings(service: RunningService, invoice: dict[str, Any]) -> None:
    balances = await service.db.fetch("select account, sum(amount_cents) as balance from ledger_postings group by 1")
    assert {row["account"].split("/")[0]: row["balance"] for row in balances} == {"receivable": 1840, "revenue": -1840}


async def test_the_document_is_an_accessible_pdf_in_french(
    service: RunningService, family: Family, invoice: dict[str, Any]
) -> None:
    answer = await service.client.get(
        f"/invoices/{invoice['invoice_id']}/pdf", headers=service.as_parent(family.guardian_id)
    )
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'inline; filename="facture-{invoice["number"]}.pdf"'
    pdf = PdfReader(io.BytesIO(answer.content))
    catalog: Any = pdf.trailer["/Root"]
    assert catalog["/Lang"] == "fr-FR"
    assert catalog["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalog
    assert b"pdfuaid:part" in catalog["/Metadata"].get_object().get_data()
    assert invoice["number"] in (pdf.metadata.title if pdf.metadata and pdf.metadata.title else "")
    text = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    for expected in (
        "Ville de Valmont-sur-Orne",
        "Régie enfance et éducation",
        "Camille L’Hôte & <Fils>",
        "3 rue des Lilas",
        invoice["number"],
        "Lina",
        "02/09/2026",
        "Mercredis du centre de loisirs",
        "Tranche 2",
        "quotient familial de 750,00 €",
        "9,20 €",
        "18,40 €",
        "Date limite de paiement",
        "Comment payer",
        "réclamation",
    ):
        assert expected in text, expected


async def test_the_document_of_any_name_comes_out(service: RunningService) -> None:
    """A first name that the invoice's font lacks answered 503 for ever."""
    invoice = await issued_invoice(service, Family(child_first_name="小明 𓀀", last_name="김민수"), 1)
    answer = await service.client.get(f"/invoices/{invoice['invoice_id']}/pdf", headers=service.as_agent(Role.FINANCE))
    assert answer.status_code == 200
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert "小明 \ufffd" in text
    assert "김민수" in text


async def test_children_of_the_same_first_name_have_different_lines(service: RunningService) -> None:
    """Half-siblings of one household had the same line twice."""
    family, centre = Family(), uuid4()
    state = family.state()
    lina = state.child_members[0].model_copy(update={"name": "Lina Martin"})
    other = lina.model_copy(update={"person_id": uuid4(), "name": "Lina Petit"})
    sibling = replace(family, child_id=other.person_id)
    days = [Booked(family, centre), Booked(sibling, centre)]
    await publish_tariff(service)
    both = state.model_copy(update={"child_members": (lina, other)})
    await service.deliver(activity(centre), both, family.quotient(75_000))
    await service.deliver(*(day.confirmed() for day in days), *(day.attended() for day in days))
    await invoice_month(service)
    lines = (await only_invoice(service, family))["lines"]
    assert [line["child_first_name"] for line in lines] == ["Lina Martin", "Lina Petit"]


async def test_a_document_that_can_never_be_set_is_no_outage(
    service: RunningService, invoice: dict[str, Any], tmp_path: Path
) -> None:
    """A permanent fault is never told as a temporary one."""
    (tmp_path / "invoice.typ").write_text("#panic()")
    actor = agent_of(Role.FINANCE)
    rules = service.service.provide[BillingRules]
    with pytest.raises(DocumentCannotBeSet) as refused:
        await invoice_document(service.db, actor, rules, Typesetter(tmp_path), UUID(invoice["invoice_id"]))
    assert refused.value.status not in RETRIED_STATUSES


async def test_the_document_is_set_once_and_kept(
    service: RunningService, family: Family, invoice: dict[str, Any]
) -> None:
    path = f"/invoices/{invoice['invoice_id']}/pdf"
    parent = service.as_parent(family.guardian_id)
    first = (await service.client.get(path, headers=parent)).content
    kept = await service.db.fetch("select pdf from invoice_documents")
    assert [row["pdf"] for row in kept] == [first]
    await service.db.execute("update invoice_documents set pdf = 'kept'")
    assert (await service.client.get(path, headers=parent)).content == b"kept"


async def test_numbers_start_again_each_year(service: RunningService, invoice: dict[str, Any]) -> None:
    day = Booked(Family(), uuid4())
    await service.deliver(day.family.state())
    days_left = 366 - (await service.db.now()).timetuple().tm_yday
    service.advance(days=days_left + 1)
    later = Booked(day.family, await service.db.fetchval("select activity_id from activities"))
    await service.deliver(later.attended())
    await invoice_month(service, "2026-10")
    numbers = [row["number"] for row in await service.db.fetch("select number from invoices order by issued_at")]
    assert [number[-6:] for number in numbers] == ["000001", "000001"]
    assert int(numbers[1][:4]) == int(numbers[0][:4]) + 1
