"""An operator's look between services, on the whole portal: all holds, and a violation planted in any of four places is said."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from contracts.booking.events import BookingConfirmed
from tools.chaos.evidence import Evidence
from tools.chaos.scene import Scene
from tools.chaos.town import Connection
from tools.invariants.__main__ import command

pytestmark = pytest.mark.anyio

ONCE, TWICE = ["--again-after", "0"], ["--again-after", "5"]

# Where a violation is planted, how, and what takes it away again.
PLANTED = {
    "I3": (
        "billing",
        "update charges set correction = 100 where charge_id = (select charge_id from charges where correction = 0 limit 1)",
        "update charges set correction = 0 where correction = 100",
    ),
    "I9": (
        "notifications",
        "update activities set label = label || '.' where activity_id = (select activity_id from activities limit 1)",
        "update activities set label = rtrim(label, '.')",
    ),
}


@pytest.fixture
def journal(evidence: Evidence, tmp_path: Path) -> Path:
    """What the payment provider took."""
    paid = [operation for operation in evidence.operations if operation["result"] in ("P", "V")]
    assert paid
    file = tmp_path / "journal.csv"
    file.write_text("operation,cents\n" + "".join(f"{item['id_op']},{item['montant']}\n" for item in paid))
    return file


@pytest.fixture(autouse=True)
def variables(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that an operator's command gets."""
    for name, value in scene.town.stack.tool_env().items():
        monkeypatch.setenv(name, value)


@asynccontextmanager
async def planted(connection: Connection, act: str, undoing: str) -> AsyncIterator[None]:
    """Rows that are wrong until the block ends."""
    assert not (await connection.execute(act)).endswith(" 0")
    try:
        yield
    finally:
        await connection.execute(undoing)


def output_lines(capsys: pytest.CaptureFixture[str], scene: Scene) -> list[str]:
    """What the tool says, but of the poison that faults of other tests left in topics: it was published and never emitted, indeed."""
    lines = capsys.readouterr().out.splitlines()
    return [line for line in lines if not (scene.poison and " poison-" in line)]


async def test_a_quiet_portal_violates_nothing(
    scene: Scene, journal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    metric = tmp_path / "invariants.prom"
    code = await command(["--journal", str(journal), "--textfile", str(metric), *TWICE])
    is_clean = not scene.poison
    assert output_lines(capsys, scene) == ["I3 holds", *(["I5 holds"] if is_clean else []), "I8 holds", "I9 holds"]
    assert code == (0 if is_clean else 1)
    assert all(f'invariant_violations{{invariant="{code}"}} 0' in metric.read_text() for code in ("I3", "I8", "I9"))


@pytest.mark.parametrize("code", PLANTED)
async def test_a_wrong_row_is_said(
    scene: Scene, evidence: Evidence, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    service, act, undoing = PLANTED[code]
    async with planted(evidence.databases[service], act, undoing):
        assert await command(ONCE) == 1
    lines = output_lines(capsys, scene)
    violations = [line for line in lines if not line.endswith(" holds") and " not compared: " not in line]
    assert {line[:2] for line in violations} == {code}, violations


async def test_an_event_that_nobody_applied_is_said(evidence: Evidence, capsys: pytest.CaptureFixture[str]) -> None:
    billing = evidence.databases["billing"]
    row = await billing.fetchrow(
        "delete from inbox where event_id = (select event_id from inbox where topic = $1 limit 1) returning *",
        BookingConfirmed.topic,
    )
    try:
        assert await command(ONCE) == 1
    finally:
        await billing.execute("insert into inbox values ($1, $2, $3)", *row)
    assert f"I5 billing never applied {row['event_id']} of {BookingConfirmed.topic}" in capsys.readouterr().out


def add_operation(journal: Path) -> None:
    """The provider took something that nobody else knows of."""
    journal.write_text(journal.read_text() + "lost,100\n")


async def test_a_payment_that_the_provider_alone_knows_is_said(
    journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_operation(journal)
    assert await command(["--journal", str(journal), *ONCE]) == 1
    assert "I8 operation lost is paid at the provider alone" in capsys.readouterr().out
