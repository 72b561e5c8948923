"""The ledger of campaigns: what was injected and missed is counted over runs, and survives a run that was cut short."""

from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest

from tools.chaos.__main__ import Campaign, unfinished_seed
from tools.chaos.campaign import attempt, schedule
from tools.chaos.faults import FAULTS
from tools.chaos.instants import reached
from tools.chaos.ledger import Attempt, Ledger, Round
from tools.chaos.scene import Fault, Scene
from tools.chaos.town import MissedInstant

KILLED = Attempt("kill-broker", "killed kafka")
MISSED = Attempt("kill-job-holder", "missed its instant: nobody waits", is_missed=True)
ALL = list(FAULTS)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """A ledger that nobody wrote in yet."""
    return Ledger(tmp_path / "campaign" / "ledger.jsonl")


def test_rounds_are_counted_over_runs_and_missed_instants_apart(ledger: Ledger, tmp_path: Path) -> None:
    ledger.add("7", Round([KILLED, MISSED, KILLED], quiet_seconds=4.5))
    again = Ledger(tmp_path / "campaign" / "ledger.jsonl")
    again.add("7", Round([KILLED], ["I1 oversold"], 2.0, "evidence/7-3"))
    standing = ledger.standing("7")
    assert (standing.rounds, standing.drawn, standing.injected, standing.missed) == (2, 4, 3, 1)
    assert (standing.slowest_seconds, standing.violations) == (4.5, ["I1 oversold"])
    assert str(standing).startswith("3 faults injected in 2 rounds, 1 missed their instant")


def test_each_campaign_is_counted_alone(ledger: Ledger) -> None:
    ledger.add("7", Round([KILLED]))
    ledger.add("8", Round([KILLED, KILLED]))
    ledger.add("7 kill-broker", Round([KILLED]))
    assert [ledger.standing(name).injected for name in ("7", "8", "7 kill-broker", "9")] == [1, 2, 1, 0]
    ledger.add("7", Round([KILLED]))
    assert list(ledger.standings()) == ["8", "7 kill-broker", "7"]


def test_a_line_that_was_cut_short_is_not_counted_and_spoils_no_other(ledger: Ledger, tmp_path: Path) -> None:
    ledger.add("7", Round([KILLED]))
    file = tmp_path / "campaign" / "ledger.jsonl"
    file.write_bytes(file.read_bytes() + file.read_bytes()[:40])
    assert ledger.standing("7").injected == 1
    ledger.add("7", Round([KILLED, KILLED]))
    assert ledger.standing("7").injected == 3


def test_a_campaign_that_was_interrupted_goes_on_and_one_that_is_through_does_not(ledger: Ledger) -> None:
    ledger.add("7", Round([KILLED, MISSED]))
    assert unfinished_seed(ledger, "", 2) == 7
    assert unfinished_seed(ledger, "", 1) != 7
    assert unfinished_seed(ledger, " kill-broker", 2) != 7
    ledger.add("9 kill-broker", Round([KILLED]))
    assert unfinished_seed(ledger, " kill-broker", 2) == 9
    assert unfinished_seed(ledger, "", 2) == 7


def test_a_campaign_ends_with_its_injections_or_when_too_much_is_missed(ledger: Ledger, tmp_path: Path) -> None:
    campaign = Campaign(tmp_path / "campaign", ALL, 7, 3)
    ledger.add("7", Round([KILLED, MISSED, KILLED]))
    assert not campaign.is_over
    ledger.add("7", Round([KILLED]))
    assert campaign.is_over
    assert not Campaign(tmp_path / "campaign", ALL, 8, 3).is_over
    ledger.add("8", Round([MISSED] * 6))
    assert Campaign(tmp_path / "campaign", ALL, 8, 3).is_over


def test_a_campaign_goes_on_with_the_faults_that_were_not_drawn_yet() -> None:
    faults = list(FAULTS.values())
    whole = [(fault.name, chance.random()) for fault, chance in islice(schedule(faults, 7), 40)]
    rest = [(fault.name, chance.random()) for fault, chance in islice(schedule(faults, 7), 12, 40)]
    assert rest == whole[12:]


@pytest.mark.anyio
async def test_a_fault_that_misses_its_instant_is_no_error_and_any_other_failure_is_one() -> None:
    async def never() -> bool:
        return False

    async def miss(_scene: Scene) -> str:
        await reached(never, 0, "a consumer waits")
        return "killed it"

    async def hit(_scene: Scene) -> str:
        return "killed it"

    async def break_down(_scene: Scene) -> str:
        raise AssertionError("no process")

    scene = Scene(cast("Any", None), cast("Any", None), Random(0))
    missed = await attempt(scene, Fault("a", miss), Random(1))
    assert (missed.is_missed, missed.words) == (True, "missed its instant: not within 0 s: a consumer waits")
    assert await attempt(scene, Fault("b", hit), Random(1)) == Attempt("b", "killed it")
    with pytest.raises(AssertionError):
        await attempt(scene, Fault("c", break_down), Random(1))
    with pytest.raises(MissedInstant):
        await reached(never, 0, "a consumer waits")
