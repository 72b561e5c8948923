"""What a family paid too much is theirs: said to them and to agents, and used by the next invoices."""

import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader

from contracts.billing.events import InvoiceIssued, InvoicePaid
from tests.component.billing.families import WEDNESDAY, Booked, invoice_month
from tests.component.billing.paying import Payer
from tests.support.roles import Role

pytestmark = pytest.mark.anyio


async def pay_twice(payer: Payer) -> None:
    """Two attempts for the invoice of 18.40 euros, both paid at the provider."""
    _, first = await payer.started()
    await payer.poll(minutes=21)
    _, second = await payer.started()
    for idop in (first, second):
        await payer.result(idop, "P")
        await payer.come_back(idop)


async def next_invoice(payer: Payer, months: int, day_count: int) -> dict[str, Any]:
    """The invoice of some days at 9.20 euros of a later month."""
    activity_id: UUID = await payer.service.db.fetchval("select activity_id from activities")
    first = WEDNESDAY + timedelta(days=30 * months)
    days = [Booked(payer.family, activity_id, first + timedelta(days=number)) for number in range(day_count)]
    await payer.service.deliver(*(day.attended() for day in days))
    await invoice_month(payer.service, f"2026-{9 + months:02}")
    items = (await payer.service.client.get("/invoices", headers=payer.headers)).json()["items"]
    payer.invoice_id = items[0]["invoice_id"]
    answer = await payer.service.client.get(f"/invoices/{payer.invoice_id}", headers=payer.headers)
    invoice: dict[str, Any] = answer.json()
    assert {name: invoice[name] for name in items[0]} == items[0]
    return invoice


async def credit_of(payer: Payer) -> int:
    """What the family is told that it has left."""
    answer = await payer.service.client.get("/account", headers=payer.headers)
    credit_cents: int = answer.json()["payer"]["credit_cents"]
    assert credit_cents == -await payer.balance(f"credit/{payer.family.payer_id}")
    return credit_cents


def amounts(invoice: dict[str, Any]) -> tuple[str, int, int, int]:
    """Where an invoice stands, what a credit paid of it, what was paid, and what is left."""
    return invoice["status"], invoice["credit_cents"], invoice["paid_cents"], invoice["due_cents"]


async def printed(payer: Payer) -> str:
    """What the PDF of the invoice says."""
    answer = await payer.service.client.get(f"/invoices/{payer.invoice_id}/pdf", headers=payer.headers)
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).split())


async def test_the_next_invoices_are_paid_by_what_was_paid_twice(payer: Payer) -> None:
    """The first whole and without a payment, the second in part; the provider is asked for the rest."""
    await pay_twice(payer)
    assert await credit_of(payer) == 1840

    first = await next_invoice(payer, 1, 1)
    assert amounts(first) == ("paid", 920, 920, 0)
    assert (first["is_payable_online"], first["payable_reason"]) == (False, "invoice_already_paid")
    assert (await payer.start()).json()["code"] == "invoice_already_paid"
    document = await printed(payer)
    assert "Réglé par votre trop-perçu −9,20 €" in document
    assert "Rien à payer" in document
    assert "Comment payer" not in document
    assert await credit_of(payer) == 920

    second = await next_invoice(payer, 2, 2)
    assert amounts(second) == ("partly_paid", 920, 920, 920)
    document = await printed(payer)
    assert "Total à payer : 9,20 €" in document
    assert "Reste à payer 9,20 €" in document
    _, idop = await payer.started()
    assert (await payer.payfip.operation(idop))["montant"] == "920"
    await payer.result(idop, "P")
    await payer.come_back(idop)
    assert await credit_of(payer) == 0
    assert await payer.balance(f"receivable/{payer.family.payer_id}") == 0
    assert await payer.balance("payfip/enfance") == 2 * 1840 + 920
    entries = await payer.service.db.fetch("select kind, count(*) from ledger_transactions group by kind order by kind")
    assert [tuple(row) for row in entries] == [("credit_used", 2), ("invoice", 3), ("payment", 3)]


async def test_an_invoice_settled_by_a_credit_is_announced_as_paid(payer: Payer) -> None:
    """Applications learn what the credit paid, and that nothing is left."""
    await pay_twice(payer)
    before = len(await payer.service.outbox())
    invoice = await next_invoice(payer, 1, 1)
    events = [
        event for event in (await payer.service.outbox())[before:] if isinstance(event, InvoiceIssued | InvoicePaid)
    ]
    assert [type(event) for event in events] == [InvoiceIssued, InvoicePaid]
    issued = events[0]
    assert isinstance(issued, InvoiceIssued)
    assert (str(issued.invoice_id), issued.total_cents, issued.credit_cents) == (invoice["invoice_id"], 920, 920)


async def test_a_household_without_a_credit_pays_whole(payer: Payer) -> None:
    invoice = await payer.invoice()
    assert amounts(invoice) == ("issued", 0, 0, 1840)
    assert await credit_of(payer) == 0
    assert "trop-perçu" not in await printed(payer)


async def test_agents_see_the_overpayment_and_the_credit(payer: Payer) -> None:
    """`payment_anomalies` had no reader."""
    service = payer.service

    async def anomalies(*roles: Role) -> Any:
        return await service.client.get("/payment-anomalies", headers=service.as_agent(*roles))

    assert (await anomalies(Role.FINANCE)).json()["items"] == []
    await pay_twice(payer)
    (anomaly,) = (await anomalies(Role.FINANCE)).json()["items"]
    assert (anomaly["code"], anomaly["amount_cents"]) == ("over_payment", 1840)
    assert (anomaly["payer_name"], anomaly["household_id"]) == ("Camille Martin", str(payer.family.household_id))
    assert anomaly["invoice_number"].endswith("-000001")
    assert (await anomalies(Role.DIRECTOR)).status_code == 200
    assert (await anomalies(Role.FRONT_DESK)).status_code == 403
    account = await service.client.get(
        "/account", params={"household_id": str(payer.family.household_id)}, headers=service.as_agent(Role.FRONT_DESK)
    )
    paying = account.json()["payer"]
    assert (paying["balance_cents"], paying["credit_cents"]) == (-1840, 1840)


async def test_the_list_of_anomalies_comes_in_pages(payer: Payer) -> None:
    _, idop = await payer.started()
    await payer.result(idop, "P")
    await payer.come_back(idop)
    # More than a page, some at the same instant; the routes would take as many payments.
    await payer.service.db.execute(
        """insert into payment_anomalies (payment_id, code, amount_cents, noted_at)
           select payment_id, 'odd_' || n, n, paid_at - make_interval(mins => n / 40)
           from payments, generate_series(1, 130) as n"""
    )
    headers = payer.service.as_agent(Role.FINANCE)
    first = (await payer.service.client.get("/payment-anomalies", headers=headers)).json()
    params = {"cursor": first["next_cursor"]}
    rest = (await payer.service.client.get("/payment-anomalies", params=params, headers=headers)).json()
    codes = [anomaly["code"] for anomaly in first["items"] + rest["items"]]
    assert (len(first["items"]), len(codes), len(set(codes)), rest["next_cursor"]) == (100, 130, 130, None)
    wrong = await payer.service.client.get("/payment-anomalies", params={"cursor": "x"}, headers=headers)
    assert wrong.status_code == 422


async def test_what_the_credit_paid_never_changes(payer: Payer) -> None:
    await pay_twice(payer)
    await next_invoice(payer, 1, 1)
    with pytest.raises(Exception, match="never changes"):
        await payer.service.db.execute("update invoices set credit_cents = 0")
