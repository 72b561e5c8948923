"""What somebody whom no file names reads about the space that they asked for."""

from pathlib import Path

import pytest

from contracts.family.events import RegistrationAnswer
from tests.component.notifications import news
from tests.component.notifications.mail_server import MailServer, part
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

EMAIL = "nouvelle@courriel.example"
WORDS = {
    RegistrationAnswer.RECEIVED: "Un agent va lire la demande",
    RegistrationAnswer.KNOWN: "/mot-de-passe-oublie",
    RegistrationAnswer.REFUSED: "Vous habitez <une autre> commune.",
}


@pytest.mark.parametrize("answer", WORDS)
async def test_the_mail_goes_to_the_sealed_address_and_says_what_is_true(
    service: RunningService, mail_server: MailServer, secrets_dir: Path, answer: RegistrationAnswer
) -> None:
    """To nobody whom the town knows: the address stands nowhere in clear, and is forgotten once the mail has left."""
    reason = WORDS[answer] if answer is RegistrationAnswer.REFUSED else None
    await service.deliver(news.registration_answered(secrets_dir, answer, EMAIL, reason))
    lines = [row["line"] for row in await service.db.fetch("select n::text as line from notices n")]
    assert not any("nouvelle" in line for line in lines)
    await service.run_job("send_messages")
    (mail,) = mail_server.received
    assert mail["To"].addresses[0].addr_spec == EMAIL
    assert "Bonjour," in part(mail, "plain")
    assert WORDS[answer] in part(mail, "plain")
    assert WORDS[answer].replace("<", "&lt;").replace(">", "&gt;") in part(mail, "html")
    assert await service.db.fetchval("select count(*) from notices where sealed is not null") == 0
