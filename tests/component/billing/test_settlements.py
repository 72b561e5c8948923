"""Results of payments: from the notification, the payer's return and the polling job; late, twice, odd or never."""

import pytest

from contracts.billing.events import InvoicePaid, PaymentReceived
from tests.component.billing.paying import Gateway, Payer
from tests.support.polling import eventually

pytestmark = pytest.mark.anyio


async def assert_paid_once(payer: Payer) -> None:
    """One payment of the whole invoice: in the provider's journal, the ledger, the invoice and the events."""
    invoice = await payer.invoice()
    assert (invoice["status"], invoice["paid_cents"]) == ("paid", invoice["total_cents"])
    assert await payer.balance(f"receivable/{payer.family.payer_id}") == 0
    assert await payer.balance("payfip/enfance") == invoice["total_cents"]
    events = await payer.service.outbox()
    received = [event for event in events if isinstance(event, PaymentReceived)]
    assert [event.amount_cents for event in received] == [invoice["total_cents"]]
    assert len([event for event in events if isinstance(event, InvoicePaid)]) == 1
    receipts = [payment["receipt_number"] for payment in invoice["payments"] if payment["status"] == "paid"]
    assert receipts == [received[0].receipt_number]
    assert await payer.anomalies() == []


@pytest.mark.parametrize(("code", "means"), [("P", "card"), ("V", "direct_debit")])
async def test_the_notification_leads_to_a_receipt(payer: Payer, gateway: Gateway, code: str, means: str) -> None:
    payment_id, idop = await payer.started()
    await payer.result(idop, code)
    await eventually(lambda: gateway.notified == [idop], 10)
    await payer.poll()

    payment = await payer.payment(payment_id)
    assert (payment["status"], payment["means"]) == ("paid", means)
    assert payment["reference"] == (await payer.payfip.operation(idop))["numauto"]
    assert payment["receipt_number"].endswith("-000001")
    await assert_paid_once(payer)


async def test_the_notification_that_comes_twice_pays_once(payer: Payer, gateway: Gateway) -> None:
    _, idop = await payer.started()
    await payer.payfip.order("notifications", {"mode": "duplicated"})
    await payer.result(idop, "P")
    await eventually(lambda: gateway.notified == [idop, idop], 10)
    await payer.poll()
    await payer.poll(seconds=30)
    await payer.come_back(idop)
    await assert_paid_once(payer)


async def test_the_notification_before_the_result_is_not_the_last_word(payer: Payer, gateway: Gateway) -> None:
    payment_id, idop = await payer.started()
    await payer.payfip.order("notifications", {"mode": "before_result", "seconds": 1})
    await payer.result(idop, "P")
    await eventually(lambda: gateway.notified == [idop], 10)
    await payer.poll()
    assert (await payer.payment(payment_id))["status"] == "redirected"

    async def is_paid() -> bool:
        await payer.poll(seconds=20)
        return str((await payer.payment(payment_id))["status"]) == "paid"

    await eventually(is_paid, 10)
    await assert_paid_once(payer)


async def test_a_browser_that_never_returns_and_no_notification(payer: Payer) -> None:
    payment_id, idop = await payer.started()
    await payer.payfip.order("notifications", {"mode": "off"})
    await payer.result(idop, "P")
    await payer.poll()
    assert (await payer.payment(payment_id))["status"] == "redirected", "it is not asked about at once"
    await payer.poll(seconds=16)
    await assert_paid_once(payer)


async def test_the_payer_s_return_looks_the_result_up(payer: Payer) -> None:
    _, idop = await payer.started()
    await payer.payfip.order("notifications", {"mode": "off"})
    assert (await payer.come_back(idop))["status"] == "redirected"
    await payer.result(idop, "P")
    assert (await payer.come_back(idop))["status"] == "paid"
    assert (await payer.come_back(idop))["status"] == "paid"
    await assert_paid_once(payer)


@pytest.mark.parametrize("code", ["R", "Z"])
async def test_a_refused_payment_may_be_tried_again_at_once(payer: Payer, code: str) -> None:
    _, idop = await payer.started()
    await payer.result(idop, code)
    assert (await payer.come_back(idop))["status"] == "refused"
    _, again = await payer.started()
    await payer.result(again, "P")
    await payer.come_back(again)
    await assert_paid_once(payer)


async def test_giving_up_is_believed_after_two_minutes(payer: Payer) -> None:
    payment_id, idop = await payer.started()
    await payer.result(idop, "A")
    assert (await payer.come_back(idop))["status"] == "redirected"
    assert (await payer.start()).json()["code"] == "payment_under_way"
    await payer.poll(minutes=2)
    assert (await payer.payment(payment_id))["status"] == "cancelled"
    assert (await payer.start()).status_code == 201


async def test_who_gave_up_and_paid_after_all_has_paid(payer: Payer) -> None:
    _, idop = await payer.started()
    await payer.result(idop, "A")
    await payer.come_back(idop)
    await payer.poll(minutes=2)
    await payer.result(idop, "P")
    await payer.poll(minutes=2)
    await assert_paid_once(payer)


async def test_a_result_that_nobody_knows_expires_and_a_late_one_revives_it(payer: Payer) -> None:
    payment_id, idop = await payer.started()
    await payer.poll(minutes=119)
    assert (await payer.payment(payment_id))["status"] == "redirected"
    await payer.poll(minutes=6)
    assert (await payer.payment(payment_id))["status"] == "expired"
    await payer.payfip.order("notifications", {"mode": "off"})
    await payer.result(idop, "P")
    await payer.poll(hours=2)
    await assert_paid_once(payer)


async def test_an_operation_deleted_in_the_night_is_over(payer: Payer) -> None:
    payment_id, _ = await payer.started()
    await payer.payfip.order("night")
    await payer.poll(minutes=1)
    assert (await payer.payment(payment_id))["status"] == "expired"
    assert await payer.service.db.fetchval("select look_up_at from payments") is None


async def test_a_payment_of_a_paid_invoice_is_kept_as_a_credit(payer: Payer) -> None:
    first_id, first = await payer.started()
    await payer.poll(minutes=21)
    _, second = await payer.started()
    await payer.result(second, "P")
    await payer.come_back(second)
    await payer.result(first, "P")
    assert (await payer.come_back(first))["status"] == "paid"

    invoice = await payer.invoice()
    assert (invoice["status"], invoice["paid_cents"], len(invoice["payments"])) == ("paid", 1840, 2)
    assert await payer.balance(f"receivable/{payer.family.payer_id}") == 0
    assert await payer.balance(f"credit/{payer.family.payer_id}") == -1840
    assert await payer.balance("payfip/enfance") == 3680
    assert await payer.anomalies() == [("over_payment", 1840)]
    events = await payer.service.outbox()
    assert len([event for event in events if isinstance(event, InvoicePaid)]) == 1
    received = [event for event in events if isinstance(event, PaymentReceived)]
    assert [str(event.payment_id) for event in received][-1] == first_id
    assert [event.receipt_number[-6:] for event in received] == ["000001", "000002"]


async def test_another_amount_is_never_applied(payer: Payer) -> None:
    payment_id, idop = await payer.started()
    await payer.payfip.order(f"operations/{idop}/amount", {"amount_cents": 100})
    await payer.result(idop, "P")
    assert (await payer.come_back(idop))["status"] == "redirected"
    assert await payer.anomalies() == [("amount_differs", 100)]
    assert (await payer.invoice())["paid_cents"] == 0
    assert await payer.balance("payfip/enfance") == 0

    await payer.payfip.order(f"operations/{idop}/amount", {"amount_cents": None})
    await payer.come_back(idop)
    assert (await payer.payment(payment_id))["status"] == "paid"


@pytest.mark.parametrize("mode", ["bad_gateway", "technical_fault", "malformed_xml", "timeout"])
async def test_a_look_up_that_fails_changes_nothing_and_waits(payer: Payer, mode: str) -> None:
    payment_id, idop = await payer.started()
    await payer.payfip.order("notifications", {"mode": "off"})
    await payer.result(idop, "P")
    await payer.payfip.order("faults", {"mode": mode, "remaining": 1, "seconds": 30})
    await payer.poll(seconds=16)
    assert (await payer.payment(payment_id))["status"] == "redirected"
    await payer.poll(minutes=29)
    assert (await payer.payment(payment_id))["status"] == "redirected", "the provider asks for half an hour of patience"
    await payer.poll(minutes=2)
    await assert_paid_once(payer)


@pytest.mark.parametrize("operation_id", ["", "x", "no-such-operation", "'; drop table payments", "\0" * 20])
async def test_anybody_may_notify_and_learns_nothing(payer: Payer, operation_id: str) -> None:
    answer = await payer.service.client.post("/payfip/notifications", json={"operation_id": operation_id})
    assert (answer.status_code, answer.content) == (204, b"")
    assert await payer.service.db.fetchval("select count(*) from payments") == 0


async def test_a_forged_notification_only_makes_the_town_ask(payer: Payer) -> None:
    payment_id, idop = await payer.started()
    await payer.service.client.post("/payfip/notifications", json={"operation_id": idop})
    await payer.poll()
    assert (await payer.payment(payment_id))["status"] == "redirected"
    assert (await payer.invoice())["paid_cents"] == 0
