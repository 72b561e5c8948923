"""What a family reads by mail when a correction that it asked for is refused."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from contracts.family.events import ChangeRefused
from contracts.family.registrations import RegistrationLetter
from tests.component.notifications import news
from tests.component.notifications.mail_server import MailServer, part
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

EMAIL, REASON = "quetzal@courriel.example", "Quetzal : le livret <de famille>\ndit autre chose."


async def test_a_refusal_is_mailed_with_its_reason_and_forgotten_once_it_left(
    service: RunningService, mail_server: MailServer, secrets_dir: Path
) -> None:
    """Two deliveries make one mail; until it leaves, neither the address nor the reason stands anywhere in clear."""
    letter = RegistrationLetter(email=EMAIL, reason=REASON).model_dump_json()
    refusal = ChangeRefused(change_id=uuid4(), sealed=news.sealed(secrets_dir, letter), refused_at=datetime.now(UTC))
    envelope = service.envelope(refusal)
    await service.deliver(envelope, envelope)
    lines = "\n".join([row["line"] for row in await service.db.fetch("select n::text as line from notices n")]).lower()
    assert "quetzal" not in lines
    await service.run_job("send_messages")
    (mail,) = mail_server.received
    assert mail["To"].addresses[0].addr_spec == EMAIL
    assert mail["Subject"].strip() == "Votre demande de correction n’a pas été acceptée"
    assert REASON in part(mail, "plain").replace("\u00a0", " ")
    assert "Quetzal : le livret &lt;de famille&gt;\ndit autre chose." in part(mail, "html").replace("\u00a0", " ")
    assert "/ma-famille" in part(mail, "plain")
    lines = "\n".join([row["line"] for row in await service.db.fetch("select m::text as line from messages m")]).lower()
    assert "livret" not in lines, "what was sent is said, not what it said"
    assert await service.db.fetchval("select count(*) from notices where sealed is not null") == 0
