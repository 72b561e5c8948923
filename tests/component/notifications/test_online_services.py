"""Who does without an online service is not told what is only convenient to hear of it; everybody hears of answers and bills."""

import pytest

from contracts.identity.online_service_words import OnlineService
from tests.component.notifications import news
from tests.component.notifications.mail_server import MailServer
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def test_who_does_without_bookings_gets_no_confirmation_and_still_hears_of_the_rest(
    service: RunningService, mail_server: MailServer
) -> None:
    """S1-24: the other parent, who uses the service, is told as before."""
    declined = news.account().model_copy(update={"declined": (OnlineService.BOOKING,)})
    await service.deliver(news.household(), news.activity("Day", "Matin"), declined, news.basket())
    await service.run_job("send_messages")
    assert [mail["To"].addresses[0].addr_spec for mail in mail_server.received] == ["anne@courriel.example"]
    await service.deliver(news.contact_changed(), news.household())
    await service.run_job("send_messages")
    assert len(mail_server.received) == 3, "a correction is told to both"


async def test_who_uses_it_again_is_told_again(service: RunningService, mail_server: MailServer) -> None:
    declined = news.account().model_copy(update={"declined": (OnlineService.BOOKING,)})
    await service.deliver(news.household(), news.activity("Day", "Matin"), declined, news.account(), news.basket())
    await service.run_job("send_messages")
    assert len(mail_server.received) == 2
