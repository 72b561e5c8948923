"""What agents read of messages: to whom, when, and how delivery went; never their content."""

from uuid import UUID

from chassis.data.database import Queries
from chassis.data.paging import page_of, read_id
from contracts.http import Page
from contracts.notifications.models import Message

MESSAGES_OF_RECIPIENT_SQL = """
select message_id, recipient_id, template, subject, status, cause, server_words, attempt_count, queued_at, sent_at,
       case when status = 'queued' then due_at end as next_attempt_at
from messages where recipient_id = $1 and ($2::uuid is null or message_id < $2)
order by message_id desc limit $3
"""


async def messages_of(db: Queries, recipient_id: UUID, before: str | None, limit: int) -> Page[Message]:
    """The messages to a guardian or account, newest first; `before` is the cursor of the page before."""
    rows = await db.fetch(MESSAGES_OF_RECIPIENT_SQL, recipient_id, read_id(before), limit + 1)
    return page_of([Message.model_validate(dict(row)) for row in rows], lambda message: (message.message_id,), limit)
