"""The command that replaces a town's copy of the national address base: from the files as they are published, or not at all."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from tests.component.family.addressing import SAMPLE
from tests.support.databases import Postgres
from tests.support.services import DEMO_TOWN
from tools.addresses.__main__ import command
from tools.operating import OperatorError

pytestmark = pytest.mark.anyio

COUNT_SQL = "select count(*) from base_addresses"


@pytest.fixture
async def family(
    postgres: Postgres, secrets_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """The database of a family service, whose variables are those of this process."""
    address = await postgres.create("family")
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setenv("SECRETS_DIR", str(secrets_dir))
    monkeypatch.setenv("TOWN_FILE", str(DEMO_TOWN))
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    monkeypatch.setenv("DOCUMENT_STORE", tmp_path.as_uri())
    connection = await asyncpg.connect(address)
    yield connection
    await connection.close()
    await postgres.drop(address)


async def test_a_copy_is_loaded_again_and_stays_where_a_file_is_broken(
    family: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [await command([str(SAMPLE)]) for _ in range(2)] == [0, 0]
    assert "157 addresses of 9 streets" in capsys.readouterr().out
    broken = tmp_path / "adresses.csv.gz"
    broken.write_bytes(b"\x1f\x8b and no more")
    for paths in ([str(SAMPLE), str(broken)], [str(tmp_path / "missing.csv")]):
        with pytest.raises(OperatorError, match="the former copy stays"):
            await command(paths)
    assert await family.fetchval(COUNT_SQL) == 157
