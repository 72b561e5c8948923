"""Starting a payment: what is asked of the provider, what refuses, and what its failures leave behind."""

from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.component.billing.paying import Gateway, Payer

pytestmark = pytest.mark.anyio


async def test_the_provider_is_asked_for_the_invoice_s_own_values(payer: Payer, gateway: Gateway) -> None:
    answer = await payer.start()

    assert answer.status_code == 201, answer.text
    redirect = urlsplit(answer.json()["redirect_url"])
    assert (redirect.path, redirect.netloc) == ("/tpa/paiementws.web", payer.payfip.http.base_url.netloc.decode())
    operation = await payer.payfip.operation(redirect.query.partition("=")[2])
    invoice = await payer.invoice()
    assert operation["montant"] == "1840"
    assert operation["mel"] == "camille.martin@example.org"
    assert invoice["number"].replace("-", "") in operation["refdet"]
    assert (operation["numcli"], operation["saisie"], operation["exer"]) == ("090909", "T", invoice["number"][:4])
    assert operation["urlnotif"] == f"{gateway.url}/paiement/notification"
    assert operation["urlredirect"] == f"{gateway.url}/paiement/retour"
    assert not operation["remarks"]


async def test_another_address_may_get_the_ticket(payer: Payer) -> None:
    answer = await payer.start(email="grand.mere@example.org")
    operation = await payer.payfip.operation(answer.json()["redirect_url"].partition("idop=")[2])
    assert operation["mel"] == "grand.mere@example.org"


async def test_the_same_request_leads_to_the_same_page(payer: Payer) -> None:
    key = payer.service.key()
    first, second = await payer.start(key), await payer.start(key)
    assert first.json() == second.json()
    assert await payer.service.db.fetchval("select count(*) from payments") == 1


async def test_a_second_payment_waits_for_the_first_and_says_until_when(payer: Payer) -> None:
    payment_id, _ = await payer.started()
    refused = await payer.start()

    assert (refused.status_code, refused.json()["code"]) == (409, "payment_under_way")
    payment = await payer.payment(payment_id)
    assert refused.json()["params"]["until"] > payment["started_at"]
    invoice = await payer.invoice()
    assert (invoice["is_payable_online"], invoice["payable_reason"]) == (False, "payment_under_way")
    assert invoice["payable_params"].keys() == {"until"}

    payer.service.advance(minutes=21)
    again = await payer.start()
    assert again.status_code == 201
    refdets = await payer.service.db.fetch("select refdet from payments")
    assert len({row["refdet"] for row in refdets}) == 2


@pytest.mark.parametrize("mode", ["bad_gateway", "technical_fault", "malformed_xml", "timeout"])
async def test_a_provider_that_fails_is_said_and_blocks_nothing(payer: Payer, mode: str) -> None:
    await payer.payfip.order("faults", {"mode": mode, "remaining": 1, "seconds": 3})
    key = payer.service.key()
    failed = await payer.start(key)
    assert (failed.status_code, failed.json()["code"]) == (503, "payment_provider_unavailable")
    (status,) = await payer.service.db.fetch("select status, cause from payments")
    assert tuple(status) == ("expired", "unreachable")

    again = await payer.start(key)
    assert again.status_code == 201, "the same form, sent again, makes a new attempt"


async def test_an_answer_that_is_lost_leaves_an_operation_that_nobody_can_pay(payer: Payer) -> None:
    await payer.payfip.order("faults", {"mode": "timeout", "seconds": 30, "remaining": 1, "after_effect": True})
    assert (await payer.start()).status_code == 503
    _, idop = await payer.started()
    await payer.result(idop, "P")
    assert (await payer.come_back(idop))["status"] == "paid"


@pytest.mark.parametrize("policy", [{"payfip_numcli": "123456"}])
async def test_an_unknown_client_is_a_refusal_with_the_provider_s_code(payer: Payer) -> None:
    refused = await payer.start()
    assert (refused.status_code, refused.json()["code"]) == (409, "payment_page_refused")
    assert refused.json()["params"] == {"provider_code": "T2"}


async def test_an_attempt_whose_process_died_is_given_up(payer: Payer) -> None:
    await payer.service.db.execute(
        """insert into payments (payment_id, invoice_id, payer_id, household_id, status, amount_cents, numcli, exer, refdet,
           saisie, started_at) values ($1, $2, $3, $4, 'created', 1840, '090909', '2026', 'F2026000001XDEAD', 'T', now())""",
        uuid4(),
        payer.invoice_id,
        payer.family.payer_id,
        payer.family.household_id,
    )
    assert (await payer.start()).json()["code"] == "payment_under_way"
    await payer.poll(seconds=61)
    assert (await payer.start()).status_code == 201


async def test_without_an_address_one_is_asked_for(payer: Payer) -> None:
    await payer.service.db.execute("update household_adults set email = null")
    refused = await payer.start()
    assert refused.status_code == 422
    assert [(e["pointer"], e["code"]) for e in refused.json()["errors"]] == [("/email", "email_missing")]


@pytest.mark.parametrize("body", [{"email": "no address"}, {"email": 3}, {"amount_cents": 1}])
async def test_what_is_no_order_is_refused(payer: Payer, body: dict[str, object]) -> None:
    assert (await payer.start(**body)).status_code == 422


async def test_only_the_household_pays(payer: Payer) -> None:
    service = payer.service
    for headers, status in (
        (service.as_parent(uuid4()), 404),
        (service.as_agent(), 403),
        ({}, 401),
    ):
        answer = await service.client.post(
            f"/invoices/{payer.invoice_id}/payments", json={}, headers=headers | service.key()
        )
        assert answer.status_code == status, answer.text
    payment_id, idop = await payer.started()
    for path in (f"/payments/{payment_id}", f"/payments/by-operation/{idop}", f"/payments/{uuid4()}"):
        assert (await service.client.get(path, headers=service.as_parent(uuid4()))).status_code == 404
        assert (await service.client.get(path, headers=service.as_agent())).status_code == 403
