"""What is known of people and of deliveries: the newest state counts, erasure erases, and agents read how mails went."""

from dataclasses import replace
from uuid import uuid4

import pytest

from contracts.billing.payers import payer_id_of
from tests.component.notifications import news
from tests.component.notifications.mail_server import MailServer
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def test_the_newest_state_of_a_household_counts_whatever_the_order(
    service: RunningService, mail_server: MailServer
) -> None:
    newest = news.household()
    moved = newest.adults[0].model_copy(update={"email": "le-goff@courriel.example"})
    newest = newest.model_copy(update={"adults": (moved, *newest.adults[1:])})
    await service.deliver(service.envelope(newest, sequence=7), service.envelope(news.household(), sequence=6))
    await service.deliver(news.invoice())
    await service.run_job("send_messages")
    assert mail_server.received[0]["To"].addresses[0].addr_spec == "le-goff@courriel.example"


async def test_an_invoice_goes_to_its_own_payer_whoever_pays_now(
    service: RunningService, mail_server: MailServer
) -> None:
    await service.deliver(news.household(payers=(news.paying(news.OTHER),)), news.invoice())
    await service.run_job("send_messages")
    assert [mail["To"].addresses[0].addr_spec for mail in mail_server.received] == ["eric@courriel.example"]


async def test_what_concerns_a_payer_whom_the_file_does_not_name_reaches_the_household(
    service: RunningService, mail_server: MailServer
) -> None:
    """The invoice's mail would have gone to nobody, without a word."""
    await service.deliver(news.household(), news.invoice(payer_id=payer_id_of(news.HOUSEHOLD, uuid4())))
    await service.run_job("send_messages")
    addresses = {mail["To"].addresses[0].addr_spec for mail in mail_server.received}
    assert addresses == {"eric@courriel.example", "anne@courriel.example"}


async def test_an_erased_household_leaves_nothing_and_hears_nothing_more(
    service: RunningService, mail_server: MailServer
) -> None:
    await service.deliver(news.household(), news.invoice())
    await service.deliver(replace(service.envelope(news.household()), payload=None))
    await service.run_job("send_messages")
    assert mail_server.received == []
    for table in ("households", "household_adults", "household_children"):
        assert await service.db.fetchval(f"select count(*) from {table}") == 0


async def test_a_payer_without_an_address_is_a_failure_that_an_agent_sees(service: RunningService) -> None:
    await service.deliver(news.household(), news.invoice(payer_id=payer_id_of(news.HOUSEHOLD, news.UNINVITED)))
    await service.run_job("send_messages")
    response = await service.client.get(
        "/messages", params={"recipient_id": str(news.UNINVITED)}, headers=service.as_agent(Role.FRONT_DESK)
    )
    (message,) = response.json()["items"]
    assert (message["status"], message["cause"], message["template"]) == ("failed", "no_address", "invoice_issued")


async def test_agents_read_the_deliveries_of_one_person_page_by_page(service: RunningService) -> None:
    await service.deliver(news.household(), *[news.invoice(number=f"2026-{n:06d}") for n in range(5)])
    await service.run_job("send_messages")
    subjects: list[str] = []
    params = {"recipient_id": str(news.PAYER), "limit": "2"}
    while True:
        page = (await service.client.get("/messages", params=params, headers=service.as_agent(Role.DIRECTOR))).json()
        subjects += [item["subject"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert subjects == [f"Votre facture 2026-{n:06d} est disponible" for n in reversed(range(5))]


async def test_deliveries_are_for_the_front_desk_and_directors(service: RunningService) -> None:
    for params, headers, status in (
        ({"recipient_id": str(uuid4())}, {}, 401),
        ({"recipient_id": str(uuid4())}, service.as_parent(news.PAYER), 403),
        ({"recipient_id": str(uuid4())}, service.as_agent(Role.SITE), 403),
        ({"recipient_id": str(uuid4())}, service.as_agent(Role.FRONT_DESK), 200),
        ({"recipient_id": "nobody"}, service.as_agent(Role.FRONT_DESK), 422),
        ({"recipient_id": str(uuid4()), "cursor": "x"}, service.as_agent(Role.FRONT_DESK), 422),
        ({}, service.as_agent(Role.FRONT_DESK), 422),
    ):
        response = await service.client.get("/messages", params=params, headers=headers)
        assert response.status_code == status, (params, response.text)


async def test_what_was_told_long_ago_is_forgotten(service: RunningService) -> None:
    await service.deliver(news.household(), news.invoice())
    await service.run_job("send_messages")
    await service.run_job("forget_old_messages")
    assert await service.db.fetchval("select count(*) from messages") == 1
    await service.db.execute("update notices set created_at = created_at - interval '731 days'")
    await service.run_job("forget_old_messages")
    assert await service.db.fetchval("select count(*) from messages") == 0


async def test_agents_read_where_a_message_went_without_the_address(
    service: RunningService, mail_server: MailServer
) -> None:
    """Each message keeps the address that it was sent to, though the file has another one by now."""
    moved = news.household().adults[0].model_copy(update={"email": "le-goff@courriel.example"})
    newer = news.household().model_copy(update={"adults": (moved, *news.household().adults[1:])})
    await service.deliver(news.household(), news.invoice(number="2026-000001"))
    await service.run_job("send_messages")
    await service.deliver(service.envelope(newer, sequence=9), news.invoice(number="2026-000002"))
    await service.run_job("send_messages")
    params, headers = {"recipient_id": str(news.PAYER)}, service.as_agent(Role.FRONT_DESK)
    answer = await service.client.get("/messages", params=params, headers=headers)
    shown = [message["recipient_shown"] for message in answer.json()["items"]]
    first, second = (mail["To"].addresses[0].addr_spec for mail in mail_server.received)
    assert shown == ["l…@courriel.example", f"{first[0]}…@{first.partition('@')[2]}"]
    assert second not in answer.text
    assert first not in answer.text
