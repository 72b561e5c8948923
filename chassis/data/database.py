"""PostgreSQL: the connection pool, transactions with their outbox, and commands that are retried after a deadlock or a lock timeout."""

import asyncio
import functools
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from typing import Any, Concatenate, Final, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import asyncpg
import structlog

from chassis.clock import civil_day
from chassis.collation import Collation
from chassis.data.history import Act, notes_of
from chassis.data.idempotency import KeptAnswer
from chassis.data.outages import COLLISIONS
from chassis.data.queries import Queries as Queries
from chassis.data.queries import Row as Row
from chassis.events.outbox import Cause, Emission, Leavings, store
from chassis.refusal import Busy
from chassis.settings import ServiceSettings
from chassis.telemetry import current_trace
from chassis.town import load_town
from contracts.event import Event

COMMAND_ATTEMPTS_MAX = 3
RETRY_PAUSE_SECONDS = 0.02
CONNECT_TIMEOUT_SECONDS = 5.0
SESSION_LOCK_SETTINGS = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}
"""Of connections that hold session locks: TCP keep-alive releases the locks of a machine that vanished within half a minute."""
HEALTH_ANSWER_SECONDS = 2.0
UTC_ZONE: Final = ZoneInfo("UTC")
"""The zone of a connection that serves no town."""
BY_EVERY_WORD: Final = Collation()
"""Its order of names."""
POOL_LOOK_SECONDS = 1.0
CLOSE_SECONDS = 15.0
"""Longer than a statement may run, with its cancellation, and no longer than a process has to stop."""

log = structlog.get_logger()

P = ParamSpec("P")
R = TypeVar("R")


class Transaction(Queries):
    """One database transaction. What it emits and keeps is stored with its other writes when it commits, or never."""

    def __init__(
        self,
        connection: "asyncpg.Connection[Row]",
        clock_offset: timedelta,
        zone: ZoneInfo = UTC_ZONE,
        collation: Collation = BY_EVERY_WORD,
    ) -> None:
        super().__init__(connection)
        self.clock_offset = clock_offset
        self.zone = zone
        self.collation = collation
        self._begun_at: datetime | None = None
        self.emissions: list[Emission] = []
        self.answers: list[KeptAnswer] = []
        self.acts: list[Act] = []
        self.reports: list[tuple[str, Mapping[str, Any]]] = []

    async def now(self) -> datetime:
        """The town's instant of this transaction, by the database's clock; the same however often it is asked."""
        if self._begun_at is None:
            self._begun_at = await self.fetchval("select now()")
        return self._begun_at + self.clock_offset

    def begun(self, at: datetime) -> None:
        """What `now()` is in this transaction, which a statement of it said beside something else: nobody asks for it alone."""
        self._begun_at = at

    async def today(self) -> date:
        """The town's date of this transaction."""
        return civil_day(await self.now(), self.zone)

    def emit(self, *events: Event, trace: Mapping[str, str] | None = None) -> None:
        """Publish events with this transaction, in this order; `trace` when it is not the present one. They say who acted: what was
        noted last is their cause, so an act is noted before its events."""
        trace = current_trace() if trace is None else trace
        cause = self._cause()
        self.emissions.extend(Emission.of(event, trace, cause) for event in events)

    def note(self, act: Act) -> None:
        """Add what somebody did to the history, with this transaction."""
        self.acts.append(act)

    def report(self, text: str, **fields: Any) -> None:
        """Say in the log what was done, once it is: what is rolled back, or run again after a collision, is not said."""
        self.reports.append((text, fields))

    def keep(self, answers: Sequence[KeptAnswer]) -> None:
        """Claim keys with this transaction, and store their answers; one that was taken meanwhile makes it collide."""
        self.answers.extend(answers)

    def erase(self, state: type[Event], key: str) -> None:
        """Publish a tombstone: every replica forgets the aggregate `key` of a state topic."""
        self.emissions.append(Emission.tombstone(state, key, self._cause()))

    def check_causes(self) -> None:
        """Stop a command whose events would say that nobody acted, although somebody did.

        Raises:
            AssertionError: an event was emitted before any act was noted.
        """
        if self.acts and any(emission.cause.actor is None for emission in self.emissions):
            raise AssertionError("note what somebody did before the events that follow from it")

    def _cause(self) -> Cause:
        return Cause.of(self.acts[-1] if self.acts else None)


class Database(Queries):
    """A service's database. Its own methods read; writes go through `transaction`, or better a `@command`."""

    def __init__(
        self,
        pool: "asyncpg.Pool[Row]",
        clock_offset: timedelta = timedelta(),
        zone: ZoneInfo = UTC_ZONE,
        collation: Collation = BY_EVERY_WORD,
    ) -> None:
        super().__init__(pool)
        self.pool = pool
        self.clock_offset = clock_offset
        self.zone = zone
        self.collation = collation
        self.committed = asyncio.Event()
        """Set when a commit stored events: the relay of this process need not wait for its next look."""
        self._history_keys: dict[str, bytes] = {}

    @classmethod
    async def open(cls, settings: ServiceSettings, application: str) -> "Database":
        """Connect, under the time limits of `settings`; `application` shows in the server's activity view."""
        pool = await asyncpg.create_pool(
            settings.database_url,
            min_size=1,
            max_size=settings.database_pool_max,
            init=_prepare_connection,
            reset=_keep_connection,
            timeout=CONNECT_TIMEOUT_SECONDS,
            command_timeout=settings.statement_timeout_seconds + 5,
            server_settings={
                "application_name": application,
                "statement_timeout": f"{settings.statement_timeout_seconds}s",
                "lock_timeout": f"{settings.lock_timeout_seconds}s",
                "idle_in_transaction_session_timeout": "30s",
                "timezone": "UTC",
            },
        )
        town = load_town(settings.town_file)
        return cls(pool, timedelta(seconds=settings.clock_offset_seconds), town.zone, town.collation)

    async def run(self) -> None:
        """Watch the pool, which keeps itself in order while it is open; it ends when somebody closed it."""
        while not self.pool.is_closing():  # noqa: ASYNC110 - the pool tells nobody that it was closed
            await asyncio.sleep(POOL_LOOK_SECONDS)

    async def close(self) -> None:
        """Wait for running statements, then disconnect; whoever holds a connection for longer than one may run is cut off."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.pool.close()
        except TimeoutError:  # the pool, interrupted, has cut them off
            log.error("connections were held while the database was closed")

    async def now(self) -> datetime:
        """The town's instant, by the database's clock."""
        moment: datetime = await self.fetchval("select now()") + self.clock_offset
        return moment

    async def today(self) -> date:
        """The town's date."""
        return civil_day(await self.now(), self.zone)

    async def clock(self) -> float | None:
        """The instant of the database's clock in seconds since 1970; None when it does not answer within the time of a health check."""
        try:
            async with asyncio.timeout(HEALTH_ANSWER_SECONDS):
                return float(await self.fetchval("select extract(epoch from clock_timestamp())::float8"))
        except Exception:  # whatever the reason, there is no answer
            return None

    async def answers(self) -> bool:
        """Whether the database answers a question of no weight within the time of a health check."""
        try:
            async with asyncio.timeout(HEALTH_ANSWER_SECONDS):
                return bool(await self.fetchval("select true"))
        except Exception:  # whatever the reason, the answer is the same
            return False

    @asynccontextmanager
    async def transaction(self, *, is_flushed: bool = True) -> AsyncIterator[Transaction]:
        """A transaction that commits, with its events, when the block ends without an exception; on the disk by then, unless it is not flushed."""
        async with self.pool.acquire() as connection:
            transaction = Transaction(connection, self.clock_offset, self.zone, self.collation)  # type: ignore[arg-type]  # the pool's proxy
            try:
                await connection.execute("begin" if is_flushed else "begin; set local synchronous_commit to off")
                yield transaction
                transaction.check_causes()
                if transaction.emissions or transaction.answers or transaction.acts:
                    notes = await notes_of(transaction, transaction.acts, self._history_keys)
                    left = Leavings(transaction.emissions, transaction.answers, notes)
                    await store(transaction, left, self.clock_offset)
            except BaseException:
                await _roll_back(connection)
                raise
            await connection.execute("commit")
            for text, fields in transaction.reports:
                log.info(text, **fields)
            if transaction.emissions:
                self.committed.set()


async def _roll_back(connection: "asyncpg.pool.PoolConnectionProxy[Row]") -> None:
    """Undo a transaction. A connection that cannot even do this is dropped, and the server undoes it: what failed first is what
    counts, and a task that was cancelled must not take the second failure for a reason to try again.
    """
    try:
        await connection.execute("rollback")
    except Exception:
        connection.terminate()


def command(
    function: Callable[Concatenate[Transaction, P], Awaitable[R]],
) -> Callable[Concatenate[Database, P], Coroutine[Any, Any, R]]:
    """Make a function of a transaction a command: called with the database, it is one transaction of its own.

    Rows that collide with another transaction (deadlock, lock wait) make it run again from the start, so it may touch
    nothing but its transaction; after the last attempt it refuses with `Busy`.
    """
    return _as_command(function, is_flushed=True)


def unflushed_command(
    function: Callable[Concatenate[Transaction, P], Awaitable[R]],
) -> Callable[Concatenate[Database, P], Coroutine[Any, Any, R]]:
    """A command whose caller does not wait for the disk. A crash of the server forgets at most its last second: for what does no harm when it is
    forgotten, such as a count of attempts, and for nothing that anybody is told."""
    return _as_command(function, is_flushed=False)


def _as_command(
    function: Callable[Concatenate[Transaction, P], Awaitable[R]], *, is_flushed: bool
) -> Callable[Concatenate[Database, P], Coroutine[Any, Any, R]]:
    @functools.wraps(function)
    async def run(db: Database, /, *args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(1, COMMAND_ATTEMPTS_MAX + 1):
            try:
                async with db.transaction(is_flushed=is_flushed) as tx:
                    return await function(tx, *args, **kwargs)
            except COLLISIONS as collision:
                if attempt == COMMAND_ATTEMPTS_MAX:
                    raise Busy from collision
                await asyncio.sleep(RETRY_PAUSE_SECONDS * attempt)
        raise AssertionError("the last attempt returned or raised")

    return run


async def _prepare_connection(connection: "asyncpg.Connection[Row]") -> None:
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")


async def _keep_connection(_connection: "asyncpg.Connection[Row]") -> None:
    # No pooled connection listens, takes a session lock or sets a session variable, so there is nothing to reset;
    # the default reset costs a round trip for every release.
    return
