"""What agents read of messages: to whom, when, and how delivery went; never their content."""

from uuid import UUID

from chassis.data.database import Queries
from chassis.data.paging import page_of, read_id
from contracts.http import Page
from contracts.notifications.models import Message

MESSAGES_OF_RECIPIENT_SQL = """
select m.message_id, m.recipient_id, m.recipient_shown, m.template, m.subject, m.status, m.cause, m.server_words, m.attempt_count,
       m.queued_at, m.sent_at, case when m.status = 'queued' then m.due_at end as next_attempt_at, n.payload->>'credential_id' as credential_id
from messages m join notices n using (event_id) where (recipient_id = $1 or recipient_id in (
    select other.adult_id from household_adults me join household_adults other using (household_id)
    where me.adult_id = $1 and lower(other.email) = lower(me.email))) and ($2::uuid is null or message_id < $2)
order by message_id desc limit $3
"""


async def messages_of(db: Queries, recipient_id: UUID, before: str | None, limit: int) -> Page[Message]:
    """The messages to a guardian or account, or to another guardian at the same address, who stands for both; newest first; `before` is the cursor of the page before."""
    rows = await db.fetch(MESSAGES_OF_RECIPIENT_SQL, recipient_id, read_id(before), limit + 1)
    return page_of([Message.model_validate(dict(row)) for row in rows], lambda message: (message.message_id,), limit)
