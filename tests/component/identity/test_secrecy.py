"""No secret in clear: not in the outbox, not in the logs, not in the database."""

import json
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from chassis.telemetry import LOG_FIELDS
from tests.component.identity.walk import PERSONAL_PASSWORD, PERSONAL_USERNAME, Walk, guardian
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

EMAIL = "canari@famille.example"


async def everything_stored(service: RunningService) -> dict[str, str]:
    """Every row of every table as text, by table; bytes also as the text that they may be."""
    tables = await service.db.fetch("select tablename from pg_tables where schemaname = 'public'")
    stored = {}
    for table in tables:
        rows = await service.db.fetch(f'select * from "{table["tablename"]}"')
        values = [value for row in rows for value in row.values()]
        texts = [value.decode(errors="replace") if isinstance(value, bytes) else str(value) for value in values]
        stored[table["tablename"]] = "\n".join(texts)
    return stored


def places_of(secret: str, stored: dict[str, str]) -> Iterator[str]:
    """The tables that hold a secret."""
    return (table for table, text in stored.items() if secret in text)


async def test_no_secret_is_stored_published_or_logged(walk: Walk, service: RunningService) -> None:
    with capture_logs() as logs:
        mailed, first = await walk.activated(guardian(EMAIL, last_name="Canarivore"))
        await walk.sign_in(mailed.username, "essai-rate-12")
        second = (await walk.choose(first)).json()["session_token"]
        end_token = (await walk.terms(second))["end_token"]
        await walk.accept(second)
        ready = await walk.session(second)
        await service.client.post("/password-resets", json={"email": EMAIL})
        reset = await walk.issued()
        await walk.activate(reset.activation_token)
        await walk.sign_in(PERSONAL_USERNAME, reset.temporary_password)
    stored = await everything_stored(service)
    written = json.dumps(logs, default=str, ensure_ascii=False)
    secrets = {
        "temporary password": mailed.temporary_password,
        "activation token": mailed.activation_token,
        "reset password": reset.temporary_password,
        "reset token": reset.activation_token,
        "personal password": PERSONAL_PASSWORD,
        "wrong password": "essai-rate-12",
        "first session": first,
        "second session": second,
        "end of terms": end_token,
        "actor token": ready.actor_token or "",
    }
    assert all(len(secret) >= 12 for secret in secrets.values())
    for name, secret in secrets.items():
        assert not list(places_of(secret, stored)), name
        assert secret not in written, name
    assert mailed.username in stored["accounts"] or PERSONAL_USERNAME in stored["accounts"], "the search finds things"


async def test_logs_name_nobody(walk: Walk, service: RunningService) -> None:
    with capture_logs() as logs:
        mailed = await walk.invited(guardian(EMAIL, last_name="Canarivore"))
        await walk.sign_in(mailed.username, "essai-rate-12")
        await walk.sign_in(EMAIL, "essai-rate-12")
        await walk.sign_in("canarivore-inconnu", "essai-rate-12")
        await walk.activate(mailed.activation_token)
        await walk.signed_in(mailed.username, mailed.temporary_password)
    assert {"sign-in failed", "signed in", "activation link followed"} <= {line["event"] for line in logs}
    written = json.dumps(logs, default=str, ensure_ascii=False).lower()
    assert "canari" not in written
    assert walk.address not in written
    ours = [line for line in logs if line["event"] != "request"]
    assert {name for line in ours for name in line} <= LOG_FIELDS | {"log_level"}
