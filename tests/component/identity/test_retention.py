"""What the identity service keeps for a while only: each table has a row whose time is over and one whose time is not, and loses the first."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import pytest

from services.identity.retention import commands
from tests.component.identity.agents import created
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

AT_ONCE: Final = timedelta()
MINUTE: Final = timedelta(minutes=1)

ROWS: Final[Mapping[str, tuple[timedelta, str]]] = {
    "sessions": (
        AT_ONCE,
        """insert into sessions (token_hash, session_id, account_id, means, browser, opened_at, seen_at, ends_at, expires_at)
           values (decode(md5($1::timestamptz::text), 'hex'), gen_random_uuid(), $2, 'password', '', $1, $1, $1, $1)""",
    ),
    "invitations": (
        timedelta(days=90),
        """insert into invitations (invitation_id, account_id, purpose, reason, requested_at, is_asked_by_holder, expires_at, replaced_at)
           values (gen_random_uuid(), $2, 'invitation', 'asked', $1, false, $1, $1)""",
    ),
    "service_keys": (
        timedelta(days=90),
        """insert into service_keys (service_key_id, account_id, service, key_hash, issued_at, replaced_at)
           values (gen_random_uuid(), $2, 'enfance', decode(md5($1::timestamptz::text), 'hex'), $1, $1)""",
    ),
    "known_browsers": (timedelta(days=400), "insert into known_browsers values ($2, $1::timestamptz::text, $1, $1)"),
    "agent_changes": (
        timedelta(days=90),
        """insert into agent_changes (change_id, account_id, made_from, first_name, last_name, service, roles, sites, has_every_site,
                                      is_disabled, is_roles_return, asked_by, asked_at, expires_at, outcome)
           values (gen_random_uuid(), $2, '', '', '', '', '{}', '{}', false, false, false, $2, $1, $1, 'expired')""",
    ),
    "invitation_runs": (
        timedelta(days=30),
        """insert into invitation_runs (run_id, label, choice, status, created_at, created_by)
           values (gen_random_uuid(), '', 'file', 'proposed', $1, $2)""",
    ),
    "provider_authorizations": (
        AT_ONCE,
        """insert into provider_authorizations (authorization_id, provider, state_hash, nonce_hash, browser_hash, next_path, is_silent,
                                                  requested_at, expires_at)
           select gen_random_uuid(), 'agents', hash, hash, hash, '/', false, $1, $1 from decode(md5($1::timestamptz::text), 'hex') hash""",
    ),
    "provider_logouts": (
        AT_ONCE,
        "insert into provider_logouts values (decode(md5($1::timestamptz::text), 'hex'), $1)",
    ),
    "provider_ends": (AT_ONCE, "insert into provider_ends values (decode(md5($1::timestamptz::text), 'hex'), $1, $1)"),
    "passkey_challenges": (
        AT_ONCE,
        "insert into passkey_challenges values (decode(md5($1::timestamptz::text), 'hex'), 'proof', '', $1)",
    ),
    "throttles": (timedelta(days=1), "insert into throttles values ($1::timestamptz::text, 1, $1, $1)"),
    "source_levels": (AT_ONCE, "insert into source_levels values ($1::timestamptz::text, $1)"),
    "devices": (
        timedelta(days=180),
        "insert into devices values ($2, decode(md5($1::timestamptz::text), 'hex'), $1, 0, $1, $1)",
    ),
}
"""For how long a table keeps a row after an instant, and a statement that makes one of that instant ($1), of an account ($2)."""


async def left(service: RunningService) -> dict[str, int]:
    """How many rows each table has."""
    return {table: await service.db.fetchval(f"select count(*) from {table}") for table in ROWS}


async def test_each_table_keeps_what_it_keeps_for_as_long_as_it_says_and_no_longer(
    service: RunningService,
) -> None:
    agent = (await created(service, Role.SITE))["account_id"]
    before = await left(service)
    now = await service.db.now()
    for kept, statement in ROWS.values():
        for at in (now - kept - MINUTE, now - kept + 5 * MINUTE):
            await service.db.execute(statement, at, *([agent] if "$2" in statement else []))
    assert await left(service) == {table: before[table] + 2 for table in ROWS}, "before the job there are both"
    await service.run_job("purge")
    assert await left(service) == {table: before[table] + 1 for table in ROWS}


async def test_a_change_that_waits_and_a_run_that_goes_on_are_not_forgotten(service: RunningService) -> None:
    agent = (await created(service, Role.SITE))["account_id"]
    long_ago = await service.db.now() - timedelta(days=500)
    for table in ("agent_changes", "invitation_runs"):
        await service.db.execute(ROWS[table][1], long_ago, agent)
    await service.db.execute("update agent_changes set outcome = null")
    await service.db.execute(
        "update invitation_runs set status = 'running', confirmed_at = created_at, confirmed_by = created_by"
    )
    await service.run_job("purge")
    counts = await left(service)
    assert (counts["agent_changes"], counts["invitation_runs"]) == (1, 1)


def test_each_statement_that_removes_by_age_is_tried() -> None:
    statements = [text for name, text in vars(commands).items() if name.startswith("PURGE_") and name.endswith("_SQL")]
    assert {text.split()[2] for text in statements} == set(ROWS)
