"""Imports that meet: confirmed twice at once, worked on twice at once, beside the desk, and by a process that is killed. Each household is opened once."""

import asyncio
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from chassis.data.database import Transaction
from services.family.import_work import commands as work_commands
from services.family.imports import commands, store
from services.family.people import store as people
from services.family.settings import FamilyPolicy, FamilyRules
from tests.component.family.desk import Desk
from tests.component.family.importing import Importer, home
from tests.support.locks import as_far_as_it_can, waits_for_a_lock
from tests.support.polling import eventually
from tests.support.processes import running_process
from tests.support.roles import Role, agent_of
from tests.support.services import DEMO_TOWN, RunningService

pytestmark = pytest.mark.anyio

UNLOCKED = " for update"
RULES = FamilyRules(FamilyPolicy())
COUNT = 60
AT_ONCE = 4


@pytest.fixture
def importer(service: RunningService) -> Importer:
    return Importer(service)


def homes(count: int) -> str:
    """The lines of so many households that have nobody in common."""
    return "".join(home(str(number), f"Nom{''.join(chr(97 + int(d)) for d in str(number))}") for number in range(count))


async def worked_in(tx: Transaction) -> work_commands.Turn | None:
    """The job's work in a transaction that has not committed yet."""
    work = work_commands.work.__wrapped__  # type: ignore[attr-defined]  # the command without its transaction
    turn: work_commands.Turn | None = await work(tx, RULES, AT_ONCE)
    return turn


async def opened(importer: Importer) -> Sequence[int]:
    """How many households there are, how many times one was opened, and how many versions of its state were told at most."""
    return (
        await importer.count("households"),
        await importer.count("history where action = 'household_imported'"),
        await importer.service.db.fetchval("select max(sequence) from outbox_keys where topic = 'family.households'"),
    )


async def confirmed_at_once(importer: Importer, *runs: Any) -> list[int]:
    """The answers to agents of whom the second one comes while the first one's transaction is open."""
    confirm = commands.confirm.__wrapped__  # type: ignore[attr-defined]  # the command without its transaction
    async with importer.service.db.transaction() as tx:
        await confirm(tx, agent_of(Role.DIRECTOR), UUID(runs[0]["run_id"]))
        other = asyncio.create_task(importer.confirm(runs[-1]))
        await as_far_as_it_can(importer.service.db, other)
    return [(await other).status_code]


async def test_two_agents_confirm_an_import_once(importer: Importer) -> None:
    run = await importer.proposed(homes(2))
    assert await confirmed_at_once(importer, run) == [200]
    assert await importer.count("history where action = 'household_import_confirmed'") == 1


async def test_without_its_locks_it_would_be_confirmed_twice(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "LOCK_RUN_SQL", store.LOCK_RUN_SQL.replace(UNLOCKED, ""))
    monkeypatch.setattr(people, "TAKE_TURN_SQL", "select person from unnest($1::text[]) person")
    run = await importer.proposed(homes(2))
    await confirmed_at_once(importer, run)
    assert await importer.count("history where action = 'household_import_confirmed'") == 2


async def test_of_two_imports_confirmed_at_once_one_works(importer: Importer) -> None:
    runs = [await importer.proposed(homes(2)), await importer.proposed(homes(3))]
    assert await confirmed_at_once(importer, *runs) == [409]
    assert await importer.count("household_imports where status = 'running'") == 1


async def test_without_turns_the_index_alone_would_stop_the_second(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "TAKE_TURN_SQL", "select person from unnest($1::text[]) person")
    runs = [await importer.proposed(homes(2)), await importer.proposed(homes(3))]
    assert await confirmed_at_once(importer, *runs) == [500]
    assert await importer.count("household_imports where status = 'running'") == 1


async def test_an_import_is_worked_on_by_one_process(importer: Importer) -> None:
    run = await importer.proposed(homes(COUNT // 2))
    await importer.confirm(run)
    async with importer.service.db.transaction() as tx:
        assert await worked_in(tx) is not None
        assert await work_commands.work(importer.service.db, RULES, AT_ONCE) is None
    await asyncio.gather(importer.work(), importer.work())
    assert await opened(importer) == (COUNT // 2, COUNT // 2, 1)
    assert (await importer.read(run["run_id"]))["status"] == "done"


async def test_without_its_lock_two_would_open_the_same(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "TAKE_RUN_SQL", store.TAKE_RUN_SQL.replace(" for update skip locked", ""))
    monkeypatch.setattr(people, "TAKE_TURN_SQL", "select person from unnest($1::text[]) person")
    run = await importer.proposed(homes(AT_ONCE))
    await importer.confirm(run)
    async with importer.service.db.transaction() as tx:
        await worked_in(tx)
        other = asyncio.create_task(work_commands.work(importer.service.db, RULES, AT_ONCE))
        await as_far_as_it_can(importer.service.db, other)
    await other
    assert await importer.count("households") == 2 * AT_ONCE


async def test_the_desk_that_opens_the_same_family_meanwhile_waits_and_is_refused(
    importer: Importer, desk: Desk
) -> None:
    await importer.confirm(await importer.proposed(homes(AT_ONCE)))
    same = {
        "guardian": {"civility": "none", "first_name": "Inès", "last_name": "Noma"},
        "address": {"street": "1 rue Basse", "postal_code": "14000", "city": "Valmont-sur-Orne"},
        "children": [{"first_name": "Léa", "last_name": "Noma", "birth_on": "2018-09-14"}],
    }
    async with importer.service.db.transaction() as tx:
        await worked_in(tx)
        at_the_desk = asyncio.create_task(desk.post(same))
        await as_far_as_it_can(importer.service.db, at_the_desk)
    assert (await at_the_desk).json()["code"] == "household_already_exists"
    assert await importer.count("households") == AT_ONCE


async def test_a_process_that_is_killed_in_a_transaction_loses_nothing_and_repeats_nothing(
    importer: Importer, secrets_dir: Path, tmp_path: Path
) -> None:
    """SIGKILL while it waits for the counter of references, most of its batch decided; another process goes on."""
    db = importer.service.db
    run = await importer.proposed(homes(COUNT))
    await importer.confirm(run)
    environment = {
        "ROLES": "jobs",
        "DATABASE_URL": importer.service.database_url,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "TOWN_FILE": str(DEMO_TOWN),
        "SECRETS_DIR": str(secrets_dir),
        "PORTAL_URL": "http://localhost:8000",
        "DOCUMENT_STORE": (tmp_path / "documents").as_uri(),
    }

    async def goes_on() -> bool:
        """Whether the import is done; what it told others is taken away, or it would wait for that."""
        await db.execute("delete from outbox")
        return str((await importer.read(run["run_id"]))["status"]) == "done"

    async with running_process("services.family", tmp_path / "first", environment) as first:
        await eventually(lambda: importer_has_begun(importer))
        async with db.transaction() as tx:
            await tx.execute("select last_number from household_numbers for update")
            await db.execute("delete from outbox")
            await eventually(lambda: waits_for_a_lock(db))
            first.process.send_signal(signal.SIGKILL)
            await first.process.wait()
    left = await importer.count("households")
    assert 0 < left < COUNT
    async with running_process("services.family", tmp_path / "second", environment):
        await eventually(goes_on, 60)
    assert await opened(importer) == (COUNT, COUNT, 1)
    assert await importer.count("imported_households") == COUNT


async def importer_has_begun(importer: Importer) -> bool:
    return await importer.count("households") > 0
