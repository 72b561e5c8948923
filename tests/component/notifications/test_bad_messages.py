"""A message that cannot leave fails or waits alone: those that were claimed with it leave."""

import pytest

from contracts.family.events import HouseholdState
from contracts.notifications.events import MessageFailed
from tests.component.notifications import news
from tests.component.notifications.mail_server import MailServer
from tests.component.notifications.test_sending import statuses
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def let_them_be_due_in_order(service: RunningService) -> None:
    """Let the time that messages wait for go by, in the order in which they wait."""
    await service.db.execute(
        "update messages set due_at = due_at - (select max(due_at) - clock_timestamp() from messages where status = 'queued')"
        " where status = 'queued'"
    )


def household_with(email: str) -> HouseholdState:
    """The household whose payer has this address."""
    payer, *others = news.household().adults
    return news.household(adults=(payer.model_copy(update={"email": email}), *others))


@pytest.mark.parametrize("email", ["eric@[courriel.fr", "eric\r\n@courriel.fr"])
async def test_an_address_that_cannot_be_written_fails_alone(
    service: RunningService, mail_server: MailServer, email: str
) -> None:
    """It ended the job, and the messages claimed with it were put back with it until they expired."""
    await service.deliver(household_with(email), news.activity(), news.invoice(), news.basket())
    await service.run_job("send_messages")
    assert sorted(await statuses(service)) == [("failed", "address_unusable")] * 2 + [("sent", None)]
    assert [mail["To"].addresses[0].addr_spec for mail in mail_server.received] == ["anne@courriel.example"]
    causes = {event.cause for event in await service.outbox() if isinstance(event, MessageFailed)}
    assert causes == {"address_unusable"}


async def test_a_message_at_which_the_relay_hangs_up_is_tried_behind_the_others(
    service: RunningService, mail_server: MailServer
) -> None:
    """The first of its batch each time, it would keep the others waiting until they expire."""
    mail_server.breaks_off_at = "eric@courriel.example"
    await service.deliver(news.household(), news.activity(), news.invoice(), news.basket())
    for _ in range(3):
        await service.run_job("send_messages")
        await let_them_be_due_in_order(service)
    assert len(mail_server.received) == 1
    assert sorted(await statuses(service)) == [("queued", None)] * 2 + [("sent", None)]
