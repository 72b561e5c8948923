"""Which mail's link still opens, as agents read it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from contracts.notifications.models import Message
from contracts.types import MessageStatus
from portal.agents.mails import link_states

NOON = datetime(2026, 9, 7, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def message(number: int, queued_at: datetime, template: str = "welcome", status: str = "sent") -> Message:
    return Message(
        message_id=UUID(int=number),
        recipient_id=UUID(int=0),
        template=template,
        subject=None,
        status=MessageStatus(status),
        attempt_count=1,
        queued_at=queued_at,
        sent_at=None,
        credential_id=UUID(int=number),
    )


def states(*messages: Message, **links: datetime | None) -> dict[int, str]:
    """What is said of mails, whose credentials have their numbers; the third one's link is alive unless it is said which are."""
    known = {UUID(int=int(name[1:])): ends_at for name, ends_at in (links or {"n3": NOON + 9 * HOUR}).items()}
    by_id = link_states(messages, {None: None, **known}, NOON + 2 * HOUR)
    return {key.int: state for key, state in by_id.items()}


def test_the_mail_of_the_living_link_works_and_those_before_it_do_not() -> None:
    mails = (
        message(3, NOON + HOUR),
        message(2, NOON - HOUR, "password_reset"),
        message(1, NOON - 2 * HOUR, "invoice_issued"),
    )
    assert states(*mails) == {3: "works", 2: "over"}
    assert states(*mails[1:]) == {2: "over"}, "the new mail has not left yet"


@pytest.mark.parametrize("link", [{"n1": None}, {"n2": NOON + 9 * HOUR}, {"n1": NOON + HOUR}])
def test_a_link_that_was_followed_replaced_or_lapsed_works_no_more(link: dict[str, datetime | None]) -> None:
    assert states(message(1, NOON + HOUR), **link) == {1: "over"}


def test_of_two_who_had_one_address_the_mail_of_either_account_works() -> None:
    links = {"n1": NOON + 9 * HOUR, "n3": NOON + 9 * HOUR}
    assert states(message(3, NOON), message(2, NOON), message(1, NOON - HOUR), **links) == {
        3: "works",
        2: "over",
        1: "works",
    }


@pytest.mark.parametrize("status", ["queued", "failed", "expired"])
def test_nothing_is_said_of_a_mail_that_did_not_go(status: str) -> None:
    assert states(message(1, NOON + HOUR, status=status)) == {}
