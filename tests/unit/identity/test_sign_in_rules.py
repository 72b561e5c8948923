"""Signing in: which account a login names, how failures slow down, what a session still asks for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.refusal import Refusal
from contracts.types import AccountStatus, ActorKind, LoginMode, SessionStage
from services.identity.accounts.domain import AccountRecord
from services.identity.errors import AccountDisabled, AccountNotActivated, TemporaryPasswordExpired
from services.identity.sign_in.domain import (
    ACCOUNT_RULE,
    ADDRESS_BUCKETS,
    UNKNOWN_LOGIN_BUCKETS,
    Candidate,
    SessionLimits,
    SignedIn,
    Throttle,
    account_for_login,
    address_subject,
    admit,
    login_name,
    login_subject,
    reset_subject,
)

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
EMAIL = "dominique@famille.example"
NAME = "testeur12345"

ACCOUNT = AccountRecord(
    account_id=UUID(int=1),
    guardian_id=UUID(int=2),
    kind=ActorKind.PARENT,
    step=AccountStatus.ACTIVE,
    is_disabled=False,
    email=EMAIL,
    username=NAME,
    password_hash="hash",
    password_expires_at=None,
    created_at=NOW,
    last_sign_in_at=None,
)


def candidate(kind: ActorKind = ActorKind.PARENT, *, username: str = NAME, is_email_shared: bool = False) -> Candidate:
    return Candidate(uuid4(), kind, username, EMAIL, is_email_shared, "hash")


@pytest.mark.parametrize(
    ("mode", "login", "is_found"),
    [
        (LoginMode.USERNAME, NAME, True),
        (LoginMode.USERNAME, EMAIL, False),
        (LoginMode.EMAIL, NAME, False),
        (LoginMode.EMAIL, EMAIL, True),
        (LoginMode.BOTH, NAME, True),
        (LoginMode.BOTH, EMAIL, True),
        (LoginMode.BOTH, NAME.upper(), True),
        (LoginMode.BOTH, EMAIL.upper(), True),
        (LoginMode.BOTH, "somebody", False),
    ],
)
def test_the_town_decides_what_a_family_signs_in_with(mode: LoginMode, login: str, is_found: bool) -> None:
    assert (account_for_login([candidate()], login, mode) is not None) is is_found


@pytest.mark.parametrize("mode", LoginMode)
@pytest.mark.parametrize("login", [NAME, EMAIL])
def test_an_agent_signs_in_with_either(mode: LoginMode, login: str) -> None:
    assert account_for_login([candidate(ActorKind.AGENT)], login, mode) is not None


@pytest.mark.parametrize("mode", LoginMode)
def test_a_shared_address_names_nobody_and_leaves_the_user_names(mode: LoginMode) -> None:
    one, other = candidate(is_email_shared=True), candidate(username="autre54321", is_email_shared=True)
    assert account_for_login([one, other], EMAIL, mode) is None
    assert account_for_login([one, other], NAME, mode) is one
    assert account_for_login([one], EMAIL, mode) is None


def test_the_mail_tells_what_to_sign_in_with() -> None:
    assert login_name(ACCOUNT, LoginMode.EMAIL, is_email_shared=False) == EMAIL
    assert login_name(ACCOUNT, LoginMode.EMAIL, is_email_shared=True) == NAME
    assert login_name(ACCOUNT, LoginMode.BOTH, is_email_shared=False) == NAME
    agent = replace(ACCOUNT, kind=ActorKind.AGENT, guardian_id=None)
    assert login_name(agent, LoginMode.EMAIL, is_email_shared=False) == NAME


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


@given(pauses=st.lists(st.integers(min_value=0, max_value=7200), min_size=40, max_size=40))
def test_nobody_gets_more_than_25_tries_in_any_24_hours(pauses: list[int]) -> None:
    now, throttle, tries = NOW, Throttle(0, NOW, NOW), list[datetime]()
    for pause in pauses:
        now = max(now, throttle.open_at) + timedelta(seconds=pause)
        throttle = throttle.after_failure(ACCOUNT_RULE, now)
        tries.append(now)
    for first, later in zip(tries, tries[25:], strict=False):
        assert later - first >= timedelta(hours=24)


def test_addresses_of_one_network_are_one_subject() -> None:
    assert address_subject("2001:db8:1:2::1") == address_subject("2001:db8:1:2:ffff::9")
    assert address_subject("2001:db8:1:2::1") != address_subject("2001:db8:1:3::1")
    assert address_subject("::ffff:192.0.2.1") == address_subject("192.0.2.1")
    assert address_subject("192.0.2.1") != address_subject("192.0.2.2")
    assert address_subject("") == address_subject("not an address")
    assert reset_subject("192.0.2.1") != address_subject("192.0.2.1")


@given(text=st.text(max_size=80))
def test_whatever_is_typed_falls_into_a_bounded_number_of_subjects(text: str) -> None:
    assert 0 <= int(login_subject(text).removeprefix("login:")) < UNKNOWN_LOGIN_BUCKETS
    assert 0 <= int(address_subject(text).removeprefix("address:")) < ADDRESS_BUCKETS
    assert 0 <= int(reset_subject(text).removeprefix("reset:")) < ADDRESS_BUCKETS


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({}, None),
        ({"step": AccountStatus.INVITED}, AccountNotActivated),
        ({"step": AccountStatus.ACTIVATED, "password_expires_at": NOW + timedelta(seconds=1)}, None),
        ({"step": AccountStatus.ACTIVATED, "password_expires_at": NOW}, TemporaryPasswordExpired),
        ({"step": AccountStatus.INVITED, "password_expires_at": NOW}, TemporaryPasswordExpired),
        ({"is_disabled": True}, AccountDisabled),
    ],
)
def test_what_stands_against_a_right_password(changes: dict[str, object], refusal: type[Refusal] | None) -> None:
    outcome = admit(replace(ACCOUNT, **changes), NOW)  # type: ignore[arg-type]  # each case names its own fields
    assert (type(outcome) if outcome else None) is refusal


@pytest.mark.parametrize(
    ("kind", "step", "has_accepted", "stage"),
    [
        (ActorKind.PARENT, AccountStatus.ACTIVATED, False, SessionStage.CHOOSE_CREDENTIALS),
        (ActorKind.PARENT, AccountStatus.ACTIVATED, True, SessionStage.CHOOSE_CREDENTIALS),
        (ActorKind.PARENT, AccountStatus.ACTIVE, False, SessionStage.ACCEPT_TERMS),
        (ActorKind.PARENT, AccountStatus.ACTIVE, True, SessionStage.READY),
        (ActorKind.AGENT, AccountStatus.ACTIVATED, False, SessionStage.CHOOSE_CREDENTIALS),
        (ActorKind.AGENT, AccountStatus.ACTIVE, False, SessionStage.READY),
    ],
)
def test_the_steps_come_in_order(kind: ActorKind, step: AccountStatus, has_accepted: bool, stage: SessionStage) -> None:
    session = SignedIn(b"hash", replace(ACCOUNT, kind=kind, step=step), has_accepted, None, NOW, NOW, NOW)
    assert session.stage is stage
    assert SessionStage.ENTER_KEYS not in session.first_steps


@pytest.mark.parametrize(
    ("step", "has_answered", "has_accepted", "stage"),
    [
        (AccountStatus.ACTIVATED, False, False, SessionStage.CHOOSE_CREDENTIALS),
        (AccountStatus.ACTIVE, False, False, SessionStage.ENTER_KEYS),
        (AccountStatus.ACTIVE, False, True, SessionStage.ENTER_KEYS),
        (AccountStatus.ACTIVE, True, False, SessionStage.ACCEPT_TERMS),
        (AccountStatus.ACTIVE, True, True, SessionStage.READY),
    ],
)
def test_a_town_with_services_asks_for_keys_before_the_terms(
    step: AccountStatus, has_answered: bool, has_accepted: bool, stage: SessionStage
) -> None:
    """S3-21"""
    session = SignedIn(
        b"hash",
        replace(ACCOUNT, kind=ActorKind.PARENT, step=step),
        has_accepted,
        None,
        *(NOW, NOW, NOW),
        asks_keys=True,
        has_answered_keys=has_answered,
    )
    assert session.stage is stage
    assert session.first_steps == (
        SessionStage.CHOOSE_CREDENTIALS,
        SessionStage.ENTER_KEYS,
        SessionStage.ACCEPT_TERMS,
    )


def test_a_session_ends_idle_or_in_all_whichever_is_first() -> None:
    limits = SessionLimits(idle=timedelta(minutes=30), absolute=timedelta(hours=8))
    ends_at = NOW + limits.absolute
    assert limits.expiry(NOW, ends_at) == NOW + timedelta(minutes=30)
    assert limits.expiry(ends_at - timedelta(minutes=1), ends_at) == ends_at
