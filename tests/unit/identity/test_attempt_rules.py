"""How often somebody may try: failures of an account that slow down, and a source address that leaks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.attempts.domain import (
    ACCOUNT_RULE,
    ADDRESS_BUCKETS,
    TOTAL_RULE,
    UNKNOWN_LOGIN_BUCKETS,
    SourceLevel,
    SourceRule,
    Throttle,
    ThrottleRule,
    login_target,
    reset_source,
    reset_subject,
    sign_in_source,
)

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
SOURCE_RULE = SourceRule(failures_max=30, drain=timedelta(hours=1))
EMPTY = SourceLevel(NOW)


def fail(times: int, *, pause: timedelta = timedelta()) -> Throttle:
    throttle = Throttle(0, NOW, NOW)
    for number in range(times):
        throttle = throttle.after_failure(ACCOUNT_RULE, NOW + pause * number)
    return throttle


@pytest.mark.parametrize(
    ("failures", "wait_seconds"), [(0, 0), (4, 0), (5, 60), (6, 120), (7, 240), (11, 3840), (12, 7200), (500, 7200)]
)
def test_failures_are_free_at_first_and_then_slow_down(failures: int, wait_seconds: int) -> None:
    assert fail(failures).wait_seconds(NOW) == wait_seconds


def test_a_wait_counts_down_in_whole_seconds_rounded_up() -> None:
    throttle = fail(5)
    assert throttle.wait_seconds(NOW + timedelta(seconds=59, milliseconds=1)) == 1
    assert throttle.wait_seconds(NOW + timedelta(seconds=60)) == 0


def test_a_failure_without_a_delay_blocks_nobody_who_began_before_it() -> None:
    assert fail(4).wait_seconds(NOW - timedelta(seconds=1)) == 0
    assert fail(5).wait_seconds(NOW - timedelta(seconds=1)) == 61


def test_failures_are_forgotten_after_a_day_without_one() -> None:
    throttle = fail(12)
    almost = throttle.after_failure(ACCOUNT_RULE, NOW + timedelta(hours=24) - timedelta(seconds=1))
    assert almost.failure_count == 13
    assert throttle.after_failure(ACCOUNT_RULE, NOW + timedelta(hours=24)).failure_count == 1


@pytest.mark.parametrize("rule", [ACCOUNT_RULE, TOTAL_RULE])
@given(pauses=st.lists(st.integers(min_value=0, max_value=7200), min_size=40, max_size=40))
def test_nobody_gets_more_than_25_tries_in_any_24_hours(rule: ThrottleRule, pauses: list[int]) -> None:
    now, throttle, tries = NOW, Throttle(0, NOW, NOW), list[datetime]()
    for pause in pauses:
        now = max(now, throttle.open_at) + timedelta(seconds=pause)
        throttle = throttle.after_failure(rule, now)
        tries.append(now)
    for first, later in zip(tries, tries[25:], strict=False):
        assert later - first >= timedelta(hours=24)


def test_addresses_of_one_network_are_one_subject() -> None:
    assert sign_in_source("2001:db8:1:2::1") == sign_in_source("2001:db8:1:2:ffff::9")
    assert sign_in_source("2001:db8:1:2::1") != sign_in_source("2001:db8:1:3::1")
    assert sign_in_source("::ffff:192.0.2.1") == sign_in_source("192.0.2.1")
    assert sign_in_source("192.0.2.1") != sign_in_source("192.0.2.2")
    assert sign_in_source("") == sign_in_source("not an address")
    assert reset_source("192.0.2.1") != sign_in_source("192.0.2.1")


@given(text=st.text(max_size=80), digest=st.binary(min_size=32, max_size=32))
def test_whatever_is_typed_falls_into_a_bounded_number_of_subjects(text: str, digest: bytes) -> None:
    assert 0 <= int(login_target(digest).subject.removeprefix("login:")) < UNKNOWN_LOGIN_BUCKETS
    assert 0 <= int(sign_in_source(text).removeprefix("sign_in:")) < ADDRESS_BUCKETS
    assert 0 <= int(reset_subject(text).removeprefix("reset:")) < ADDRESS_BUCKETS


def test_a_source_that_is_full_opens_for_one_attempt_at_a_time() -> None:
    level = EMPTY
    for _ in range(30):
        assert level.wait_seconds(SOURCE_RULE, NOW) == 0
        level = level.after_attempt(SOURCE_RULE, NOW)
    assert level.wait_seconds(SOURCE_RULE, NOW) == 120
    assert level.wait_seconds(SOURCE_RULE, NOW + timedelta(seconds=119, milliseconds=1)) == 1
    later = NOW + timedelta(minutes=2)
    assert level.wait_seconds(SOURCE_RULE, later) == 0
    assert level.after_attempt(SOURCE_RULE, later).wait_seconds(SOURCE_RULE, later) == 120


def test_a_crowd_that_mistypes_every_twenty_minutes_never_waits() -> None:
    level, now = EMPTY, NOW
    for _ in range(24 * 3):
        assert level.wait_seconds(SOURCE_RULE, now) == 0
        level = level.after_attempt(SOURCE_RULE, now)
        now += timedelta(minutes=20)


@given(pauses=st.lists(st.integers(min_value=0, max_value=900), min_size=60, max_size=120))
def test_no_source_has_more_failures_than_its_bucket_and_what_leaks(pauses: list[int]) -> None:
    now, level, accepted = NOW, EMPTY, 0
    for pause in pauses:
        now += timedelta(seconds=pause)
        if not level.wait_seconds(SOURCE_RULE, now):
            level, accepted = level.after_attempt(SOURCE_RULE, now), accepted + 1
    assert accepted <= SOURCE_RULE.failures_max + (now - NOW) / SOURCE_RULE.pause
