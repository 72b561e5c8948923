"""Poison in a real process on a real broker: it is put aside after delayed attempts and nothing waits behind it; and what
operators then do about it."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import MessageSizeTooLargeError
from aiokafka.structs import TopicPartition

from chassis.events.applying import ATTEMPTS_MAX, RETRY_PAUSE_SECONDS
from contracts.event import Envelope
from contracts.family.events import HouseholdCreated, HouseholdState
from deploy.local.kafka import KafkaServer
from tests.component.tools.town import FAMILY_NAME, MEGABYTES, NOW, TOPIC, Town, household, new_town
from tests.support.databases import Postgres
from tests.support.polling import eventually
from tests.support.processes import run_tool, running_process
from tools.dead_letters.__main__ import command
from tools.operating import OperatorError

pytestmark = pytest.mark.anyio

RETRIES_SECONDS = RETRY_PAUSE_SECONDS * (2 ** (ATTEMPTS_MAX - 1) - 1)

# The handler of this household always fails, as with a bug or a constraint that nobody thought of.
REFUSE_SQL = """
create function refuse_household() returns trigger language plpgsql as $$
begin
    if new.household_id = '{0}' then raise exception 'no place for {0}'; end if;
    return new;
end
$$;
create trigger refuse_household before insert on households for each row execute function refuse_household();
"""


# How long after the effect of one record another one was given up.
WAITED_SQL = """
select extract(epoch from letter.failed_at - effect.applied_at)
from dead_letters letter, inbox effect where letter.key = $1 and effect.event_id = $2
"""

ADD_LETTER_SQL = """
insert into dead_letters (event_key, topic, partition, record_offset, key, cause, attempt_count)
values ($1::text || '/0/' || $2::bigint, $1, 0, $2, $3, 'KeyError', 4)
"""

Operate = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture(scope="module")
async def poison() -> dict[str, HouseholdState]:
    """Households whose records cannot be applied, each for a reason of its own, and two that can."""
    return {name: household() for name in ("bad_json", "unknown", "other_major", "impossible", "behind", "elsewhere")}


@pytest.fixture(scope="module")
async def town(
    postgres: Postgres,
    kafka: KafkaServer,
    secrets_dir: Path,
    poison: dict[str, HouseholdState],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Town]:
    """A town whose booking service consumes in a process of its own. It finds the poison when it starts."""
    async with new_town(postgres, kafka, secrets_dir) as town:
        await town.db.execute(REFUSE_SQL.format(poison["impossible"].household_id))
        await town.publish(poison["bad_json"], payload=f'{{"last_name": "{FAMILY_NAME}"'.encode())
        await town.publish(poison["unknown"], event_type="family.household_vanished.v1")
        await town.publish(poison["other_major"], event_type="family.household_state.v9")
        await town.publish(poison["impossible"])
        await town.publish(poison["behind"])
        await town.publish(poison["elsewhere"], partition=1)
        variables = {**town.environment, "PORTAL_URL": "http://localhost", "ROLES": "consumer"}
        log = tmp_path_factory.mktemp("town") / "booking.log"
        async with running_process("services.booking", log, variables):
            yield town


@pytest.fixture
async def admin(kafka: KafkaServer) -> AsyncIterator[AIOKafkaAdminClient]:
    """An administrator of the broker."""
    client = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await client.start()
    yield client
    await client.close()


@pytest.fixture
def operate(town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Operate:
    """Runs a command in this process; its exit code, and what it said."""
    for name, value in town.environment.items():
        monkeypatch.setenv(name, value)

    async def run(*words: str) -> tuple[int, str]:
        code = await command(["booking", *words])
        return code, capsys.readouterr().out

    return run


async def test_what_stands_behind_poison_does_not_wait_for_its_retries(
    town: Town, poison: dict[str, HouseholdState]
) -> None:
    await eventually(lambda: _rest(town, 4), 20)
    causes = {key: cause.split()[0] for key, cause in (await town.causes()).items()}
    assert {name: causes.get(state.key) for name, state in poison.items()} == {
        "bad_json": "ValidationError",
        "unknown": "UnknownEvent",
        "other_major": "UnknownEvent",
        "impossible": "RaiseError",
        "behind": None,
        "elsewhere": None,
    }
    assert await town.has(poison["elsewhere"].household_id)
    behind = town.published[poison["behind"].key]
    waited = await town.db.fetchval(WAITED_SQL, poison["impossible"].key, behind.event_id)
    assert waited >= RETRIES_SECONDS


async def test_an_impossible_record_is_driven_again_once_its_cause_is_mended(
    town: Town, poison: dict[str, HouseholdState], operate: Operate
) -> None:
    await eventually(lambda: _rest(town, 4), 20)
    code, listed = await run_tool(town.environment, "tools.dead_letters", "booking", "list", "--cause", "raiseerror")
    assert (code, listed.count("\n")) == (0, 2)
    place, *columns = listed.splitlines()[1].split()[:4]
    assert columns == [poison["impossible"].key, "family.household_state.v1", str(ATTEMPTS_MAX)]
    assert await operate("redrive", place) == (1, f"{place}: failed again: RaiseError\n")

    await town.db.execute("drop trigger refuse_household on households")
    both = await asyncio.gather(*(operate("redrive", place, "--by", name) for name in ("ada", "bea")))
    lines = "".join(output for _, output in both).splitlines()
    assert sorted(line.split(": ")[1] for line in lines) == ["already resolved", "applied"]
    assert await town.has(poison["impossible"].household_id)
    code, output = await operate("--json", "redrive", "--all")
    assert (code, {json.loads(line)["outcome"] for line in output.splitlines()}) == (1, {"failed again"})
    _, output = await operate("--json", "list", "--status", "resolved")
    resolved = json.loads(output)
    assert (resolved["resolution"], resolved["attempt_count"]) == ("applied", ATTEMPTS_MAX + 1)
    assert resolved["resolved_by"] in ("ada", "bea")
    assert await operate("redrive", place) == (0, f"{place}: already resolved: applied by {resolved['resolved_by']}\n")


async def test_what_a_record_holds_is_shown_only_when_asked_for(town: Town, operate: Operate) -> None:
    place = f"{TOPIC}/2/0"
    state = household()
    await town.publish(state, partition=2, payload=f'{{"last_name": "{FAMILY_NAME}"'.encode())
    await eventually(lambda: _rests(town, state.key), 20)
    code, output = await operate("show", place)
    assert (code, "ValidationError" in output, "ce_sequence: 1" in output, FAMILY_NAME in output) == (
        0,
        True,
        True,
        False,
    )
    assert FAMILY_NAME in (await operate("show", place, "--with-content"))[1]
    assert await operate("discard", place, "--reason", "a test", "--by", "ada") == (0, f"{place}: discarded\n")
    assert await operate("list", "--key", state.key) == (0, "no dead letter\n")
    assert "a test" in (await operate("show", place))[1]
    with pytest.raises(OperatorError, match="resolved before: discarded by ada"):
        await operate("discard", place, "--reason", "again")


async def test_a_record_of_any_bytes_is_listed_shown_and_driven_again(town: Town, operate: Operate) -> None:
    """Its type holds what no text column takes, and its key what no terminal should be sent."""
    name = town.prefix + TOPIC
    headers = [*Envelope(uuid4(), "a\x00b", "/test", TOPIC, "k", 1, NOW, b"{}").headers(), ("ce_\x1b", b"\x00\x1b")]
    sent = await town.producer.send_and_wait(name, b"{}", key=b"\\\x1b[2J", headers=headers, partition=4)
    place, key = f"{TOPIC}/4/{sent.offset}", r"\\\x1b[2J"
    await eventually(lambda: _rests(town, key), 20)
    code, output = await operate("list", "--key", key)
    assert (code, place in output, r"UnknownEvent a\x00b" in output) == (0, True, True)
    code, output = await operate("show", place, "--with-content")
    assert (code, r"\x00\x1b" in output, "\x1b" in output) == (0, True, False)
    assert await operate("redrive", place) == (1, f"{place}: failed again: UnknownEvent a\\x00b\n")
    assert await operate("discard", place, "--reason", "a test", "--by", "ada") == (0, f"{place}: discarded\n")


async def test_a_record_of_five_megabytes_blocks_nobody(
    town: Town, admin: AIOKafkaAdminClient, operate: Operate
) -> None:
    """A topic refuses it, unless it compresses well or somebody raised the limit: then it is read, and put aside."""
    noise = b"{" + random.Random(1).randbytes(5 * MEGABYTES)
    with pytest.raises(MessageSizeTooLargeError):
        await town.publish(household(), partition=3, payload=noise)
    topic = ConfigResource(ConfigResourceType.TOPIC, town.prefix + TOPIC, {"max.message.bytes": str(6 * MEGABYTES)})
    await admin.alter_configs([topic])
    large, behind = household(), household()

    async def is_taken() -> bool:
        try:
            await town.publish(large, partition=3, payload=noise)
        except MessageSizeTooLargeError:  # the broker has not heard of its new limit yet
            return False
        return True

    await eventually(is_taken, 20)
    await town.publish(behind, partition=3)
    await eventually(lambda: town.has(behind.household_id), 20)
    await _rests(town, large.key)
    code, output = await operate("show", f"{TOPIC}/3/0")
    assert (code, f"bytes: {len(noise)}" in output) == (0, True)


async def test_a_record_that_its_topic_forgot_is_told_as_gone(
    town: Town, admin: AIOKafkaAdminClient, operate: Operate
) -> None:
    fact = HouseholdCreated(household_id=uuid4(), created_at=NOW)
    await town.publish(fact)
    await town.publish(fact)
    await admin.delete_records({TopicPartition(town.prefix + fact.topic, 0): RecordsToDelete(before_offset=1)})
    for offset, key in enumerate((fact.key, str(uuid4()), fact.key)):
        await town.db.execute(ADD_LETTER_SQL, fact.topic, offset, key)
    code, output = await operate("redrive", "--all", "--topic", fact.topic)
    assert code == 1
    first, second, third = output.splitlines()
    assert first.startswith(f"{fact.topic}/0/0: gone: the retention of its topic removed it; discard it")
    assert "another record stands at its place" in second
    assert "its topic ends before it" in third
    assert "removed it" in (await operate("show", f"{fact.topic}/0/0"))[1]


async def _rest(town: Town, count: int) -> bool:
    return len(await town.causes()) >= count


async def _rests(town: Town, key: str) -> bool:
    return key in await town.causes()
