"""Applications that the tests of a process share: one for each service and its settings, emptied for the next test.

To start an application and copy a database takes longer than most tests; to empty a database takes milliseconds.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.support.databases import Postgres
from tests.support.services import DEMO_TOWN, RunningService, running_service

KEPT_MAX = 8

EMPTY_SQL = """
do $$
declare
    place text;
begin
    set local session_replication_role = replica;
    for place in
        select oid::regclass from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> 'schema_migrations'
    loop
        execute 'delete from ' || place;
    end loop;
    perform setval(seqrelid, seqstart, false) from pg_sequence;
end $$
"""


class Living:
    """An application in a task of its own, as the frameworks below it want: they end where they began."""

    def __init__(self, application: AbstractAsyncContextManager[RunningService]) -> None:
        self._over = asyncio.Event()
        self._running: asyncio.Future[RunningService] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._live(application))

    async def service(self) -> RunningService:
        """The service, once it runs."""
        await asyncio.wait([self._running, self._task], return_when=asyncio.FIRST_COMPLETED)
        if not self._running.done():
            await self._task  # it could not start, and says why
        return self._running.result()

    async def end(self) -> None:
        """Stop it."""
        self._over.set()
        await self._task

    async def _live(self, application: AbstractAsyncContextManager[RunningService]) -> None:
        async with application as running:
            self._running.set_result(running)
            await self._over.wait()


class Applications:
    """The running applications of one process of the run. Those that were lent longest ago end first."""

    def __init__(self, postgres: Postgres, secrets_dir: Path, towns: Path) -> None:
        self._postgres = postgres
        self._secrets_dir = secrets_dir
        self._towns = towns
        self._resting: dict[str, Living] = {}

    @asynccontextmanager
    async def lend(self, name: str, *, town_file: Path = DEMO_TOWN, **settings: Any) -> AsyncIterator[RunningService]:
        """A service with these settings, on an empty database, at the present time."""
        kept_town = self._keep(town_file)
        key = f"{name} {kept_town} {sorted(settings.items())}"
        living = self._resting.pop(key, None) or Living(
            running_service(name, self._postgres, self._secrets_dir, town_file=kept_town, **settings)
        )
        running = await living.service()
        await running.db.execute(EMPTY_SQL)
        lent, offset = replace(running, _sequences=Counter()), running.db.clock_offset
        try:
            yield lent
        finally:
            running.db.clock_offset = offset
            await (living.end() if lent.is_altered else self._rest(key, living))

    async def close(self) -> None:
        """End every application."""
        while self._resting:
            await self._resting.popitem()[1].end()

    def _keep(self, town_file: Path) -> Path:
        """A copy of a town's file and of those beside it, which go when their test is over; the same for the same texts."""
        beside = town_file.parent
        files = sorted((*beside.glob("*.toml"), *beside.glob("procedures/*.toml")))
        texts = {str(file.relative_to(beside)): file.read_bytes() for file in files}
        folder = self._towns / hashlib.sha256(repr(texts).encode()).hexdigest()
        folder.mkdir(exist_ok=True)
        for name, text in texts.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(text)
        return folder / town_file.name

    async def _rest(self, key: str, living: Living) -> None:
        twin = self._resting.pop(key, None)
        self._resting[key] = living
        if twin is not None:
            await twin.end()
        while len(self._resting) > KEPT_MAX:
            await self._resting.pop(next(iter(self._resting))).end()
