"""Tells the town that an operation has a result: `POST urlnotif` with `idop=...`, again and again until it answers 2xx.

The queue is in the provider's books, so that a restart of the simulator loses no notification.
"""

import asyncio
import sqlite3
from contextlib import suppress
from datetime import timedelta

import httpx2
import structlog

from .clock import real_now
from .provider import Provider
from .store import Notification

CALL_SECONDS_MAX = 10
BATCH_MAX = 20
IDLE_SECONDS_MAX = 30
STALLED_SECONDS = 2
RETRY_SECONDS = (1, 2, 4, 8, 15, 30, 60, 60, 60)


class Notifier:
    """Sends what is due; the calls of one batch leave together, so that duplicates really race."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        # Neither a proxy of the environment nor a redirect may send the call elsewhere.
        self._client = httpx2.AsyncClient(timeout=CALL_SECONDS_MAX, trust_env=False, follow_redirects=False)

    async def run(self) -> None:
        """Work until cancelled. A failure of the books (a full disk) is logged and tried again."""
        async with self._client:
            while True:
                try:
                    await self._send_due()
                except (sqlite3.Error, OSError):
                    structlog.get_logger().exception("notifications_stalled")
                    await asyncio.sleep(STALLED_SECONDS)

    async def _send_due(self) -> None:
        """Make the calls that are due; when there is none, wait for the next."""
        changed = self._provider.notifications_changed
        changed.clear()
        due = self._provider.store.due_notifications(real_now(), BATCH_MAX)
        await asyncio.gather(*(self._send(notification) for notification in due))
        if not due:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._idle_seconds()):
                    await changed.wait()

    def _idle_seconds(self) -> float:
        next_due_at = self._provider.store.next_due_at()
        if next_due_at is None:
            return IDLE_SECONDS_MAX
        return min(IDLE_SECONDS_MAX, max(0.0, (next_due_at - real_now()).total_seconds()))

    async def _send(self, notification: Notification) -> None:
        operation = self._provider.store.journal(id_op=notification.id_op, limit=1)[0]
        try:
            answer = await self._client.post(operation.urlnotif, data={notification.field: notification.id_op})
            outcome, is_delivered = f"HTTP {answer.status_code}", answer.is_success
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            outcome, is_delivered = type(error).__name__, False
        attempts = notification.attempts + 1
        is_last = attempts > len(RETRY_SECONDS)
        state = "delivered" if is_delivered else "given_up" if is_last else "pending"
        due_at = real_now() + timedelta(seconds=RETRY_SECONDS[attempts - 1]) if state == "pending" else real_now()
        self._provider.store.save_notification(notification.id, state=state, due_at=due_at, last_answer=outcome)
        structlog.get_logger().info(
            "notification_sent", id_op=notification.id_op, attempt=attempts, answer=outcome, state=state
        )
