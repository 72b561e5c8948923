"""The switches of the payment simulator: notifications, failures, night, journal, and what survives a restart."""

import asyncio
import time
from typing import Any

import httpx2
import pytest
from lxml import etree

from tests.component.simulators.running import Payfip, fault_code, values
from tests.support.polling import eventually

pytestmark = pytest.mark.anyio


async def paid(payfip: Payfip, **changes: str) -> str:
    """An operation paid by card."""
    id_op = await payfip.create(**changes)
    await payfip.order(f"operations/{id_op}/result", {"result": "P"})
    return id_op


async def test_a_notification_is_a_form_with_the_identifier_alone(payfip: Payfip) -> None:
    id_op = await paid(payfip)
    assert await payfip.notified(id_op) == [f"idop={id_op}"]
    (content_type,) = {kind for kind, body in payfip.town.calls if id_op in body}
    assert content_type == "application/x-www-form-urlencoded"


async def test_the_other_spelling(payfip: Payfip) -> None:
    await payfip.order("notifications", {"spelling": "idOp"})
    id_op = await paid(payfip)
    assert await payfip.notified(id_op) == [f"idOp={id_op}"]


async def test_notifications_off(payfip: Payfip) -> None:
    await payfip.order("notifications", {"mode": "off"})
    silent = await paid(payfip)
    await payfip.order("notifications", {"mode": "on"})
    assert await payfip.notified(await paid(payfip))
    assert (payfip.calls(silent), await payfip.deliveries(silent)) == ([], [])


async def test_a_delayed_notification_comes_after_the_result(payfip: Payfip) -> None:
    await payfip.order("notifications", {"mode": "delayed", "seconds": 1.5})
    started = time.monotonic()
    id_op = await paid(payfip)
    assert isinstance(await payfip.look_up(id_op), dict)
    assert payfip.calls(id_op) == []
    await payfip.notified(id_op)
    assert time.monotonic() - started >= 1.5


async def test_a_duplicated_notification_comes_twice(payfip: Payfip) -> None:
    await payfip.order("notifications", {"mode": "duplicated"})
    id_op = await paid(payfip)
    assert await payfip.notified(id_op, 2) == [f"idop={id_op}"] * 2


async def test_a_notification_can_come_before_the_result(payfip: Payfip) -> None:
    await payfip.order("notifications", {"mode": "before_result", "seconds": 2})
    id_op = await paid(payfip)
    await payfip.notified(id_op)
    assert await payfip.look_up(id_op) == "P5"

    async def known() -> bool:
        return isinstance(await payfip.look_up(id_op), dict)

    await eventually(known)


async def test_a_refused_notification_is_sent_again(payfip: Payfip) -> None:
    payfip.town.status = 503
    id_op = await paid(payfip)
    await payfip.notified(id_op)
    payfip.town.status = 200
    await payfip.notified(id_op, 2)

    async def delivered() -> bool:
        (delivery,) = await payfip.deliveries(id_op)
        return (delivery["state"], delivery["attempts"], delivery["last_answer"]) == ("delivered", 2, "HTTP 200")

    await eventually(delivered)


async def test_a_notification_waits_for_a_town_that_is_down_and_for_a_restart(payfip: Payfip) -> None:
    payfip.town.status = 500
    id_op = await paid(payfip)
    await payfip.notified(id_op)
    payfip.kill()
    payfip.town.status = 200
    count = len(payfip.calls(id_op))
    await payfip.start()
    await payfip.notified(id_op, count + 1)


async def test_an_unreachable_town_does_not_hold_back_the_payer(payfip: Payfip) -> None:
    id_op = await paid(payfip, urlnotif="http://127.0.0.1:1/payfip")
    assert isinstance(await payfip.look_up(id_op), dict)

    async def tried() -> bool:
        (delivery,) = await payfip.deliveries(id_op)
        return bool(delivery["attempts"])

    await eventually(tried)


async def test_a_direct_result_is_given_once(payfip: Payfip) -> None:
    id_op = await paid(payfip)
    answer = await payfip.http.post(f"/control/operations/{id_op}/result", json={"result": "R"})
    assert answer.status_code == 409
    detail = await payfip.look_up(id_op)
    assert isinstance(detail, dict)
    assert detail["resultrans"] == "P"


async def test_an_abandon_can_become_a_late_payment_but_never_the_reverse(payfip: Payfip) -> None:
    id_op = await payfip.create()
    await payfip.order("clock", {"offset_seconds": 3 * 3600})
    await payfip.order(f"operations/{id_op}/result", {"result": "A"})
    await payfip.order(f"operations/{id_op}/result", {"result": "P"})
    answer = await payfip.http.post(f"/control/operations/{id_op}/result", json={"result": "A"})
    assert (answer.status_code, (await payfip.operation(id_op))["result"]) == (409, "P")


async def test_results_race_and_one_wins(payfip: Payfip) -> None:
    id_op = await payfip.create()
    answers = await asyncio.gather(
        *(payfip.http.post(f"/control/operations/{id_op}/result", json={"result": result}) for result in "PVRZPVRZ")
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert len(await payfip.deliveries(id_op)) == 1


async def test_another_amount_can_be_answered(payfip: Payfip) -> None:
    id_op = await paid(payfip)
    amounts = []
    for amount in (100, None):
        await payfip.order(f"operations/{id_op}/amount", {"amount_cents": amount})
        detail = await payfip.look_up(id_op)
        assert isinstance(detail, dict)
        amounts.append(detail["montant"])
    assert amounts == ["100", "4250"]


async def test_the_night_deletes_what_was_never_opened(payfip: Payfip) -> None:
    unopened, opened, decided = await payfip.create(), await payfip.create(), await paid(payfip)
    await payfip.http.get("/tpa/paiementws.web", params={"idop": opened})
    assert unopened in (await payfip.order("night"))["deleted"]
    assert await payfip.look_up(unopened) == "P1"
    assert await payfip.look_up(opened) == "P5"
    assert isinstance(await payfip.look_up(decided), dict)
    page = await payfip.http.get("/tpa/paiementws.web", params={"idop": unopened})
    assert (page.status_code, "(code P1)" in page.text) == (404, True)
    late = await payfip.http.post(f"/control/operations/{unopened}/result", json={"result": "P"})
    assert late.status_code == 409
    assert (await payfip.operation(unopened))["deleted_at"] is not None


async def test_a_result_is_forgotten_after_a_year(payfip: Payfip) -> None:
    id_op = await paid(payfip)
    await payfip.order("clock", {"offset_seconds": 364 * 24 * 3600})
    assert isinstance(await payfip.look_up(id_op), dict)
    await payfip.order("clock", {"offset_seconds": 366 * 24 * 3600})
    assert await payfip.look_up(id_op) == "P1"


async def test_a_technical_fault(payfip: Payfip) -> None:
    await payfip.order("faults", {"mode": "technical_fault", "remaining": 1})
    answer = await payfip.call("creerPaiementSecurise", payfip.creation())
    assert fault_code(answer) == "999"
    assert etree.fromstring(answer.content).findtext(".//faultstring", "").endswith("TechDysfonctionnementErreur")
    assert await payfip.create()


async def test_a_bad_gateway_is_html(payfip: Payfip) -> None:
    await payfip.order("faults", {"mode": "bad_gateway"})
    answer = await payfip.call("creerPaiementSecurise", payfip.creation())
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")


async def test_malformed_xml_cannot_be_parsed(payfip: Payfip) -> None:
    await payfip.order("faults", {"mode": "malformed_xml"})
    answer = await payfip.call("creerPaiementSecurise", payfip.creation())
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(answer.content)


async def test_a_timeout_keeps_the_caller_waiting(payfip: Payfip) -> None:
    await payfip.order("faults", {"mode": "timeout", "seconds": 60, "remaining": 1})
    with pytest.raises(httpx2.ReadTimeout):
        await payfip.http.post(
            "/tpa/services/securite",
            content=_creation(payfip),
            headers={"Content-Type": "text/xml"},
            timeout=httpx2.Timeout(30, read=0.3),
        )
    assert await payfip.create()


def _creation(payfip: Payfip) -> str:
    fields = "".join(f"<{name}>{value}</{name}>" for name, value in payfip.creation().items())
    return (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
        '<p:creerPaiementSecurise xmlns:p="http://securite.service.tpa.cp.finances.gouv.fr/services/mas_securite/'
        f'contrat_paiement_securise/PaiementSecuriseService"><arg0>{fields}</arg0></p:creerPaiementSecurise>'
        "</e:Body></e:Envelope>"
    )


@pytest.mark.parametrize(("after_effect", "created"), [(False, 0), (True, 1)])
async def test_a_failure_comes_before_or_after_the_effect(payfip: Payfip, after_effect: bool, created: int) -> None:
    reference = f"LOST{after_effect}"
    await payfip.order("faults", {"mode": "timeout", "seconds": 0, "after_effect": after_effect})
    answer = await payfip.call("creerPaiementSecurise", payfip.creation(refdet=reference))
    assert answer.status_code == 504
    journal = (await payfip.http.get("/control/operations", params={"refdet": reference})).json()
    assert len(journal) == created


async def test_a_failure_can_be_limited_to_one_operation(payfip: Payfip) -> None:
    await payfip.order("faults", {"mode": "bad_gateway", "operations": ["recupererDetailPaiementSecurise"]})
    id_op = await payfip.create()
    answer = await payfip.call("recupererDetailPaiementSecurise", {"idOp": id_op})
    assert answer.status_code == 502


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults", {"mode": "explode"}),
        ("faults", {"mode": "ok", "remaining": 0}),
        ("faults", {"mode": "ok", "surprise": True}),
        ("notifications", {"mode": "delayed", "seconds": -1}),
        ("clock", {"offset_seconds": "soon"}),
        ("operations/unknown/result", {"result": "X"}),
    ],
)
async def test_a_wrong_order_is_refused(payfip: Payfip, path: str, body: dict[str, Any]) -> None:
    assert (await payfip.http.post(f"/control/{path}", json=body)).status_code == 400
    assert (await payfip.http.get("/control/")).json()["faults"]["mode"] == "ok"


async def test_orders_about_an_unknown_operation_are_404(payfip: Payfip) -> None:
    answers = [
        await payfip.http.get("/control/operations/unknown"),
        await payfip.http.post("/control/operations/unknown/result", json={"result": "P"}),
        await payfip.http.post("/control/operations/unknown/amount", json={"amount_cents": 1}),
        await payfip.http.post("/control/operations/unknown/notify"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4


async def test_the_journal_lists_operations_newest_first(payfip: Payfip) -> None:
    first, second = await paid(payfip, numcli="090911"), await payfip.create(numcli="090911")
    journal = (await payfip.http.get("/control/operations", params={"numcli": "090911"})).json()
    assert [row["id_op"] for row in journal][:2] == [second, first]
    assert [row["result"] for row in journal][:2] == [None, "P"]


async def test_books_and_switches_survive_a_kill(payfip: Payfip) -> None:
    id_op = await paid(payfip)
    before = await payfip.operation(id_op)
    await payfip.order("clock", {"offset_seconds": 60})
    payfip.kill()
    await payfip.start()
    assert await payfip.operation(id_op) == before
    assert (await payfip.http.get("/control/")).json()["clock"] == {"offset_seconds": 60}


async def test_a_stop_is_clean(payfip: Payfip) -> None:
    assert payfip.stop() == 0
    await payfip.start()
    assert (await payfip.http.get("/health/live")).json() == {"status": "alive"}


async def test_the_log_names_no_payer(payfip: Payfip) -> None:
    id_op = await paid(payfip, mel="canary.payer@example.org")
    await payfip.notified(id_op)
    await eventually(lambda: id_op in payfip.log.read_text())
    assert "canary.payer" not in payfip.log.read_text()


async def test_creation_answers_are_distinct_under_load(payfip: Payfip) -> None:
    answers = await asyncio.gather(*(payfip.call("creerPaiementSecurise", payfip.creation()) for _ in range(50)))
    assert len({values(answer)["idOp"] for answer in answers}) == 50
