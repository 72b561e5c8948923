"""Token buckets: never more than was promised, never less, and no memory of whoever stayed away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import limits
from gateway.limits import FILLING_SECONDS, Buckets

SIZE = 60
PAUSES = st.lists(st.floats(0, 90, allow_nan=False), min_size=1, max_size=200)


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_a_minute_s_worth_passes_at_once_and_then_one_a_second() -> None:
    clock = Clock()
    buckets = Buckets(SIZE, clock)
    assert [buckets.take("a") for _ in range(SIZE)] == [0.0] * SIZE
    assert buckets.take("a") == pytest.approx(1.0)
    clock.seconds += 0.75
    assert buckets.take("a") == pytest.approx(0.25), "who is refused loses nothing by asking"
    clock.seconds += 0.25
    assert [buckets.take("a"), buckets.take("b")] == [0.0, 0.0]
    assert buckets.take("a") > 0


@given(PAUSES)
def test_what_passes_stays_within_size_and_rate(pauses: list[float]) -> None:
    clock = Clock()
    buckets = Buckets(SIZE, clock)
    passed = []
    for pause in pauses:
        clock.seconds += pause
        wait = buckets.take("a")
        if wait == 0.0:
            passed.append(clock.seconds)
        else:
            clock.seconds += wait + 1e-6
            assert buckets.take("a") == 0.0, "after the time it was told, it passes"
            passed.append(clock.seconds)
    for first, began in enumerate(passed):
        for last in range(first, len(passed)):
            most = SIZE + (passed[last] - began) * SIZE / FILLING_SECONDS
            assert last - first + 1 <= most + 1e-6


def test_whoever_stays_away_is_forgotten_and_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BUCKETS_MAX", 10)
    clock = Clock()
    buckets = Buckets(1, clock)
    for number in range(100):
        buckets.take(str(number))
    assert len(buckets) == 10
    assert buckets.take("99") > 0, "the latest are remembered"
    clock.seconds += FILLING_SECONDS
    buckets.take("new")
    assert len(buckets) == 1
