"""Eight equal requests at once have one effect, and get eight equal answers, also while the provider is asked."""

import pytest

from tests.component.billing.paying import Payer
from tests.support.roles import Role
from tests.support.services import RunningService
from tests.support.twins import answers_of, twins

pytestmark = pytest.mark.anyio


async def test_twins_open_one_run(service: RunningService) -> None:
    headers = service.as_agent(Role.FINANCE) | service.key()
    responses = await twins(lambda: service.client.post("/invoice-runs", json={"period": "2026-09"}, headers=headers))
    ((status, _),) = answers_of(responses)
    assert status == 201
    assert await service.db.fetchval("select count(*) from invoice_runs") == 1


async def test_twins_start_one_payment(payer: Payer) -> None:
    key = payer.service.key()
    ((status, _),) = answers_of(await twins(lambda: payer.start(key)))
    assert status == 201
    assert await payer.service.db.fetchval("select count(*) from payments") == 1


async def test_a_twin_that_does_not_wait_is_told_that_a_payment_is_under_way(
    payer: Payer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.billing.payments.commands.TWIN_SECONDS_MAX", 0.0)
    key = payer.service.key()
    statuses = {response.status_code for response in await twins(lambda: payer.start(key))}
    assert statuses == {201, 409}


async def test_twins_are_told_the_same_failure_and_the_next_try_is_a_new_one(payer: Payer) -> None:
    await payer.payfip.order("faults", {"mode": "timeout", "seconds": 30, "remaining": 1})
    key = payer.service.key()
    ((status, _),) = {(answer.status_code, answer.json()["code"]) for answer in await twins(lambda: payer.start(key))}
    assert status == 503
    ((status, _),) = answers_of(await twins(lambda: payer.start(key)))
    assert status == 201
    assert await payer.service.db.fetchval("select count(*) from payments") == 2
