"""Mails about a household's resources: one to each adult, a sentence for each occasion, and never an amount."""

from datetime import UTC, date, datetime

import pytest

from contracts.family.resource_events import ResourcesNoticed
from contracts.family.resource_words import ResourcesOccasion
from tests.component.notifications import news
from tests.component.notifications.mail_server import MailServer
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("occasion", "sentence"),
    [
        (ResourcesOccasion.ENDING, "Votre quotient familial compte jusqu’au dimanche 31 janvier 2027."),
        (ResourcesOccasion.ENDED, "Depuis le lendemain, le tarif maximum s’applique."),
        (ResourcesOccasion.UNKNOWN, "Ce message vaut pour tous vos enfants."),
        (ResourcesOccasion.ACCEPTED, "est accepté, et votre quotient familial compte."),
        (ResourcesOccasion.REFUSED, "n’est pas accepté. La raison"),
    ],
)
async def test_each_adult_hears_once_of_the_household_s_resources(
    service: RunningService, mail_server: MailServer, occasion: ResourcesOccasion, sentence: str
) -> None:
    last_on = date(2027, 1, 31) if occasion in (ResourcesOccasion.ENDING, ResourcesOccasion.ENDED) else None
    notice = ResourcesNoticed(
        household_id=news.HOUSEHOLD, occasion=occasion, last_on=last_on, noticed_at=datetime.now(UTC)
    )
    await service.deliver(news.household(), notice)
    await service.run_job("send_messages")
    assert len(mail_server.received) == 2
    text = mail_server.texts()[0]
    assert sentence in text
    assert "/quotient-et-ressources" in text
