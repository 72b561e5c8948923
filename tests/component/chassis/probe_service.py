"""The probe as a whole service: routes that refuse, break or emit, its application in a test, and its process.

`Gate` stands between a process and PostgreSQL, so that the database can go away and come back.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import httpx2
from asyncpg import InternalClientError, ObjectNotInPrerequisiteStateError
from joserfc.jwk import OKPKey
from litestar import get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.idempotency import Claim
from chassis.refusal import FieldRefusal, Refusal
from chassis.service import Service, build, run
from chassis.settings import ServiceSettings
from contracts.event import Model
from contracts.family.events import HouseholdCreated
from contracts.http import ShortText
from tests.component.chassis.conftest import MIGRATIONS
from tests.support.services import RunningService

NOW = datetime(2026, 9, 1, tzinfo=UTC)
SHELF_ID = UUID("0198f000-0000-7000-8000-000000000001")


class ShelfFull(Refusal):
    """No note can be put
    on this shelf any more."""


class Line(Model):
    count: int


class Note(Model):
    text: ShortText
    lines: tuple[Line, ...] = ()


class NoteAnswer(Model):
    note_id: UUID


@command
async def keep_note(tx: Transaction, claim: Claim, note_id: UUID) -> NoteAnswer:
    if kept := await claim.replay(tx, NoteAnswer):
        return kept
    tx.emit(HouseholdCreated(household_id=note_id, created_at=NOW))
    return await claim.keep(tx, NoteAnswer(note_id=note_id))


@post("/notes/{note_id:uuid}", status_code=201)
async def write_note(
    db: NamedDependency[Database], claim: NamedDependency[Claim], note_id: FromPath[UUID], data: JSONBody[Note]
) -> NoteAnswer:
    assert data.text
    return await keep_note(db, claim, note_id)


@post("/notes", status_code=201)
async def pin_note(db: NamedDependency[Database], claim: NamedDependency[Claim], data: JSONBody[Note]) -> NoteAnswer:
    if not data.lines:
        raise ShelfFull(FieldRefusal("/lines/0/count", "too_many", (("places", 3),)), shelf_id=SHELF_ID, full_at=NOW)
    return await keep_note(db, claim, SHELF_ID)


@get("/shelf", dependencies={"shelf_id": Provide(lambda: SHELF_ID, sync_to_thread=False)})
async def read_shelf(shelf_id: NamedDependency[UUID]) -> NoteAnswer:
    return NoteAnswer(note_id=shelf_id)


@get("/myself")
async def read_myself(actor: NamedDependency[Actor]) -> dict[str, str]:
    return {"account_id": str(actor.account_id)}


@get("/time")
async def read_time(db: NamedDependency[Database]) -> datetime:
    return await db.now()


@get("/full")
async def refuse() -> None:
    raise ShelfFull(FieldRefusal("/lines/0/count", "too_many", (("places", 3),)), shelf_id=SHELF_ID, full_at=NOW)


@post("/broken")
async def break_down(data: JSONBody[Note]) -> None:
    raise LookupError(data.text)


@get("/cut")
async def lose_connection(db: NamedDependency[Database]) -> None:
    await db.execute("select pg_terminate_backend(pg_backend_pid())")


@get("/drained")
async def lose_pool(db: NamedDependency[Database]) -> None:
    db.pool.terminate()


@get("/taken")
async def take_broken_connection() -> None:
    raise InternalClientError("cannot switch to state 12; another operation (2) is in progress")


@get("/closed")
async def find_database_closed() -> None:
    raise ObjectNotInPrerequisiteStateError("database is not currently accepting connections")


SERVICE = Service(
    name="probe",
    migrations=MIGRATIONS,
    routes=[
        write_note,
        pin_note,
        read_shelf,
        read_myself,
        read_time,
        refuse,
        break_down,
        lose_connection,
        lose_pool,
        take_broken_connection,
        find_database_closed,
    ],
)


@asynccontextmanager
async def running_probe(settings: ServiceSettings) -> AsyncIterator[RunningService]:
    """The probe's application with the roles of `settings`, and a client of it."""
    app = build(SERVICE, settings)
    actor_key = OKPKey.import_key(json.loads(settings.secret("actor_private")))
    transport = httpx2.ASGITransport(app=cast("Any", app))
    async with app.lifespan(), httpx2.AsyncClient(transport=transport, base_url="http://probe") as client:
        yield RunningService(SERVICE, client, app.state.db, actor_key, app)


class Gate:
    """A TCP passage to PostgreSQL. Closed, it breaks what passes and lets nobody in; open, it lets everybody in."""

    def __init__(self, database_url: str) -> None:
        self._parts = urlsplit(database_url)
        self._is_open = True
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server

    @classmethod
    @asynccontextmanager
    async def to(cls, database_url: str) -> AsyncIterator["Gate"]:
        """An open gate to a database."""
        gate = cls(database_url)
        gate._server = await asyncio.start_server(gate._pass, "127.0.0.1", 0)
        try:
            yield gate
        finally:
            gate.close()
            gate._server.close()

    @property
    def url(self) -> str:
        """The database's address through this gate."""
        user, _, _ = self._parts.netloc.rpartition("@")
        port = self._server.sockets[0].getsockname()[1]
        return urlunsplit(self._parts._replace(netloc=f"{user}@127.0.0.1:{port}"))

    def close(self) -> None:
        """The database is gone."""
        self._is_open = False
        for task in self._tasks:
            task.cancel()

    def reopen(self) -> None:
        """The database is back."""
        self._is_open = True

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._is_open:
            writer.close()
            return
        task = asyncio.create_task(self._copy_both(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _copy_both(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._parts.hostname, self._parts.port)
        try:
            await asyncio.gather(_copy(reader, back), _copy(there, writer))
        finally:
            writer.transport.abort()
            back.transport.abort()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while chunk := await reader.read(65_536):
            writer.write(chunk)
            await writer.drain()
    writer.close()


if __name__ == "__main__":
    run(SERVICE, ServiceSettings())
