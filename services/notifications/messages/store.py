"""Storage of notices and messages, a work queue with leases: claiming a message moves its `due_at` a lease ahead, so that no
other sender takes it meanwhile."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.data.database import Database, Queries, Row, Transaction
from chassis.housekeeping import remove_in_batches
from chassis.identifiers import new_id

from .domain import FACTS_RETRY_MAX, Outcome, Postponed, Sent, Subject, Template, retry_after


@dataclass(frozen=True, slots=True)
class Notice:
    """What an event gives to send: `subject_id` is the household or the account that it is about, `trace` what led to it. It is not told before `tellable_at`, by the machine's clock."""

    event_id: UUID
    template: Template
    subject_id: UUID
    event_type: str
    payload: dict[str, Any]
    sealed: str | None
    expires_at: datetime
    trace: dict[str, str]
    tellable_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClaimedMessage:
    """A message that this process alone may send, until its lease ends; `attempt_count` is the fencing token of the claim."""

    message_id: UUID
    recipient_id: UUID
    attempt_count: int
    notice: Notice

    @property
    def subject(self) -> Subject:
        """The message as its events name it."""
        credential_id = _credential(self.notice.payload.get("credential_id"))
        return Subject(self.message_id, self.recipient_id, self.notice.template, credential_id)


ADD_NOTICE_SQL = """
insert into notices (event_id, template, subject_id, event_type, payload, sealed, status, due_at, expires_at,
                     trace)
select $1, $2, $3, $4, $5, case when is_late then null else $6::text end,
       case when is_late then 'expired' else 'waiting' end, greatest(clock_timestamp(), $9::timestamptz), $7, $8
from (select $7::timestamptz <= clock_timestamp()) as age(is_late)
on conflict (event_id) do nothing returning true
"""


async def add_notice(tx: Transaction, notice: Notice) -> bool:
    """Keep a notice, as expired when it is too old; False when it is a duplicate."""
    values = (notice.event_id, notice.template, notice.subject_id, notice.event_type, notice.payload, notice.sealed)
    return bool(await tx.fetchval(ADD_NOTICE_SQL, *values, notice.expires_at, notice.trace, notice.tellable_at))


END_FORMER_NOTICES_SQL = """
update notices set expires_at = clock_timestamp() where subject_id = $1 and event_id <> $2 and event_type = $3
    and sealed is not null and expires_at > clock_timestamp() returning event_id
"""

END_FORMER_MESSAGES_SQL = """
update messages set expires_at = clock_timestamp() where event_id = any($1::uuid[]) and status = 'queued'
"""


async def end_former_credentials(tx: Transaction, notice: Notice) -> None:
    """Let the credentials of an account that still wait to be mailed expire: a newer one made them useless."""
    rows = await tx.fetch(END_FORMER_NOTICES_SQL, notice.subject_id, notice.event_id, notice.event_type)
    if rows:
        await tx.execute(END_FORMER_MESSAGES_SQL, [row["event_id"] for row in rows])


END_OVERTAKEN_NOTICES_SQL = """
update notices set expires_at = clock_timestamp() where subject_id = $1 and event_type = $2 and event_id < $3
    and sealed is not null and expires_at > clock_timestamp() returning event_id
"""


async def end_overtaken(tx: Transaction, subject_id: UUID, event_type: str, event_id: UUID) -> None:
    """Let what still waits to be mailed expire, of a type of events that came before another one: their ids sort by time."""
    rows = await tx.fetch(END_OVERTAKEN_NOTICES_SQL, subject_id, event_type, event_id)
    if rows:
        await tx.execute(END_FORMER_MESSAGES_SQL, [row["event_id"] for row in rows])


HAS_WORK_SQL = """
select exists (select from notices where status = 'waiting' and due_at <= clock_timestamp())
    or exists (select from messages where status = 'queued' and due_at <= clock_timestamp())
"""


async def has_work(db: Queries) -> bool:
    """Whether any notice or message is due: one cheap look, for a sender that looks often."""
    return bool(await db.fetchval(HAS_WORK_SQL))


TAKE_NOTICES_SQL = """
select event_id, template, subject_id, payload, attempt_count, expires_at from notices
where status = 'waiting' and due_at <= clock_timestamp() and expires_at > clock_timestamp()
order by due_at limit $1 for update skip locked
"""


async def take_notices(tx: Transaction, limit: int) -> list[Row]:
    """Notices that are not addressed yet, locked."""
    return await tx.fetch(TAKE_NOTICES_SQL, limit)


ADD_MESSAGE_SQL = """
insert into messages (message_id, event_id, recipient_id, template, status, due_at, expires_at, queued_at)
values ($1, $2, $3, $4, 'queued', clock_timestamp(), $5, $6) on conflict (event_id, recipient_id) do nothing
"""

NOTICE_ADDRESSED_SQL = "update notices set status = 'addressed' where event_id = $1"

POSTPONE_NOTICE_SQL = """
update notices set attempt_count = attempt_count + 1, due_at = clock_timestamp() + $2::interval where event_id = $1
"""


async def address(tx: Transaction, notice: Row, recipient_ids: list[UUID] | None, queued_at: datetime) -> None:
    """Queue a message for each recipient of a notice; look again later when they are not known."""
    if recipient_ids is None:
        await tx.execute(
            POSTPONE_NOTICE_SQL, notice["event_id"], retry_after(notice["attempt_count"] + 1, FACTS_RETRY_MAX)
        )
        return
    for recipient_id in recipient_ids:
        await tx.execute(
            ADD_MESSAGE_SQL,
            new_id(),
            notice["event_id"],
            recipient_id,
            notice["template"],
            notice["expires_at"],
            queued_at,
        )
    await tx.execute(NOTICE_ADDRESSED_SQL, notice["event_id"])


EXPIRE_NOTICES_SQL = """
update notices set status = 'expired', sealed = null where event_id in (
    select event_id from notices
    where status = 'waiting' and due_at <= clock_timestamp() and expires_at <= clock_timestamp()
    limit $1 for update skip locked
)
"""

EXPIRE_MESSAGES_SQL = """
update messages set status = 'expired', cause = 'expired' where message_id in (
    select message_id from messages
    where status = 'queued' and due_at <= clock_timestamp() and expires_at <= clock_timestamp()
    limit $1 for update skip locked
) returning message_id, event_id, recipient_id, template,
    (select n.payload ->> 'credential_id' from notices n where n.event_id = messages.event_id) as credential_id
"""

FORGET_SEALED_SQL = "update notices set sealed = null where event_id = any($1::uuid[]) and sealed is not null"


async def expire(tx: Transaction, limit: int) -> list[Subject]:
    """Expire what is too old to be sent; the messages among it."""
    await tx.execute(EXPIRE_NOTICES_SQL, limit)
    rows = await tx.fetch(EXPIRE_MESSAGES_SQL, limit)
    if rows:
        await tx.execute(FORGET_SEALED_SQL, [row["event_id"] for row in rows])
    return [
        Subject(row["message_id"], row["recipient_id"], row["template"], _credential(row["credential_id"]))
        for row in rows
    ]


def _credential(credential_id: str | None) -> UUID | None:
    return UUID(credential_id) if credential_id else None


CLAIM_MESSAGES_SQL = """
with due as (
    select message_id, due_at from messages
    where status = 'queued' and due_at <= clock_timestamp() and expires_at > clock_timestamp()
    order by due_at limit $1 for update skip locked
), claimed as (
    update messages m set due_at = clock_timestamp() + $2::interval, attempt_count = attempt_count + 1
    from due where m.message_id = due.message_id
    returning m.message_id, m.recipient_id, m.event_id, m.attempt_count, m.expires_at, due.due_at as was_due_at
)
select c.message_id, c.recipient_id, c.attempt_count, c.expires_at,
       n.event_id, n.template, n.subject_id, n.event_type, n.payload, n.sealed, n.trace
from claimed c join notices n using (event_id) order by c.was_due_at, c.message_id
"""


async def claim(tx: Transaction, limit: int, lease: timedelta) -> list[ClaimedMessage]:
    """Take due messages for this process alone, for the time of a lease; those that waited longest come first."""
    return [
        ClaimedMessage(
            row["message_id"],
            row["recipient_id"],
            row["attempt_count"],
            Notice(
                row["event_id"],
                Template(row["template"]),
                row["subject_id"],
                row["event_type"],
                row["payload"],
                row["sealed"],
                row["expires_at"],
                row["trace"],
            ),
        )
        for row in await tx.fetch(CLAIM_MESSAGES_SQL, limit, lease)
    ]


FINISH_MESSAGE_SQL = """
update messages set status = $3, subject = $4, cause = $5, server_words = $6, sent_at = $7, recipient_shown = $8
where message_id = $1 and attempt_count = $2 and status = 'queued' returning true
"""

POSTPONE_MESSAGE_SQL = """
update messages set due_at = clock_timestamp() + $3::interval, server_words = coalesce($4, server_words),
    recipient_shown = coalesce($5, recipient_shown)
where message_id = $1 and attempt_count = $2 and status = 'queued'
"""


async def keep_outcome(
    tx: Transaction, message: ClaimedMessage, outcome: Outcome, at: datetime, shown: str | None
) -> bool:
    """Write how an attempt went, to whom as it is shown; True when the message is thereby finished.

    Nothing changes when the lease ended and somebody else has the message by now.
    """
    claim_key = (message.message_id, message.attempt_count)
    if isinstance(outcome, Postponed):
        pause = retry_after(message.attempt_count, outcome.wait_max)
        await tx.execute(POSTPONE_MESSAGE_SQL, *claim_key, pause, outcome.server_words, shown)
        return False
    values: tuple[object, ...] = (
        ("sent", outcome.subject, None, None, at)
        if isinstance(outcome, Sent)
        else ("failed", None, outcome.cause, outcome.server_words, None)
    )
    finished = await tx.fetchval(FINISH_MESSAGE_SQL, *claim_key, *values, shown)
    if finished:
        await tx.execute(FORGET_SEALED_SQL, [message.notice.event_id])
    return bool(finished)


FORGET_OLD_SQL = """
delete from notices where event_id in (
    select event_id from notices where created_at < clock_timestamp() - make_interval(days => $1)
    order by created_at limit $2 for update skip locked)
"""


async def forget_old(db: Database, kept_days: int) -> None:
    """Remove notices that were settled long ago, with their messages."""
    await remove_in_batches(db, FORGET_OLD_SQL, kept_days)
