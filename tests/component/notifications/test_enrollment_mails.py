"""What families read of their enrollments."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from contracts.family.events import ResponsibilityState
from tests.component.notifications import news
from tests.component.notifications.mail_server import MailServer, part
from tests.factories.households import responsibility
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


@pytest.mark.parametrize(
    ("ends_on", "authority", "addresses"),
    [
        (None, "none", ["anne@courriel.example"]),
        (None, "joint", ["anne@courriel.example", "eric@courriel.example"]),
        (datetime.now(UTC).date() - timedelta(days=2), "none", ["anne@courriel.example"]),
    ],
)
async def test_whoever_answers_for_the_child_is_told(
    service: RunningService, mail_server: MailServer, ends_on: date | None, authority: str, addresses: list[str]
) -> None:
    """Nobody else of the household; and where nobody answers any more, whoever did."""
    other = responsibility(news.PAYER).model_copy(update={"authority": authority})
    ties = (responsibility(news.OTHER, ends_on=ends_on), other)
    custody = ResponsibilityState(child_id=news.CHILD, responsibilities=ties, residences=())
    await service.deliver(news.household(), news.activity(), custody, news.enrollment_ended())
    await service.run_job("send_messages")
    assert sorted(mail["To"].addresses[0].addr_spec for mail in mail_server.received) == addresses


@pytest.mark.parametrize("guardian", [news.PAYER, news.OTHER])
async def test_of_two_who_share_an_address_the_one_who_answers_is_written_to(
    service: RunningService, mail_server: MailServer, guardian: UUID
) -> None:
    """Whichever of them would stand for both."""
    known = news.household()
    shared = tuple(adult.model_copy(update={"email": "foyer@courriel.example"}) for adult in known.adults[:2])
    custody = ResponsibilityState(child_id=news.CHILD, responsibilities=(responsibility(guardian),), residences=())
    home = known.model_copy(update={"adults": (*shared, *known.adults[2:])})
    await service.deliver(home, news.activity(), custody, news.enrollment_ended())
    await service.run_job("send_messages")
    assert len(mail_server.received) == 1
