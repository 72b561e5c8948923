"""The town of each guide, one after the other: its processes on the suite's servers, filled as `make up` fills it, on a clock that was
moved to a Wednesday morning."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime

import pytest

from contracts.types import SERVICES
from deploy.local.child import ROOT
from deploy.local.kafka import KafkaServer
from deploy.local.stack import CLOCK, Stack, StackPlan
from tests.e2e.conftest import PARIS, last_words
from tests.e2e.towns.town import GuideTown
from tests.support.databases import Postgres
from tests.support.towns import GUIDES


@pytest.fixture(scope="session", params=sorted(GUIDES.values()))
def town(
    request: pytest.FixtureRequest,
    postgres: Postgres,
    kafka: KafkaServer,
    town_now: datetime,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[GuideTown]:
    """The running town of a guide, of every guide unless a test names some."""
    offset = {CLOCK: str(int((town_now - datetime.now(PARIS)).total_seconds()))}
    plan = StackPlan(
        state_dir=tmp_path_factory.mktemp(request.param),
        town=request.param,
        extra_env=dict.fromkeys((*SERVICES, "gateway"), offset),
        database_url=postgres.server.admin_dsn,
        kafka_bootstrap=kafka.bootstrap,
        prefix=f"{request.param}_",
    )
    with Stack(plan) as running:
        seeded = subprocess.run(
            [sys.executable, "-m", "tools.seed"],
            env={**os.environ, **running.tool_env()},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert seeded.returncode == 0, seeded.stderr[-2000:]
        failed_before = request.session.testsfailed
        yield GuideTown(request.param, running, town_now.date())
        if request.session.testsfailed > failed_before:
            print(last_words(running))
