"""The whole portal for the end-to-end tests: every process, on the suite's PostgreSQL and Kafka, in a town on a Wednesday.

The town's clock is moved to six o'clock of the next Wednesday morning, so that a day can be booked, attended and
invoiced in one walk; the wall clock of the processes is left alone.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, sync_playwright

from contracts.types import SERVICES
from deploy.local.kafka import KafkaServer
from deploy.local.stack import Stack, StackPlan
from tests.e2e.browser import launch
from tests.e2e.spans import SpanCollector, collecting
from tests.e2e.stages import MODES, WalkAt, Walks
from tests.support.databases import Postgres

WEDNESDAY = 2
PARIS = ZoneInfo("Europe/Paris")
LAST_LINES = 8


def wednesday_morning() -> datetime:
    """Six o'clock on the next Wednesday, in the town."""
    now = datetime.now(PARIS)
    day = now.date() + timedelta(days=(WEDNESDAY - now.weekday()) % 7 or 7)
    return datetime.combine(day, time(6), tzinfo=PARIS)


def last_words(stack: Stack) -> str:
    """The end of each process's log without its request lines: what a failed walk is understood from."""
    words = []
    for log in sorted(stack.logs.glob("*.log")):
        lines = [line for line in log.read_text(errors="replace").splitlines() if '"event": "request"' not in line]
        words += [f"== {log.name}", *lines[-LAST_LINES:]]
    return "\n".join(words)


@pytest.fixture(scope="session")
def town_now() -> datetime:
    """The town's instant when the stack started."""
    return wednesday_morning()


@pytest.fixture(scope="session")
def span_collector() -> Iterator[SpanCollector]:
    """Where every process of the stack exports its spans."""
    with collecting() as collector:
        yield collector


@pytest.fixture(scope="session")
def stack(
    request: pytest.FixtureRequest,
    span_collector: SpanCollector,
    postgres: Postgres,
    kafka: KafkaServer,
    town_now: datetime,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stack]:
    """The running portal of the demonstration town, with its seed."""
    offset = int((town_now - datetime.now(PARIS)).total_seconds())
    plan = StackPlan(
        state_dir=tmp_path_factory.mktemp("stack"),
        extra_env={
            name: {**span_collector.environment, "CLOCK_OFFSET_SECONDS": str(offset)} for name in (*SERVICES, "gateway")
        },
        database_url=postgres.server.admin_dsn,
        kafka_bootstrap=kafka.bootstrap,
        prefix="e2e_",
    )
    with Stack(plan) as running:
        seeded = subprocess.run(
            [sys.executable, "-m", "tools.seed"],
            env={**os.environ, **running.tool_env()},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert seeded.returncode == 0, seeded.stderr[-2000:]
        failed_before = request.session.testsfailed
        yield running
        if request.session.testsfailed > failed_before:
            print(last_words(running))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser, closed with the module: while it is open no other event loop can run in this thread."""
    with sync_playwright() as playwright:
        opened = launch(playwright)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def families(stack: Stack, browser: Browser, town_now: datetime) -> Iterator[Walks]:
    """Two families, each walking in its own way."""
    walks = Walks(stack, browser, town_now)
    yield walks
    walks.close()


@pytest.fixture
def walks(request: pytest.FixtureRequest, families: Walks) -> Iterator[Walks]:
    """The families, for a test that moves both: when it fails, nobody knows where they are."""
    failed_before = request.session.testsfailed
    yield families
    if request.session.testsfailed > failed_before:
        families.lost.update(MODES)


@pytest.fixture
def walk_at(walks: Walks, mode: str) -> WalkAt:
    """A family of this mode at a stage."""
    return lambda stage: walks.at(mode, stage)
