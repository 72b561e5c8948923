"""What a town asks a proof for, how long one holds, and what a code is judged by."""

from datetime import UTC, datetime, timedelta

import pytest

from chassis.comparing import masked
from contracts.types import ActorKind, StepUp
from services.identity.step_up.domain import (
    CODE_VALIDITY,
    RESEND_AFTER,
    TRIES_MAX,
    MailedCode,
    StepUpRules,
    judge,
    normal_code,
)

NOW = datetime(2026, 9, 2, 8, tzinfo=UTC)
RULES = StepUpRules(frozenset({StepUp.ADDRESS, StepUp.AGENTS, StepUp.EXPORTS}), timedelta(minutes=15))
HASH = b"right"


def code(try_count: int = 0, sent_at: datetime = NOW) -> MailedCode:
    return MailedCode(HASH, sent_at, sent_at + CODE_VALIDITY, try_count)


@pytest.mark.parametrize("kind", [ActorKind.PARENT, ActorKind.AGENT])
def test_a_proof_opens_all_that_concerns_somebody_until_it_ends(kind: ActorKind) -> None:
    concerned = {step_up for step_up in StepUp if kind in step_up.asked_of}
    never = RULES.open_acts(kind, None, NOW)
    assert (never.opened, never.lasts) == (concerned - RULES.asks, None)
    fresh = RULES.open_acts(kind, NOW - timedelta(minutes=14), NOW)
    assert (fresh.opened, fresh.lasts) == (concerned, timedelta(minutes=1))
    assert RULES.open_acts(kind, NOW - timedelta(minutes=15), NOW) == never


def test_what_says_so_is_believed_no_longer_than_it_is_true() -> None:
    minute = timedelta(minutes=1)
    opening = RULES.open_acts(ActorKind.PARENT, NOW - timedelta(minutes=14), NOW)
    assert (opening.shortened(timedelta(minutes=2)), opening.shortened(minute / 2)) == (minute, minute / 2)
    assert RULES.open_acts(ActorKind.PARENT, None, NOW).shortened(minute) == minute


@pytest.mark.parametrize("typed", ["123456", " 123 456 ", "12-34-56", "123\u202f456", "123\u00a0456\n"])
def test_a_code_is_read_as_it_is_pasted(typed: str) -> None:
    assert normal_code(typed) == "123456"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "１２３４５６"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert normal_code(typed) is None


def test_a_code_is_right_once_in_time_and_within_its_tries() -> None:
    assert judge(code(), HASH, NOW) is None
    assert judge(code(TRIES_MAX - 1), HASH, NOW) is None
    refusals = {
        "nobody asked": judge(None, HASH, NOW),
        "late": judge(code(), HASH, NOW + CODE_VALIDITY),
        "spent": judge(code(TRIES_MAX), HASH, NOW),
        "last try": judge(code(TRIES_MAX - 1), b"wrong", NOW),
        "wrong": judge(code(1), b"wrong", NOW),
    }
    assert {name: refusal and (refusal.code, refusal.params) for name, refusal in refusals.items()} == {
        "nobody asked": ("step_up_code_expired", ()),
        "late": ("step_up_code_expired", ()),
        "spent": ("step_up_code_spent", ()),
        "last try": ("step_up_code_spent", ()),
        "wrong": ("step_up_code_wrong", (("count", 3),)),
    }
    assert code().resend_at == NOW + RESEND_AFTER
    assert (code(TRIES_MAX).is_alive(NOW), code().is_alive(NOW + CODE_VALIDITY), code().is_alive(NOW)) == (
        False,
        False,
        True,
    )


def test_an_address_is_known_again_by_its_owner_alone() -> None:
    assert masked("dominique.testeur@famille.example") == "d…@famille.example"
    assert masked("d@famille.example") == "d…@famille.example"
