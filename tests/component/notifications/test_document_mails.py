"""What a family reads by mail about a document that it sent."""

from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from contracts.family.document_events import DocumentAnswer, DocumentAnswered
from contracts.family.document_words import DocumentReason
from contracts.family.documents import DocumentLetter
from tests.component.notifications import news
from tests.component.notifications.mail_server import MailServer, part
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

EMAIL, WORDS = "quetzal@courriel.example", "Quetzal : il manque <le verso>."


def answered(secrets_dir: Path, answer: DocumentAnswer, **fields: object) -> DocumentAnswered:
    letter = DocumentLetter.model_validate({"email": EMAIL, "kind": "Livret de famille", **fields}).model_dump_json()
    sealed = news.sealed(secrets_dir, letter)
    return DocumentAnswered(document_id=uuid4(), answer=answer, sealed=sealed, answered_at=datetime.now(UTC))


async def test_each_answer_is_mailed_once_with_its_kind_and_what_to_do(
    service: RunningService, mail_server: MailServer, secrets_dir: Path
) -> None:
    """Until it leaves, neither the address nor the words stand anywhere in clear."""
    end = date(2027, 8, 31)
    answers = [
        answered(secrets_dir, DocumentAnswer.VALIDATED, name="Léa", ends_on=end),
        answered(secrets_dir, DocumentAnswer.REFUSED, reason=DocumentReason.INCOMPLETE, words=WORDS),
        answered(secrets_dir, DocumentAnswer.EXPIRING, ends_on=end),
    ]
    for event in answers:
        envelope = service.envelope(event)
        await service.deliver(envelope, envelope)
    lines = "\n".join([row["line"] for row in await service.db.fetch("select n::text as line from notices n")]).lower()
    assert "quetzal" not in lines
    assert "livret" not in lines
    await service.run_job("send_messages")
    mails = {mail["Subject"].replace("\u00a0", " ").strip(): mail for mail in mail_server.received}
    assert set(mails) == {
        "Votre document est validé : Livret de famille",
        "Votre document n’est pas accepté : Livret de famille",
        "Un document bientôt périmé : Livret de famille",
    }
    refused = mails["Votre document n’est pas accepté : Livret de famille"]
    assert "il manque une page ou une partie" in part(refused, "plain")
    assert WORDS in part(refused, "plain").replace("\u00a0", " ")
    assert "&lt;le verso&gt;" in part(refused, "html")
    validated = part(mails["Votre document est validé : Livret de famille"], "plain")
    assert "pour Léa est validé" in " ".join(validated.split())
    assert "31 août 2027" in validated.replace("\u00a0", " ")
    assert "/mon-espace-de-stockage" in part(mails["Un document bientôt périmé : Livret de famille"], "plain")
