"""What is mailed when somebody asks for another address."""

from pathlib import Path

import pytest

from tests.component.notifications import news
from tests.component.notifications.mail_server import MailServer
from tests.component.notifications.test_mails import addressees
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def test_a_new_address_gets_its_link_and_the_present_one_a_word(
    service: RunningService, mail_server: MailServer, secrets_dir: Path
) -> None:
    """The link goes to the new address alone; neither address stands in clear, and both are forgotten once the mails have left. Of
    two links that wait the last one alone leaves.
    """
    first = news.email_change(secrets_dir, "eric.compte@courriel.example", "faute@courriel.example")
    last = news.email_change(secrets_dir, "eric.compte@courriel.example", "neuf@courriel.example")
    await service.deliver(news.household(), news.account(), first[0], *last)
    lines = [row["line"] for row in await service.db.fetch("select n::text as line from notices n")]
    assert not any("neuf@" in line or "jeton-d-adresse" in line for line in lines)
    await service.run_job("send_messages")
    assert addressees(mail_server) == ["eric.compte@courriel.example", "neuf@courriel.example"]
    (link,) = [text for text in mail_server.texts() if "/adresse/jeton-d-adresse-0123456789" in text]
    assert "Bonjour Monsieur Le Goff" in link
    (word,) = [text for text in mail_server.texts() if "/mon-adresse-e-mail" in text]
    assert "jeton-d-adresse" not in word
    assert "neuf@" not in word
    assert "02 31 00 00 00" in word
    assert (
        await service.db.fetchval("select count(*) from notices where sealed is not null and status = 'addressed'") == 0
    )
