"""The job that delivers: it addresses new notices, claims due messages, hands them to the mail relay and records the outcome.

Delivery is at least once. A message is claimed in a transaction that commits before anything is sent, so two senders never send
it at once. A process that dies between the relay's yes and the record of it leads to one repeat, with the same Message-ID,
after the lease.
"""

import asyncio
import time
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from email.headerregistry import Address

import structlog

from chassis.comparing import masked
from chassis.data.database import Database
from chassis.sealing import SealBroken
from chassis.telemetry import span

from ..adapters.rendering import MissingName, Renderer
from ..adapters.smtp import Conversation, MailRelay, RelayUnreachable, compose
from ..directory.queries import Recipient, read_names, read_recipient
from ..messages.commands import ADDRESS_MAX, LEASE, address_notices, claim_messages, expire_overdue, record_outcome
from ..messages.domain import FACTS_RETRY_MAX, RULES, Failed, Outcome, Postponed, Sent
from ..messages.store import ClaimedMessage, has_work

log = structlog.get_logger()


class MailSender:
    """Sends in the town's name. `timeout_seconds` is how long the relay may take to connect, and for a message."""

    def __init__(self, renderer: Renderer, relay: MailRelay, address: Address, timeout_seconds: float) -> None:
        self._renderer = renderer
        self._relay = relay
        self._address = address
        self._batch_seconds = LEASE.total_seconds() - 2 * timeout_seconds

    async def send_due(self, db: Database) -> None:
        """Send everything that is due now, or as much as the relay takes."""
        if not await has_work(db):
            return
        await expire_overdue(db)
        while await address_notices(db) == ADDRESS_MAX:
            continue
        while (batch := await claim_messages(db)) and await self._send_batch(db, batch):
            continue

    async def _send_batch(self, db: Database, batch: Sequence[ClaimedMessage]) -> bool:
        """Send claimed messages; False when the relay is away or too slow to go on."""
        started = time.monotonic()
        done = 0
        try:
            async with self._relay.conversation() as conversation:
                for message in batch:
                    if time.monotonic() - started > self._batch_seconds:
                        return False
                    await _shielded(self._send_traced(db, conversation, message))
                    done += 1
        except RelayUnreachable as error:
            log.warning("mail relay is away", error=str(error), count=len(batch) - done)
            return False
        finally:
            # Whatever broke off, a message that was claimed and not sent does not wait for its lease to end. The one at which
            # it broke off is due last, so that the others are tried before it next time.
            await _shielded(_give_back(db, [*batch[done + 1 :], *batch[done : done + 1]]))
        return True

    async def _send_traced(self, db: Database, conversation: Conversation, message: ClaimedMessage) -> None:
        """Send as a part of the trace that led to the news, which began in somebody's browser."""
        with span(f"send {message.notice.template}", carrier=message.notice.trace):
            await self._send(db, conversation, message)

    async def _send(self, db: Database, conversation: Conversation, message: ClaimedMessage) -> None:
        recipient = await self._recipient(db, message)
        outcome = await self._attempt(db, conversation, message, recipient)
        await record_outcome(db, message, outcome, masked(recipient.email) if recipient and recipient.email else None)
        if not isinstance(outcome, Postponed):
            cause = outcome.cause if isinstance(outcome, Failed) else None
            log.info(
                "message sent" if isinstance(outcome, Sent) else "message failed",
                message_id=str(message.message_id),
                template=message.notice.template,
                attempt=message.attempt_count,
                cause=cause,
            )

    async def _recipient(self, db: Database, message: ClaimedMessage) -> Recipient | None:
        """Whom a message is to, as they are known by now, at the address that it brings if it does; no address when that cannot be read."""
        notice = message.notice
        audience = RULES[notice.template].audience
        recipient = await read_recipient(db, audience, notice.subject_id, message.recipient_id, await db.today())
        if recipient is None:
            return None
        try:
            return replace(recipient, email=self._renderer.sealed_address(notice) or recipient.email)
        except Exception:  # said when the letter is written
            return replace(recipient, email=None)

    async def _attempt(
        self, db: Database, conversation: Conversation, message: ClaimedMessage, recipient: Recipient | None
    ) -> Outcome:
        notice = message.notice
        if recipient is None:
            return Postponed(FACTS_RETRY_MAX)
        try:
            if not (self._renderer.sealed_address(notice) or recipient.email):
                return Failed("no_address")
            letter = self._renderer.render(notice, recipient, await read_names(db, notice.subject_id, notice.payload))
        except MissingName:
            return Postponed(FACTS_RETRY_MAX)
        except SealBroken:
            return Failed("seal_broken")
        except Exception as error:
            # A letter that cannot be written is a bug; it must not keep the messages behind it from leaving.
            log.error("letter cannot be written", template=notice.template, exc_info=error)
            return Postponed()
        try:
            return await conversation.send(compose(message.message_id, self._address, recipient, letter))
        except RelayUnreachable:
            raise
        except Exception as error:
            # The libraries of mail raise whatever comes to them at an address that cannot be written or handed over, and quote it:
            # what is logged is the kind of the error alone.
            log.error("mail cannot be composed", template=notice.template, cause=type(error).__name__)
            return Failed("address_unusable")


async def _give_back(db: Database, messages: Sequence[ClaimedMessage]) -> None:
    for message in messages:
        await record_outcome(db, message, Postponed())


async def _shielded(work: Coroutine[None, None, None]) -> None:
    """Shield work that has begun from cancellation: a mail that the relay took is recorded even when the process stops."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
