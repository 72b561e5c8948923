"""Rounds of a measure: sides take turns, ratios are summed up by their median, and what is fast and wrong does not count."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tools.bench.harness import Goal, InvariantBroken, Outcome, Round, Setting, Side, Sides, run_rounds
from tools.bench.rate import at_rate, quantile
from tools.bench.results import ResultFile, Summary, table

pytestmark = pytest.mark.anyio

SPEED = Goal("speed", "1/s", is_more_better=True, release=0.25, product=0.5)
WAIT = Goal("p99", "ms", is_more_better=False, release=5.0, product=None)
LIMIT = Goal("p99", "ms", is_more_better=False, release=250.0, product=100.0, is_absolute=True)


class Race:
    """Two sides that note when they run; ours breaks an invariant in the rounds that are named."""

    def __init__(self, broken_rounds: Sequence[int] = ()) -> None:
        self.turns: list[str] = []
        self._broken_rounds = broken_rounds
        self._round = 0

    async def ours(self) -> Outcome:
        """Half as fast as the peer."""
        self.turns.append("ours")
        return Outcome({"speed": 50.0, "p99": 12.0})

    async def peer(self) -> Outcome:
        self.turns.append("peer")
        return Outcome({"speed": 100.0, "p99": 4.0})

    async def check(self) -> None:
        """Fail where it was asked for."""
        self.turns.append("check")
        self._round += 1
        if self._round in self._broken_rounds:
            raise InvariantBroken("51 of 50 places sold")


class Example:
    """A scenario for the table."""

    id = "P0"
    title = "An example"
    goals = (SPEED, WAIT, LIMIT)

    def prepare(self, setting: Setting) -> AbstractAsyncContextManager[Sides]:
        """Nothing runs here."""
        raise AssertionError(f"an example is not prepared: {setting}")


def measured(number: int, ours: float, peer: float) -> Round:
    """A round in which both figures have these values."""
    return Round(
        number, Side.OURS, 0.5, Outcome({"speed": ours, "p99": ours}), Outcome({"speed": peer, "p99": peer}, {"n": 1})
    )


async def test_the_sides_take_turns_and_the_order_is_swapped_each_round() -> None:
    race = Race()
    rounds = await run_rounds(race, 3, lambda: 0.5, lambda _round: None)
    turn, swapped = ["ours", "peer", "check"], ["peer", "ours", "check"]
    assert race.turns == [*turn, *swapped, *turn]
    assert [(done.number, done.first) for done in rounds] == [(1, Side.OURS), (2, Side.PEER), (3, Side.OURS)]
    assert {done.value(SPEED) for done in rounds} == {0.5}  # whoever went first, ours stays ours


async def test_a_broken_invariant_stops_the_run_and_its_round_is_not_kept() -> None:
    race, kept = Race(broken_rounds=[2]), list[Round]()
    with pytest.raises(InvariantBroken, match="51 of 50"):
        await run_rounds(race, 4, lambda: 0.5, kept.append)
    assert [done.number for done in kept] == [1]
    assert race.turns.count("check") == 2


async def test_the_same_run_goes_to_its_end_when_nothing_breaks() -> None:
    race, kept = Race(), list[Round]()
    await run_rounds(race, 4, lambda: 0.5, kept.append)
    assert [done.number for done in kept] == [1, 2, 3, 4]


def test_a_run_is_judged_by_the_median_of_its_ratios() -> None:
    rounds = [measured(1, 10, 100), measured(2, 90, 100), measured(3, 30, 1000)]
    summary = Summary.of(SPEED, rounds)
    assert (summary.median, summary.low, summary.high) == (0.1, 0.03, 0.9)
    assert (summary.ours, summary.peer) == (30, 100)  # whose own ratio, 0.3, says nothing of any round


@pytest.mark.parametrize(("goal", "met", "missed"), [(SPEED, 0.25, 0.249), (WAIT, 5.0, 5.01), (LIMIT, 250.0, 250.1)])
def test_a_target_is_met_at_its_value_and_missed_beyond(goal: Goal, met: float, missed: float) -> None:
    assert goal.judge(met, goal.release) is True
    assert goal.judge(missed, goal.release) is False
    assert goal.judge(met, None) is None


def test_the_table_has_a_line_for_each_goal_with_both_verdicts() -> None:
    rows = table([(Example(), [measured(1, 40, 100), measured(2, 30, 100), measured(3, 50, 100)])]).splitlines()
    assert [" ".join(row.split()) for row in rows[1:]] == [
        "P0 speed 40 1/s 100 1/s 0.4 (0.3-0.5) >= 0.25 met >= 0.5 not met",
        "P0 p99 40 ms 100 ms 0.4 (0.3-0.5) <= 5 met -",
        "P0 p99 40 ms 100 ms 40 (30-50) <= 250 ms met <= 100 ms met",
    ]


def test_raw_results_are_lines_of_json_with_the_host_first(tmp_path: Path) -> None:
    file = ResultFile(tmp_path, Example(), datetime(2026, 11, 21, 18, 30, tzinfo=UTC))
    file.keep(measured(1, 40, 100))
    assert file.path.name == "2026-11-21T1830-P0.jsonl"
    host, round_one = map(json.loads, file.path.read_text().splitlines())
    assert {"cores", "memory_gb", "kernel", "python", "postgresql", "kafka", "commit", "load_average"} <= host.keys()
    assert (round_one["ours"]["figures"]["speed"], round_one["peer"]["details"]) == (40, {"n": 1})
    assert round_one["load_average"] == 0.5


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.001, 1)])
def test_a_quantile_is_one_of_the_values(share: float, expected: int) -> None:
    assert quantile([*range(100, 0, -1)], share) == expected


async def test_work_begins_at_its_rate_even_while_earlier_work_goes_on() -> None:
    under_way, all_began = [0], asyncio.Event()

    async def work() -> int:
        under_way[0] += 1
        if under_way[0] == 5:
            all_began.set()
        await all_began.wait()  # for ever, if each waited for the one before it
        return under_way[0]

    began = asyncio.get_running_loop().time()
    async with asyncio.timeout(10):
        assert await at_rate([work] * 5, 100) == [5] * 5
    assert asyncio.get_running_loop().time() - began >= 0.039  # the clock of the loop counts milliseconds
