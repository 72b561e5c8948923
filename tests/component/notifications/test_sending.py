"""How messages leave: once whatever is repeated, later when the relay is away, never when they are too old or refused."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts.notifications.events import MessageFailed, MessageSent
from services.notifications.messages import store
from services.notifications.messages.commands import address_notices, claim_messages
from tests.component.notifications import news
from tests.component.notifications.mail_server import MailServer
from tests.support.databases import Postgres
from tests.support.polling import eventually
from tests.support.roles import Role
from tests.support.services import RunningService, running_service

pytestmark = pytest.mark.anyio


async def statuses(service: RunningService) -> list[tuple[str, str | None]]:
    """The status and cause of every message."""
    rows = await service.db.fetch("select status, cause from messages order by message_id")
    return [(row["status"], row["cause"]) for row in rows]


async def make_due(service: RunningService) -> None:
    """Let the time that messages and notices wait for go by."""
    await service.db.execute("update messages set due_at = clock_timestamp() where status = 'queued'")
    await service.db.execute("update notices set due_at = clock_timestamp() where status = 'waiting'")


async def test_an_event_that_comes_again_sends_nothing_again(service: RunningService, mail_server: MailServer) -> None:
    envelope = service.envelope(news.invoice())
    await service.deliver(news.household(), envelope, envelope)
    await service.run_job("send_messages")
    await service.db.execute("delete from inbox")  # a topic replayed after the inbox forgot it
    await service.deliver(envelope)
    await service.run_job("send_messages")
    assert len(mail_server.received) == 1


async def test_old_news_is_expired_and_not_sent(
    service: RunningService, mail_server: MailServer, secrets_dir: Path
) -> None:
    old = datetime.now(UTC) - timedelta(days=8)
    invoice, secret = service.envelope(news.invoice()), service.envelope(news.credential(secrets_dir))
    await service.deliver(news.household(), news.account(), replace(invoice, time=old), replace(secret, time=old))
    await service.run_job("send_messages")
    assert mail_server.received == []
    rows = await service.db.fetch("select status, sealed from notices")
    assert [(row["status"], row["sealed"]) for row in rows] == [("expired", None)] * 2


async def test_a_message_that_grew_old_in_the_queue_is_expired_and_said_to_be(
    service: RunningService, mail_server: MailServer
) -> None:
    mail_server.recipient_answer = "450 4.2.0 busy"
    await service.deliver(news.household(), news.invoice())
    await service.run_job("send_messages")
    await service.db.execute("update messages set expires_at = clock_timestamp()")
    mail_server.recipient_answer = None
    await make_due(service)
    await service.run_job("send_messages")
    assert mail_server.received == []
    (failed,) = await service.outbox()
    assert isinstance(failed, MessageFailed)
    assert (failed.recipient_id, failed.cause) == (news.PAYER, "expired")


async def test_a_credential_is_not_mailed_once_it_ended_by_the_towns_clock(
    service: RunningService, mail_server: MailServer, secrets_dir: Path
) -> None:
    service.advance(days=2)
    await service.deliver(news.household(), news.account(), news.credential(secrets_dir))
    await service.run_job("send_messages")
    assert mail_server.received == []


async def test_news_that_comes_before_its_people_waits_for_them(
    service: RunningService, mail_server: MailServer, secrets_dir: Path
) -> None:
    await service.deliver(news.credential(secrets_dir), news.basket())
    await service.run_job("send_messages")
    await service.deliver(news.account())
    await make_due(service)
    await service.run_job("send_messages")
    assert mail_server.received == []
    await service.deliver(news.household())
    await make_due(service)
    await service.run_job("send_messages")
    assert len(mail_server.received) == 1  # the basket still waits for its activity
    await service.deliver(news.activity())
    await make_due(service)
    await service.run_job("send_messages")
    assert len(mail_server.received) == 3


async def test_a_refusal_for_now_is_tried_again_later_and_later(
    service: RunningService, mail_server: MailServer
) -> None:
    mail_server.recipient_answer = "450 4.2.0 busy"
    await service.deliver(news.household(), news.invoice())
    waits = []
    for _ in range(3):
        await service.run_job("send_messages")
        waits.append(
            await service.db.fetchval("select round(extract(epoch from due_at - clock_timestamp())) from messages")
        )
        await make_due(service)
    assert waits == [1, 2, 4]
    assert await service.outbox() == []
    mail_server.recipient_answer = None
    await service.run_job("send_messages")
    assert await statuses(service) == [("sent", None)]


@pytest.mark.parametrize("step", ["recipient_answer", "content_answer"])
async def test_a_refusal_for_ever_is_not_tried_again_and_is_said(
    service: RunningService, mail_server: MailServer, step: str
) -> None:
    setattr(mail_server, step, "554 5.1.1 no such mailbox: eric@courriel.example")
    await service.deliver(news.household(), news.invoice())
    await service.run_job("send_messages")
    await make_due(service)
    await service.run_job("send_messages")
    assert await statuses(service) == [("failed", "smtp_554")]
    (failed,) = await service.outbox()
    assert isinstance(failed, MessageFailed)
    assert failed.cause == "smtp_554"
    assert "courriel" not in failed.model_dump_json()
    (message,) = await seen_by_an_agent(service)
    assert message["server_words"] == "554 5.1.1 no such mailbox: …"


async def test_what_a_relay_put_off_says_why_and_when_it_is_tried_again(
    service: RunningService, mail_server: MailServer
) -> None:
    mail_server.recipient_answer = "450 4.2.1 mailbox busy"
    await service.deliver(news.household(), news.invoice())
    await service.run_job("send_messages")
    (message,) = await seen_by_an_agent(service)
    assert (message["status"], message["server_words"]) == ("queued", "450 4.2.1 mailbox busy")
    assert message["attempt_count"] == 1
    assert message["next_attempt_at"] > message["queued_at"]


async def seen_by_an_agent(service: RunningService) -> list[dict[str, Any]]:
    """The messages to the payer, as an agent sees them."""
    answer = await service.client.get(
        "/messages", params={"recipient_id": str(news.PAYER)}, headers=service.as_agent(Role.FRONT_DESK)
    )
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_one_refused_recipient_does_not_keep_the_others_from_being_told(
    service: RunningService, mail_server: MailServer
) -> None:
    mail_server.stop()
    mail_server.start(takes_any_letter=False)
    eric, other, _ = news.household().adults
    payer = eric.model_copy(update={"email": "jérôme@courriel.example"})
    await service.deliver(news.household(adults=(payer, other)), news.activity(), news.basket())
    await service.run_job("send_messages")
    assert sorted(await statuses(service)) == [("failed", "address_not_supported"), ("sent", None)]


async def test_a_relay_that_is_away_loses_nothing(service: RunningService, mail_server: MailServer) -> None:
    mail_server.stop()
    await service.deliver(news.household(), *[news.invoice(number=f"2026-{n:06d}") for n in range(25)])
    await service.run_job("send_messages")
    assert set(await statuses(service)) == {("queued", None)}
    mail_server.start()
    await make_due(service)
    await service.run_job("send_messages")
    assert set(await statuses(service)) == {("sent", None)}
    assert len({mail["Subject"] for mail in mail_server.received}) == len(mail_server.received) == 25


async def test_a_relay_that_is_too_slow_gets_the_message_again_under_the_same_id(
    impatient: RunningService, mail_server: MailServer
) -> None:
    service = impatient
    mail_server.answer_seconds = 1.5
    await service.deliver(news.household(), news.invoice())
    await service.run_job("send_messages")
    assert await statuses(service) == [("queued", None)]
    mail_server.answer_seconds = 0
    await make_due(service)
    await service.run_job("send_messages")
    first, again = mail_server.received
    assert first["Message-ID"] == again["Message-ID"]
    assert await statuses(service) == [("sent", None)]


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
@pytest.mark.parametrize(("password", "status"), [("right", "sent"), ("wrong", "queued")])
async def test_a_relay_that_asks_who_sends_is_told_and_its_distrust_fails_no_message(
    postgres: Postgres,
    secrets_dir: Path,
    mail_server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
    password: str,
    status: str,
) -> None:
    mail_server.stop()
    mail_server.start(password=b"right")
    monkeypatch.setenv("SMTP_USERNAME", "portail")
    monkeypatch.setenv("SMTP_PASSWORD", password)
    async with running_service("notifications", postgres, secrets_dir, smtp_port=mail_server.port) as service:
        await service.deliver(news.household(), news.invoice())
        await service.run_job("send_messages")
        assert await statuses(service) == [(status, None)]


async def test_a_message_claimed_by_a_sender_that_died_leaves_after_the_lease(
    service: RunningService, mail_server: MailServer
) -> None:
    await service.deliver(news.household(), news.invoice())
    mail_server.recipient_answer = "450 busy"
    await service.run_job("send_messages")
    mail_server.recipient_answer = None
    await make_due(service)
    assert len(await claim_messages(service.db)) == 1  # and its process dies here
    await service.run_job("send_messages")
    assert mail_server.received == []
    await make_due(service)
    await service.run_job("send_messages")
    assert len(mail_server.received) == 1


async def test_a_mail_under_way_when_the_process_is_told_to_stop_is_recorded(
    service: RunningService, mail_server: MailServer
) -> None:
    mail_server.answer_seconds = 0.3
    await service.deliver(news.household(), news.invoice(), news.invoice())
    job = asyncio.create_task(service.run_job("send_messages"))
    await eventually(lambda: mail_server.received)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert await statuses(service) == [("sent", None), ("queued", None)]
    # The message behind it was given back: it does not wait for its lease to end.
    soon = "select due_at < clock_timestamp() + interval '5 s' from messages where status = 'queued'"
    assert await service.db.fetchval(soon)


UNCLAIMED_SQL = """
with claimed as (
    select message_id, recipient_id, event_id, attempt_count, expires_at from messages
    where status = 'queued' and $2::interval is not null order by due_at limit $1
)
select c.message_id, c.recipient_id, c.attempt_count, c.expires_at,
       n.event_id, n.template, n.subject_id, n.event_type, n.payload, n.sealed, n.trace
from claimed c join notices n using (event_id)
"""


@pytest.mark.parametrize("is_claimed", [True, False], ids=["claimed", "control_without_claims"])
async def test_two_senders_at_once_send_each_message_once(
    service: RunningService, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, is_claimed: bool
) -> None:
    if not is_claimed:
        monkeypatch.setattr(store, "CLAIM_MESSAGES_SQL", UNCLAIMED_SQL)
    mail_server.answer_seconds = 0.01
    await service.deliver(news.household(), *[news.invoice(number=f"2026-{n:06d}") for n in range(30)])
    await address_notices(service.db)
    await asyncio.gather(*(service.run_job("send_messages") for _ in range(2)))
    ids = [mail["Message-ID"] for mail in mail_server.received]
    assert len(set(ids)) == 30
    assert (len(ids) == 30) is is_claimed
    sent = [event for event in await service.outbox() if isinstance(event, MessageSent)]
    assert len(sent) == 30
