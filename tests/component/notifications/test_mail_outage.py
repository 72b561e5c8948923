"""The mail relay is away for an hour: what waits is sent once when it is back, and what was of use for ten minutes is not sent at all."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from services.notifications.messages.domain import RETRY_MAX
from tests.component.notifications import news
from tests.component.notifications.mail_server import MailServer
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

HOUR_SECONDS = 3600

# All that this service decides by the clock stands in these instants: an hour goes by when they lie that much earlier.
GO_BY_SQL = """
with aged_messages as (
    update messages set due_at = due_at - $1::interval, expires_at = expires_at - $1::interval,
                        queued_at = queued_at - $1::interval
), aged_notices as (
    update notices set due_at = due_at - $1::interval, expires_at = expires_at - $1::interval
)
select 1
"""
NEXT_SQL = """
select extract(epoch from min(due_at) - clock_timestamp())::float8 from messages where status = 'queued'
"""


async def pass_an_hour(service: RunningService) -> int:
    """Let an hour go by, and the job run whenever something is due; how often it ran."""
    runs, left = 0, float(HOUR_SECONDS)
    while left > 0:
        await service.run_job("send_messages")
        runs += 1
        wait = await service.db.fetchval(NEXT_SQL)
        step = left if wait is None else min(left, max(wait, 0.0) + 0.001)
        await service.db.execute(GO_BY_SQL, timedelta(seconds=step))
        left -= step
    return runs


async def test_mail_is_down_for_an_hour_and_sent_once_when_it_is_back(
    service: RunningService, mail_server: MailServer, secrets_dir: Path
) -> None:
    mail_server.stop()
    await service.deliver(
        news.household(),
        news.account(),
        news.invoice(number="2026-000001"),
        news.security_changed("second_factor_set"),
        news.step_up_code(secrets_dir, "123456"),
    )
    runs = await pass_an_hour(service)
    assert HOUR_SECONDS / RETRY_MAX.total_seconds() <= runs <= 60, "later and later, five minutes apart at most"
    rows = await service.db.fetch("select template, status, cause from messages")
    states = {row["template"]: (row["status"], row["cause"]) for row in rows}
    assert states == {
        "invoice_issued": ("queued", None),
        "security_changed": ("queued", None),
        "step_up_code": ("expired", "expired"),
    }
    mail_server.start()
    await pass_an_hour(service)
    assert Counter(mail["Subject"].strip() for mail in mail_server.received) == {
        "Votre facture 2026-000001 est disponible": 1,
        "Un changement de sécurité sur votre compte": 1,
    }
    assert len({mail["Message-ID"] for mail in mail_server.received}) == 2
    assert "123456" not in "".join(mail_server.texts())


async def test_a_process_that_starts_anew_during_the_outage_sends_once_too(
    service: RunningService, mail_server: MailServer
) -> None:
    """Whoever claimed a message and died holds it for its lease alone; the record that it was sent outlives the process."""
    mail_server.stop()
    invoice = service.envelope(news.invoice())
    await service.deliver(news.household(), invoice)
    await pass_an_hour(service)
    await service.db.execute("delete from inbox")
    await service.deliver(invoice)
    mail_server.start()
    for _ in range(2):
        await pass_an_hour(service)
    assert len(mail_server.received) == 1
