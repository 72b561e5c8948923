"""Eight equal requests at once open one household file, and get eight equal answers."""

from pathlib import Path

import pytest

from tests.component.family.desk import FILE, Desk
from tests.support.databases import Postgres
from tests.support.services import running_service
from tests.support.twins import answers_of, twins

pytestmark = pytest.mark.anyio


async def test_twins_open_one_household(postgres: Postgres, secrets_dir: Path) -> None:
    async with running_service("family", postgres, secrets_dir) as service:
        desk, key = Desk(service), service.key()
        ((status, _),) = answers_of(await twins(lambda: desk.post(FILE, key)))
        assert status == 201
        assert await service.db.fetchval("select count(*) from households") == 1
