"""Comparing trees: who runs beside whom, what counts as a tenth better, and where a tree comes from."""

import subprocess
from importlib import import_module
from pathlib import Path

import pytest

from deploy.local.child import LauncherError
from tools.bench.checkouts import Checkout, checkout
from tools.bench.compare import Duel, Plan, Spread, comparison, run_duels
from tools.bench.driver import SCENARIOS
from tools.bench.harness import Goal, InvariantBroken, Outcome

from .test_bench_rounds import SPEED, WAIT, Example

pytestmark = pytest.mark.anyio


class Tree:
    """A tree that notes its turns, and breaks an invariant in the turn that is named."""

    def __init__(self, name: str, speed: float, turns: list[str], breaks_at: int = 0) -> None:
        self.name = name
        self._speed = speed
        self._turns = turns
        self._breaks_at = breaks_at

    async def turn(self, side: str) -> Outcome:
        self._turns.append(f"{self.name} {side}")
        if sum(turn.startswith(self.name) for turn in self._turns) == self._breaks_at:
            raise InvariantBroken("51 of 50 places sold")
        return Outcome({"speed": self._speed if side == "ours" else 400.0, "p99": 20.0})


def duel(here: float, there: float, peer: float | None = None) -> Duel:
    """A round of which all figures have these values."""
    ours, other = (Outcome({"speed": value, "p99": value}) for value in (here, there))
    return Duel(1, "old", "here", ours, other, None if peer is None else Outcome({"speed": peer}))


async def test_each_rival_runs_right_beside_this_tree_and_the_order_is_swapped() -> None:
    turns, kept = list[str](), list[Duel]()
    here, old, older = Tree("here", 200, turns), Tree("old", 100, turns), Tree("older", 50, turns)
    duels = await run_duels(here, [old, older], Plan(rounds=2), kept.append)
    assert turns[:5] == ["here ours", "old ours", "here ours", "older ours", "here peer"]
    assert turns[5:] == ["old ours", "here ours", "older ours", "here ours", "here peer"]
    assert [(done.number, done.rival, done.first, done.ratio(SPEED)) for done in duels] == [
        (1, "old", "here", 2.0),
        (1, "older", "here", 4.0),
        (2, "old", "old", 2.0),
        (2, "older", "older", 4.0),
    ]
    assert kept == list(duels)
    assert duels[0].ratios_to_peer(SPEED) == (0.5, 0.25)


async def test_without_the_peer_only_the_trees_run() -> None:
    turns = list[str]()
    trees = [Tree(name, 100, turns) for name in ("here", "old")]
    (only,) = await run_duels(trees[0], trees[1:], Plan(rounds=1, has_peer=False), lambda _duel: None)
    assert turns == ["here ours", "old ours"]
    assert only.ratios_to_peer(SPEED) is None


async def test_a_tree_that_breaks_an_invariant_ends_the_comparison() -> None:
    turns, kept = list[str](), list[Duel]()
    trees = [Tree("here", 100, turns), Tree("old", 100, turns, breaks_at=2)]
    with pytest.raises(InvariantBroken):
        await run_duels(trees[0], trees[1:], Plan(rounds=3), kept.append)
    assert [done.number for done in kept] == [1]


@pytest.mark.parametrize(
    ("ratios", "is_more_better", "expected"),
    [
        ([1.05, 1.2, 1.3], True, True),
        ([0.99, 1.2, 1.3], True, False),  # a round says that it gains nothing
        ([1.02, 1.1, 1.3], True, False),  # a tenth, and no more
        ([0.7, 0.8, 0.95], False, True),
        ([0.7, 0.8, 1.01], False, False),
        ([0.95, 0.96, 0.97], False, False),
    ],
)
def test_a_gain_counts_beyond_a_tenth_when_no_round_denies_it(
    ratios: list[float], is_more_better: bool, expected: bool
) -> None:
    spread = Spread.of(ratios)
    assert spread is not None
    assert spread.is_a_tenth_better(is_more_better) is expected


def test_the_table_says_the_medians_the_ratio_and_both_ratios_to_the_peer() -> None:
    duels = [duel(120, 100, 400), duel(150, 100, 400), duel(110, 100, 400)]
    rows = comparison([(Example(), duels)]).splitlines()
    assert " ".join(rows[1].split()) == (
        "P0 speed 120 1/s 100 1/s old 1.200 (1.100-1.500) yes 0.300 (0.275-0.375) 0.250 (0.250-0.250)"
    )
    assert " ".join(rows[2].split()) == "P0 p99 120 ms 100 ms old 1.200 (1.100-1.500) no - -"


def test_nothing_is_divided_by_nothing() -> None:
    assert duel(3, 0).ratio(WAIT) is None
    assert Spread.of([1.0, None]) is None
    late = Goal("p99", "", is_more_better=False, release=None, product=None, is_absolute=True)
    assert "yes" not in comparison([(Example(), [duel(3, 0)])])
    assert duel(3, 0, 0).ratios_to_peer(late) is None


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_drives_another_checkout_knows_where_its_measures_stand(name: str) -> None:
    module, measure = SCENARIOS[name]
    assert getattr(import_module(f"tools.bench.{module}"), measure).id == name


def test_the_folder_of_a_checkout_is_taken_as_it_is(tmp_path: Path) -> None:
    with checkout(str(tmp_path), tmp_path / "unused") as tree:
        assert tree.folder == tmp_path
        assert tree.environment()["PYTHONPATH"] == str(tmp_path)
    assert tmp_path.exists()


def test_a_tree_runs_its_own_modules(tmp_path: Path) -> None:
    (tmp_path / "chassis").mkdir()
    (tmp_path / "chassis" / "__init__.py").write_text("WHERE = 'there'")
    tree = Checkout("other", tmp_path)
    command = [tree.python, "-P", "-c", "import chassis; print(chassis.WHERE)"]
    done = subprocess.run(command, cwd=tree.folder, env=tree.environment(), capture_output=True, text=True, check=True)
    assert done.stdout == "there\n"


def test_what_is_neither_folder_nor_commit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LauncherError), checkout("no-such-commit-anywhere", tmp_path):
        pass
