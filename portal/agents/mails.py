"""Which of the mails that brought a link to somebody still opens: agents read it beside each message."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.notifications.models import Message
from contracts.types import MessageStatus

WITH_A_LINK: Final = frozenset({"welcome", "password_reset"})
"""Templates of mails that bring a link and a password."""


def link_states(
    messages: Iterable[Message], links: Mapping[UUID | None, datetime | None], now: datetime
) -> dict[UUID, str]:
    """`works` for a mail whose link an account has now, `over` for those of before; nothing of a mail that did not go. `links` are those that were
    neither followed nor replaced, by the credential that brought them, with their ends: of several accounts, where several read the mails."""
    alive = {credential_id for credential_id, ends_at in links.items() if credential_id and ends_at and ends_at > now}
    return {
        message.message_id: "works" if message.credential_id in alive else "over"
        for message in messages
        if message.template in WITH_A_LINK and message.status is MessageStatus.SENT
    }
