"""What a family reads by mail about a document that it sent."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from contracts.booking.events import EnrollmentReopened
from contracts.family.document_events import DocumentAnswer, DocumentAnswered, DocumentReopened
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


@pytest.mark.parametrize("is_on_its_way", [False, True])
async def test_what_was_taken_back_in_time_is_never_mailed_however_late_that_is_heard(
    service: RunningService, mail_server: MailServer, secrets_dir: Path, is_on_its_way: bool
) -> None:
    """This service was away for the time in which a decision may be taken back, or its mail did not leave."""
    earlier = datetime.now(UTC) - timedelta(minutes=1)
    one, other = (
        answered(secrets_dir, DocumentAnswer.VALIDATED, name="Léa").model_copy(update={"tellable_at": earlier})
        for _ in range(2)
    )
    await service.deliver(one, other)
    if is_on_its_way:
        mail_server.recipient_answer = "451 4.3.0 later"
        await service.run_job("send_messages")
        mail_server.recipient_answer = None
        assert await service.db.fetchval("select count(*) from messages where status = 'queued'") == 2
    await service.deliver(DocumentReopened(document_id=one.document_id, reopened_at=datetime.now(UTC)))
    await service.db.execute("update messages set due_at = clock_timestamp()")
    await service.run_job("send_messages")
    assert len(mail_server.received) == 1, "that of the one which was not taken back"


async def test_a_decision_that_may_be_taken_back_is_told_later_and_never_if_it_was(
    service: RunningService, mail_server: MailServer, secrets_dir: Path
) -> None:
    later = datetime.now(UTC) + timedelta(minutes=10)
    one, other = (
        answered(secrets_dir, DocumentAnswer.VALIDATED, name="Léa").model_copy(update={"tellable_at": later})
        for _ in range(2)
    )
    enrollment = news.enrollment_validated().model_copy(update={"tellable_at": later})
    await service.deliver(news.household(), news.activity(), one, other, enrollment)
    await service.run_job("send_messages")
    assert mail_server.received == []
    ids = enrollment.model_dump(
        include={"enrollment_id", "household_id", "child_id", "activity_id", "starts_on", "ends_on"}
    )
    await service.deliver(
        DocumentReopened(document_id=one.document_id, reopened_at=datetime.now(UTC)),
        EnrollmentReopened(**ids, reopened_at=datetime.now(UTC)),
    )
    await service.db.execute("update notices set due_at = clock_timestamp() where status = 'waiting'")
    await service.run_job("send_messages")
    assert len(mail_server.received) == 1, "that of the one which was not taken back"
    assert (
        await service.db.fetchval("select count(*) from notices where sealed is not null and status = 'expired'") == 0
    )
