"""What looks at a subscription amount to: when it is called stuck, lagging or out of its group, and when it is not."""

from pathlib import Path
from typing import Any

import pytest

from chassis.events.consumer_watch import Sample, Watchdog
from chassis.settings import ServiceSettings

STUCK_SECONDS = 60.0
SETTINGS = ServiceSettings(
    http_port=1,
    town_file=Path("town.toml"),
    secrets_dir=Path("secrets"),
    portal_url="http://localhost",
    database_url="postgresql://nowhere",
    kafka_bootstrap_servers="127.0.0.1:1",
    consumer_stuck_seconds=STUCK_SECONDS,
    consumer_lag_max=100,
)
WELL: dict[str, Any] = {"is_member": True, "partitions": 1, "lag": 0, "settled": 0, "can_work": True}


def standing(*looks: dict[str, Any], every_seconds: float = 5.0) -> Watchdog:
    """The standing after looks at equal distances."""
    result = Watchdog(SETTINGS)
    for number, look in enumerate(looks):
        result.note(Sample(at=1000 + number * every_seconds, **{**WELL, **look}))
    return result


@pytest.mark.parametrize(
    ("looks", "state", "is_wrong"),
    [
        ([{}] * 20, "following", False),
        ([{"partitions": 0}] * 20, "idle", False),
        ([{"is_member": False, "partitions": 0}] * 5, "joining", False),
        ([{"is_member": False, "partitions": 0}] * 20, "unassigned", True),
        ([{"lag": 3}] * 5, "following", False),
        ([{"lag": 3}] * 20, "stuck", True),
        ([{"lag": 3, "settled": n} for n in range(20)], "following", False),
        ([{"lag": 3}] * 20 + [{"lag": 2, "settled": 1}], "following", False),
        ([{"lag": 50 * n, "settled": n} for n in range(20)], "lagging", True),
        ([{"lag": 5000 - n, "settled": n} for n in range(20)], "following", False),
        ([{"lag": n, "settled": n} for n in range(20)], "following", False),
        ([{"lag": 3, "can_work": False}] * 20, "waiting", True),
        ([{"lag": 3, "can_work": False}] * 20 + [{"lag": 3}] * 2, "following", False),
        ([{"is_member": False, "lag": None}] * 20, "unknown", True),
        ([{"is_member": False, "lag": None}] * 20 + [{"is_member": False}] * 2, "joining", False),
    ],
)
def test_the_state_of_a_subscription(looks: list[dict[str, Any]], state: str, is_wrong: bool) -> None:
    judged, reason = standing(*looks).judge()
    assert (judged, reason is not None) == (state, is_wrong)


def test_only_time_without_progress_and_with_everybody_there_counts_as_stuck() -> None:
    assert standing(*[{"lag": 3}] * 13).stuck_seconds == 60
    assert standing(*[{"lag": 3}] * 13, {"lag": 3, "can_work": False}).stuck_seconds == 0
    assert standing(*[{"lag": 3}] * 13, {"lag": None}).stuck_seconds == 0
    assert standing(*[{"is_member": False}] * 13).stuck_seconds == 60


def test_a_process_that_was_suspended_begins_to_count_anew() -> None:
    assert standing(*[{"lag": 3}] * 3, every_seconds=45.0).stuck_seconds == 0
    assert standing(*[{"lag": 3}] * 3, every_seconds=20.0).stuck_seconds == 40
