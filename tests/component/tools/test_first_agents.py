"""The command that creates the first agents of a town: invited, with what takes two persons, once."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from tests.support.databases import Postgres
from tests.support.services import DEMO_TOWN, NO_PROVIDER
from tools.agents.__main__ import command
from tools.operating import OperatorError

pytestmark = pytest.mark.anyio

ALIX = ("a.moreau", "a.moreau@ville.example", "Alix", "Moreau", "Direction des familles", "--role", "director")
AGENTS_SQL = """
select a.username, a.status, g.last_name, g.roles, g.has_every_site, g.roles_lapsed_at,
       exists (select from invitations i where i.account_id = a.account_id) as is_invited,
       (select array_agg(h.actor_kind || ' ' || h.action) from history h where h.subject = a.account_id::text) as acts
from accounts a join agents g using (account_id)
"""


@pytest.fixture
async def identity(
    postgres: Postgres, secrets_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """The database of an identity service, whose variables are those of this process."""
    address = await postgres.create("identity")
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setenv("SECRETS_DIR", str(secrets_dir))
    monkeypatch.setenv("TOWN_FILE", str(DEMO_TOWN))
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    for name, value in NO_PROVIDER.items():
        monkeypatch.setenv(name.upper(), str(value))
    connection = await asyncpg.connect(address)
    yield connection
    await connection.close()
    await postgres.drop(address)


async def test_a_person_who_keeps_accounts_is_created_and_invited_once(
    identity: "asyncpg.Connection[asyncpg.Record]", capsys: pytest.CaptureFixture[str]
) -> None:
    assert [await command(ALIX) for _ in range(2)] == [0, 0]
    assert "created, and invited" in capsys.readouterr().out
    (agent,) = [dict(row) for row in await identity.fetch(AGENTS_SQL)]
    assert agent == {
        "username": "a.moreau",
        "status": "invited",
        "last_name": "Moreau",
        "roles": ["director"],
        "has_every_site": True,
        "roles_lapsed_at": None,
        "is_invited": True,
        "acts": ["system agent_created"],
    }
    assert await identity.fetchval("select count(*) from agent_changes") == 0


async def test_what_the_town_does_not_know_is_refused(identity: "asyncpg.Connection[asyncpg.Record]") -> None:
    with pytest.raises(OperatorError, match="role_unknown"):
        await command((*ALIX[:-1], "mayor"))
    with pytest.raises(OperatorError, match="email"):
        await command((ALIX[0], "nowhere", *ALIX[2:]))
    assert await identity.fetchval("select count(*) from agents") == 0
