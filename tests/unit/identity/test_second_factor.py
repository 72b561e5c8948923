"""The codes of an application, what is typed of them, and where a second factor stands among the steps of a session."""

from base64 import b32encode
from dataclasses import replace
from datetime import UTC, datetime
from math import log2
from uuid import uuid4

import pytest

from chassis.comparing import close_up
from contracts.types import AccountStatus, ActorKind, SessionStage, SignInMeans, Strength
from services.identity.accounts.domain import AccountRecord
from services.identity.adapters.totp import accepted_step
from services.identity.second_factor.domain import FactorUse, generate_recovery_code, read_code
from services.identity.sessions.domain import SecondStep, SignedIn, StrongMeans

RFC_SECRET = b32encode(b"12345678901234567890").decode()
NOW = datetime(2026, 9, 2, 9, 0, tzinfo=UTC)
AGENT = AccountRecord(
    account_id=uuid4(),
    kind=ActorKind.AGENT,
    step=AccountStatus.ACTIVE,
    is_disabled=False,
    email="agent@ville.example",
    username="agent",
    password_hash="hash",
    password_expires_at=None,
    created_at=NOW,
    last_sign_in_at=None,
)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238, appendix B, by the last six digits."""
    assert accepted_step(RFC_SECRET, code, datetime.fromtimestamp(seconds, UTC), 0) == seconds // 30


@pytest.mark.parametrize(
    ("late_seconds", "last_used_step", "is_accepted"),
    [
        (0, 0, True),
        (-30, 0, True),
        (30, 0, True),
        (-61, 0, False),
        (60, 0, False),
        (0, 37037036, False),
        (0, 37037035, True),
    ],
)
def test_a_code_counts_for_a_step_around_its_own_and_once(
    late_seconds: int, last_used_step: int, is_accepted: bool
) -> None:
    """The code of step 37037036, which begins at 1111111080."""
    at = datetime.fromtimestamp(1111111080 + late_seconds, UTC)
    assert (accepted_step(RFC_SECRET, "081804", at, last_used_step) is not None) == is_accepted


@pytest.mark.parametrize(
    ("typed", "code", "is_of_application"),
    [
        (" 123 456 ", "123456", True),
        ("123\u00a0456", "123456", True),
        ("12345", "12345", False),
        ("١٢٣٤٥٦", "١٢٣٤٥٦", False),
        ("K7WP-X3MH 9tqa–c5rz", "k7wpx3mh9tqac5rz", False),
    ],
)
def test_spaces_dashes_and_case_do_not_count(typed: str, code: str, is_of_application: bool) -> None:
    read = read_code("/code", typed)
    assert read
    assert (read.code, read.is_of_application) == (code, is_of_application)


def test_nothing_typed_is_no_code() -> None:
    assert read_code("/code", " - ") is None


def test_a_recovery_code_is_read_as_it_was_made() -> None:
    code = generate_recovery_code(lambda signs: signs[-1])
    assert code == "9999-9999-9999-9999"
    read = read_code("/code", code.upper())
    assert read
    assert read.code == close_up(code)


@pytest.mark.parametrize(
    ("use", "has_one", "is_taken", "stage"),
    [
        (FactorUse.OFF, False, False, SessionStage.READY),
        (FactorUse.OFF, True, False, SessionStage.READY),
        (FactorUse.OPTIONAL, False, False, SessionStage.READY),
        (FactorUse.OPTIONAL, True, False, SessionStage.ENTER_SECOND_FACTOR),
        (FactorUse.OPTIONAL, True, True, SessionStage.READY),
        (FactorUse.REQUIRED, False, False, SessionStage.ENROLL_SECOND_FACTOR),
        (FactorUse.REQUIRED, True, False, SessionStage.ENTER_SECOND_FACTOR),
        (FactorUse.REQUIRED, True, True, SessionStage.READY),
    ],
)
def test_the_second_step_stands_where_the_town_wants_it(
    use: FactorUse, has_one: bool, is_taken: bool, stage: SessionStage
) -> None:
    session = SignedIn(
        uuid4(),
        b"hash",
        AGENT,
        SignInMeans.PASSWORD,
        has_accepted_terms=False,
        previous_sign_in_at=None,
        opened_at=NOW,
        seen_at=NOW,
        ends_at=NOW,
        expires_at=NOW,
        factor_use=use,
        has_second_factor=has_one,
        second_step=SecondStep(StrongMeans.TOTP, NOW) if is_taken else None,
    )
    assert session.stage is stage
    assert session.strength is (Strength.STRONG if is_taken else Strength.BASIC)
    invited = replace(session, account=replace(AGENT, step=AccountStatus.ACTIVATED))
    is_first = stage is SessionStage.ENTER_SECOND_FACTOR
    assert invited.stage is (stage if is_first else SessionStage.CHOOSE_CREDENTIALS), "a device before new credentials"


def test_a_recovery_code_has_79_bits_and_every_sign_is_chosen() -> None:
    asked: list[str] = []

    def choose(signs: str) -> str:
        asked.append(signs)
        return signs[-1]

    code = generate_recovery_code(choose)
    assert len(code.replace("-", "")) == len(asked)
    assert len(set(asked[0])) == len(asked[0]), "each as likely as another"
    assert int(sum(log2(len(signs)) for signs in asked)) == 79
