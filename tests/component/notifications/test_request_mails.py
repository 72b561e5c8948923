"""What a family reads by mail about a request."""

from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from contracts.family.request_events import RequestAnswered
from contracts.family.request_words import RequestAnswer
from contracts.family.requests import RequestLetter
from tests.component.notifications import news
from tests.component.notifications.mail_server import MailServer, part
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

EMAIL, WORDS = "quetzal@courriel.example", "Quetzal : il manque <le verso>."


def answered(secrets_dir: Path, answer: RequestAnswer, **fields: object) -> RequestAnswered:
    request_id = uuid4()
    letter = RequestLetter.model_validate(
        {
            "email": EMAIL,
            "answer": answer,
            "request_id": request_id,
            "number": "D-2026-000012",
            "label": "Liste attente Crèche",
            "service": "Petite enfance",
            "telephone": "+33231000001",
            "silence": "refused",
            "name": "Léa <b>",
            **fields,
        }
    )
    sealed = news.sealed(secrets_dir, letter.model_dump_json())
    return RequestAnswered(request_id=request_id, answer=answer, sealed=sealed, answered_at=datetime.now(UTC))


async def test_each_answer_is_mailed_once_with_its_number_and_what_to_do(
    service: RunningService, mail_server: MailServer, secrets_dir: Path
) -> None:
    """Until it leaves, neither the address nor the words stand anywhere in clear."""
    answers = [
        answered(secrets_dir, RequestAnswer.RECEIVED, due_on=date(2026, 10, 31)),
        answered(secrets_dir, RequestAnswer.MORE_ASKED, words=WORDS),
        answered(secrets_dir, RequestAnswer.ACCEPTED),
        answered(secrets_dir, RequestAnswer.REFUSED, sentence="Pas de place.", remedy="Demandez encore.", words=WORDS),
        answered(secrets_dir, RequestAnswer.MESSAGE, words=WORDS),
    ]
    for event in answers:
        envelope = service.envelope(event)
        await service.deliver(envelope, envelope)
    lines = "\n".join([row["line"] for row in await service.db.fetch("select n::text as line from notices n")]).lower()
    assert "quetzal" not in lines
    assert "crèche" not in lines
    await service.run_job("send_messages")
    mails = {mail["Subject"].replace("\u00a0", " ").strip(): mail for mail in mail_server.received}
    assert set(mails) == {
        "Votre demande est reçue : Liste attente Crèche, D-2026-000012",
        "Une précision est demandée : Liste attente Crèche, D-2026-000012",
        "Votre demande est acceptée : Liste attente Crèche, D-2026-000012",
        "Votre demande est refusée : Liste attente Crèche, D-2026-000012",
        "Un message au sujet de votre demande D-2026-000012",
    }
    received = part(mails["Votre demande est reçue : Liste attente Crèche, D-2026-000012"], "plain")
    plain = " ".join(received.replace("\u00a0", " ").split())
    assert "avant le samedi 31 octobre 2026" in plain or "avant le 31 octobre 2026" in plain
    assert "considérée comme refusée" in plain
    assert "Petite enfance : 02 31 00 00 01" in plain
    refused = mails["Votre demande est refusée : Liste attente Crèche, D-2026-000012"]
    for words in ("Pas de place.", "Demandez encore.", "tribunal administratif"):
        assert words in part(refused, "plain")
    assert "&lt;le verso&gt;" in part(refused, "html")
    asked = mails["Une précision est demandée : Liste attente Crèche, D-2026-000012"]
    assert f"/mes-demarches/{answers[1].request_id}" in part(asked, "plain")
    assert f"/mes-demarches/{answers[1].request_id}" in part(asked, "html")
    assert "Léa <b>" in part(asked, "plain")
    assert "Léa &lt;b&gt;" in part(asked, "html")
