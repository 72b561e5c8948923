"""What families read of their enrollments."""

import pytest

from tests.component.notifications import news
from tests.component.notifications.mail_server import MailServer, part
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def test_an_enrollment_that_an_agent_ended_is_told_with_what_was_booked_beyond(
    service: RunningService, mail_server: MailServer
) -> None:
    ends = (
        ({}, ("se termine le dimanche 31 janvier 2027", "Les 2 jours qui étaient réservés ensuite sont annulés")),
        ({"cancelled_count": 1}, ("Le jour qui était réservé ensuite est annulé, sans frais.",)),
        ({"ends_on": None, "cancelled_count": 0}, ("n’aura pas lieu.",)),
    )
    await service.deliver(news.household(), news.activity())
    for changes, sentences in ends:
        mail_server.received.clear()
        await service.deliver(news.enrollment_ended(**changes))
        await service.run_job("send_messages")
        assert len(mail_server.received) == 2
        for mail in mail_server.received:
            assert mail["Subject"].replace("\u00a0", " ").strip() == "Fin d’inscription : Centre de loisirs du mercredi"
            for text in (part(mail, "plain"), part(mail, "html")):
                for sentence in (*sentences, "Léa", "http://localhost:8000/inscriptions"):
                    assert sentence in text
                assert ("annulé" in text) == bool(changes.get("cancelled_count", 2))
