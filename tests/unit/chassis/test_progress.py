"""Progress is a place that is settled for the first time; a batch that comes again and again is none, however busy it keeps."""

from hypothesis import given
from hypothesis import strategies as st

from chassis.events.progress import Progress


def test_a_batch_that_comes_again_is_no_progress() -> None:
    progress = Progress()
    for _ in range(3):
        for offset in (7, 8):
            progress.settle(0, offset)
    assert progress.settled == 2
    progress.pass_by(0, 8)
    progress.settle(0, 7)
    progress.settle(0, 9)
    assert progress.settled == 3


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 20)), max_size=60),
    st.lists(st.integers(0, 60), max_size=5),
)
def test_every_place_counts_once_whatever_the_order(places: list[tuple[int, int]], passes: list[int]) -> None:
    progress, seen, passed = Progress(), set[tuple[int, int]](), dict[int, int]()
    for number, (partition, offset) in enumerate(places):
        before = progress.settled
        progress.settle(partition, offset)
        is_new = (partition, offset) not in seen and offset > passed.get(partition, -1)
        assert progress.settled == before + is_new
        seen.add((partition, offset))
        if number in passes:
            progress.pass_by(partition, offset)
            passed[partition] = max(offset, passed.get(partition, -1))
