"""What a family reads by mail about a procedure that the town sent to a group."""

from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from contracts.family.circular_events import CircularAddressed
from contracts.family.circulars import CircularLetter
from tests.component.notifications import news
from tests.component.notifications.mail_server import MailServer, part
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


def addressed(secrets_dir: Path, *names: str, is_reminder: bool = False) -> CircularAddressed:
    letter = CircularLetter(
        email="quetzal@courriel.example",
        label="Piscine",
        names=names,
        ends_on=date(2026, 11, 20),
        is_reminder=is_reminder,
        service="Loisirs",
        telephone="+33231000001",
    )
    sealed = news.sealed(secrets_dir, letter.model_dump_json())
    return CircularAddressed(household_id=uuid4(), circular_id=uuid4(), sealed=sealed, addressed_at=datetime.now(UTC))


async def test_one_mail_names_every_child_and_the_day_and_a_reminder_says_that_it_is_one(
    service: RunningService, mail_server: MailServer, secrets_dir: Path
) -> None:
    """Until it leaves, neither the address nor a name stands anywhere in clear."""
    asked = service.envelope(addressed(secrets_dir, "Léa <b>", "Quetzalina"))
    await service.deliver(asked, asked)
    await service.deliver(service.envelope(addressed(secrets_dir, "Tom", is_reminder=True)))
    lines = "\n".join([row["line"] for row in await service.db.fetch("select n::text as line from notices n")]).lower()
    assert "quetzal" not in lines
    await service.run_job("send_messages")
    mails = {mail["Subject"].replace("\u00a0", " ").strip(): mail for mail in mail_server.received}
    assert set(mails) == {
        "À remplir au plus tard le vendredi 20 novembre 2026 : Piscine",
        "Rappel : À remplir au plus tard le vendredi 20 novembre 2026 : Piscine",
    }
    first, reminder = (mails[subject] for subject in sorted(mails, key=lambda subject: "Rappel" in subject))
    plain = " ".join(part(first, "plain").replace("\u00a0", " ").split())
    assert "« Piscine » pour Léa <b> et Quetzalina. Deux enfants sont concernés : répondez pour chacun." in plain
    assert "Loisirs : 02 31 00 00 01" in plain
    assert "/mes-demarches" in plain
    assert "Léa &lt;b&gt; et Quetzalina" in part(first, "html")
    assert "pas encore reçu votre réponse" in part(reminder, "plain")
    assert "enfants sont concernés" not in part(reminder, "plain")
