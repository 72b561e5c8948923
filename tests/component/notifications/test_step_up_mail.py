"""The mail that brings a code to confirm who one is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.component.notifications import news
from tests.component.notifications.mail_server import MailServer, part
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def test_a_code_to_confirm_who_one_is_stands_in_the_mail_alone(
    service: RunningService, mail_server: MailServer, secrets_dir: Path
) -> None:
    """S: its subject, which is kept, does not say it; each of two sessions gets its own; one that ended is not mailed any more."""
    late = news.step_up_code(secrets_dir, "999999")
    late = late.model_copy(update={"expires_at": datetime.now(UTC) - timedelta(seconds=1)})
    codes = [news.step_up_code(secrets_dir, code) for code in ("045123", "777888")]
    await service.deliver(news.household(), news.account(), late, *codes)
    tables = ("notices", "messages")
    await service.run_job("send_messages")
    assert sorted(mail["Subject"] for mail in mail_server.received) == ["Votre code de confirmation"] * 2
    texts = [(part(mail, "plain"), part(mail, "html")) for mail in mail_server.received]
    for pair in texts:
        for text in pair:
            assert "valable jusqu’au" in text
            assert "Ne le donnez à personne" in text
    assert sorted("045 123" in plain and "045 123" in html for plain, html in texts) == [False, True]
    assert [str(mail["To"].addresses[0].addr_spec) for mail in mail_server.received] == [
        "eric.compte@courriel.example"
    ] * 2
    kept = [row["line"] for table in tables for row in await service.db.fetch(f"select t::text as line from {table} t")]
    assert len(kept) >= 4
    assert not any(digits in line for line in kept for digits in ("045123", "045 123"))
    assert await service.db.fetchval("select count(*) from notices where sealed is not null") == 0
