"""The probe as a whole service: routes that refuse, break or emit, its application in a test, and its process.

`Gate` stands between a process and PostgreSQL, so that the database can go away and come back.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import httpx2
from asyncpg import InternalClientError, ObjectNotInPrerequisiteStateError
from joserfc.jwk import OKPKey

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from chassis.refusal import FieldRefusal, Refusal
from chassis.service import Service, build, run
from chassis.settings import ServiceSettings
from contracts import operation as api
from contracts.event import Model
from contracts.family.events import HouseholdCreated
from contracts.http import ShortText
from contracts.identity.permissions import IdentityPermission
from contracts.operation import EVERYBODY, families
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


class Myself(Model):
    account_id: UUID


class Time(Model):
    now: datetime


@dataclass(frozen=True)
class Shelf:
    """What this service provides."""

    shelf_id: UUID


def full() -> ShelfFull:
    return ShelfFull(FieldRefusal("/lines/0/count", "too_many", (("places", 3),)), shelf_id=SHELF_ID, full_at=NOW)


@command
async def keep_note(tx: Transaction, claim: Claim, note_id: UUID) -> NoteAnswer:
    if kept := await claim.replay(tx, NoteAnswer):
        return kept
    tx.emit(HouseholdCreated(household_id=note_id, created_at=NOW))
    return await claim.keep(tx, NoteAnswer(note_id=note_id))


@api.post("/notes/{note_id}", families(IdentityPermission.NAME_AGENTS), is_keyed=True, status=201)
async def writing(note_id: UUID, body: Note) -> NoteAnswer: ...


@serves(writing)
async def write_note(note_id: UUID, body: Note, db: Database, claim: Claim) -> NoteAnswer:
    assert body.text
    return await keep_note(db, claim, note_id)


@api.post("/notes", families(IdentityPermission.NAME_AGENTS), is_keyed=True, status=201)
async def pinning(body: Note) -> NoteAnswer: ...


@serves(pinning)
async def pin_note(body: Note, db: Database, claim: Claim) -> NoteAnswer:
    if not body.lines:
        raise full()
    return await keep_note(db, claim, SHELF_ID)


@api.get("/shelf", EVERYBODY)
async def reading() -> NoteAnswer: ...


@serves(reading)
async def read_shelf(shelf: Shelf) -> NoteAnswer:
    return NoteAnswer(note_id=shelf.shelf_id)


@api.get("/myself", families(IdentityPermission.NAME_AGENTS))
async def asking() -> Myself: ...


@serves(asking)
async def read_myself(actor: Actor) -> Myself:
    return Myself(account_id=actor.account_id)


@api.get("/time", EVERYBODY)
async def telling_the_time() -> Time: ...


@serves(telling_the_time)
async def read_time(db: Database) -> Time:
    return Time(now=await db.now())


@api.get("/full", EVERYBODY)
async def refusing() -> None: ...


@serves(refusing)
async def refuse() -> None:
    raise full()


@api.post("/broken", EVERYBODY)
async def breaking(body: Note) -> None: ...


@serves(breaking)
async def break_down(body: Note) -> None:
    raise LookupError(body.text)


@api.get("/cut", EVERYBODY)
async def losing_a_connection() -> None: ...


@serves(losing_a_connection)
async def lose_connection(db: Database) -> None:
    await db.execute("select pg_terminate_backend(pg_backend_pid())")


@api.get("/drained", EVERYBODY, status=200)
async def losing_the_pool() -> None: ...


@serves(losing_the_pool)
async def lose_pool(db: Database) -> None:
    db.pool.terminate()


@api.get("/taken", EVERYBODY)
async def taking() -> None: ...


@serves(taking)
async def take_broken_connection() -> None:
    raise InternalClientError("cannot switch to state 12; another operation (2) is in progress")


@api.get("/closed", EVERYBODY)
async def closing() -> None: ...


@serves(closing)
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
    provide={Shelf: Shelf(SHELF_ID)},
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
