"""When the supervisor starts a dead child again, and when it gives up, on a clock of the test's own."""

from pathlib import Path

import pytest

from deploy.local.child import LauncherError
from deploy.local.processes import Supervisor


class Child:
    """A child that dies when the test says so."""

    def __init__(self, log: Path) -> None:
        self.name = "booking"
        self.log = log
        self.exit_code: int | None = None
        self.launches = 0

    def launch(self) -> None:
        self.launches += 1
        self.exit_code = None


class Watch:
    """A supervisor with one child, driven second by second."""

    def __init__(self, log: Path) -> None:
        self.now = 1000.0
        self.messages: list[str] = []
        self.child = Child(log)
        self.supervisor = Supervisor(self.messages.append, lambda: self.now)
        self.supervisor.add(self.child)

    def die_and_pass(self, seconds: float) -> None:
        self.child.exit_code = 1
        self.supervisor.watch()
        self.now += seconds
        self.supervisor.watch()


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    log = tmp_path / "booking.log"
    log.write_text("first line\nno room left\n")
    return Watch(log)


def test_a_dead_child_is_named_once_with_its_exit_code_and_the_end_of_its_log(watch: Watch) -> None:
    watch.child.exit_code = 3
    watch.supervisor.watch()
    watch.supervisor.watch()
    assert len(watch.messages) == 1
    assert "booking died (exit code 3" in watch.messages[0]
    assert "no room left" in watch.messages[0]


def test_a_child_is_started_again_only_after_its_delay(watch: Watch) -> None:
    watch.die_and_pass(0.4)
    assert watch.child.launches == 0
    watch.now += 0.2
    watch.supervisor.watch()
    assert watch.child.launches == 1


def test_the_second_delay_is_longer(watch: Watch) -> None:
    watch.die_and_pass(0.6)
    watch.die_and_pass(0.6)
    assert watch.child.launches == 1
    watch.now += 0.5
    watch.supervisor.watch()
    assert watch.child.launches == 2


def test_the_third_death_in_a_minute_is_the_last(watch: Watch) -> None:
    watch.die_and_pass(10)
    watch.die_and_pass(10)
    with pytest.raises(LauncherError, match="booking died 3 times in a minute"):
        watch.die_and_pass(10)


def test_deaths_far_apart_are_forgiven(watch: Watch) -> None:
    for _ in range(5):
        watch.die_and_pass(31)
    assert watch.child.launches == 5


def test_a_child_that_is_stopped_on_purpose_stays_stopped(watch: Watch) -> None:
    watch.supervisor.remove("booking")
    watch.die_and_pass(10)
    assert watch.child.launches == 0
    assert watch.messages == []


def test_the_error_under_the_last_traceback_is_what_counts(watch: Watch) -> None:
    watch.child.log.write_text(
        "started\nTraceback (most recent call last):\n  File 'x.py', line 1\nValueError: 2 errors\nport\n  Field required\n"
    )
    watch.child.exit_code = 1
    watch.supervisor.watch()
    assert "ends with: ValueError: 2 errors | port | Field required)" in watch.messages[0]
