"""The stack with real servers and the two simulators: what it starts it stops, what dies it starts again, and a second run
continues with the same data."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx2
import pytest

from deploy.local.child import LauncherError, port_is_free, wait_until
from deploy.local.kafka import KafkaServer
from deploy.local.postgres import SERVICES
from deploy.local.stack import Stack, StackPlan, module_of
from tests.support.databases import Postgres

PARTS = ("mail", "payfip")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    plan = StackPlan(tmp_path_factory.mktemp("state"), parts=PARTS, extra_env={"mail": {"LOG_FORMAT": "console"}})
    with Stack(plan) as running:
        yield running


def query(dsn: str, statement: str) -> object:
    async def run() -> object:
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(run())


def is_ready(stack: Stack, name: str) -> bool:
    try:
        return httpx2.get(f"{stack.url(name)}/health/ready").status_code == 200
    except httpx2.TransportError:
        return False


def test_everything_that_was_asked_for_answers(stack: Stack) -> None:
    assert set(stack.processes) == set(PARTS)
    assert all(is_ready(stack, name) for name in PARTS)
    assert {query(stack.dsn(service), "select current_user") for service in SERVICES} == set(SERVICES)


def test_a_killed_process_is_started_again(stack: Stack) -> None:
    stack.kill("mail")
    assert not is_ready(stack, "mail")
    assert wait_until(lambda: stack.watch() is None and is_ready(stack, "mail"), 20)


def test_a_killed_server_is_started_again_with_its_data(stack: Stack) -> None:
    query(stack.dsn("booking"), "create table kept (n int)")
    stack.kill("postgres")

    def answers() -> bool:
        stack.watch()
        try:
            return query(stack.dsn("booking"), "select count(*) from kept") == 0
        except (OSError, asyncpg.PostgresError):
            return False

    assert wait_until(answers, 20)


def test_a_process_that_is_stopped_stays_stopped_until_it_is_restarted(stack: Stack) -> None:
    stack.stop_one("payfip")
    assert stack.processes["payfip"].exit_code == 0
    stack.watch()
    assert not is_ready(stack, "payfip")
    stack.restart("payfip")
    assert is_ready(stack, "payfip")


def test_a_stopped_broker_is_restarted_on_demand(stack: Stack) -> None:
    stack.stop_one("kafka")
    assert port_is_free(stack.ports["kafka"])
    stack.restart("kafka")
    assert stack.kafka is not None
    assert stack.kafka.is_running()


def test_extra_variables_reach_the_process_that_they_are_meant_for(stack: Stack) -> None:
    assert stack.env("mail")["LOG_FORMAT"] == "console"
    assert stack.env("payfip")["LOG_FORMAT"] == "json"


def test_each_service_is_told_its_own_database_alone(stack: Stack) -> None:
    assert stack.env("billing")["DATABASE_URL"] == stack.dsn("billing")
    assert stack.env("billing")["PAYFIP_URL"] == stack.url("payfip")
    assert "DATABASE_URL" not in stack.env("gateway")
    assert stack.env("gateway")["BOOKING_URL"] == stack.url("booking")


def test_a_second_run_continues_on_the_data_of_servers_that_are_not_its_own(
    postgres: Postgres, kafka: KafkaServer, tmp_path: Path
) -> None:
    plan = StackPlan(
        tmp_path,
        parts=("mail",),
        database_url=postgres.server.admin_dsn,
        kafka_bootstrap=kafka.bootstrap,
        prefix="stack_",
    )
    with Stack(plan) as first:
        assert (first.postgres, first.kafka) == (None, None)
        query(first.dsn("family"), "create table kept (n int)")
        assert first.env("family")["TOPIC_PREFIX"] == "stack_"
    assert port_is_free(first.ports["mail"])
    with Stack(plan) as second:
        assert query(second.dsn("family"), "select count(*) from kept") == 0
    assert (second.logs / "previous" / "mail.log").exists()


def test_a_start_that_fails_names_the_culprit_and_leaves_nothing_running(
    postgres: Postgres, kafka: KafkaServer, tmp_path: Path
) -> None:
    plan = StackPlan(
        tmp_path,
        parts=PARTS,
        database_url=postgres.server.admin_dsn,
        kafka_bootstrap=kafka.bootstrap,
        prefix="broken_",
        extra_env={"mail": {"SMTP_PORT": "no number"}},
    )
    stack = Stack(plan)
    with pytest.raises(LauncherError, match=r"mail ended while starting \(exit code 1; its log .*mail\.log"):
        stack.start()
    assert not any(process.is_running() for process in stack.processes.values())


def test_data_of_another_schema_is_refused_before_any_service_starts(
    postgres: Postgres, kafka: KafkaServer, tmp_path: Path
) -> None:
    plan = StackPlan(
        tmp_path,
        parts=("mail", "family"),
        database_url=postgres.server.admin_dsn,
        kafka_bootstrap=kafka.bootstrap,
        prefix="older_",
    )
    with Stack(plan) as first:
        changed = query(first.dsn("family"), "update schema_migrations set checksum = 'older' returning name")
        assert str(changed).startswith("data/")
    second = Stack(plan)
    with pytest.raises(
        LauncherError, match=r"another schema \(.*data/.* differs\): `make reset` forgets it"
    ) as refusal:
        second.start()
    assert "\n" not in str(refusal.value)
    assert "family" not in second.processes
    assert not any(process.is_running() for process in second.processes.values())


def test_a_replica_runs_the_module_of_its_service() -> None:
    assert module_of("booking-2") == "services.booking"
    plan = StackPlan(Path("/nowhere"), replicas={"booking": 2}, extra_env={"booking": {"A": "1"}})
    stack = Stack(plan)
    stack._dsns = {"booking": "postgresql://booking@db/booking"}
    first, second = stack.env("booking"), stack.env("booking-2")
    assert {name for name in first if first[name] != second[name]} == {"HTTP_PORT"}
