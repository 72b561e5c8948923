"""Personal credentials: the town's policy at its boundaries, and what nobody should choose."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.types import AccountStatus, ActorKind
from services.identity.accounts.domain import AccountRecord, username_key
from services.identity.credentials.domain import (
    COMMON_PASSWORDS,
    Choice,
    CredentialRules,
    check_choice,
    check_password,
    check_username,
    is_common,
)
from services.identity.settings import CredentialsSection

RULES = CredentialRules(
    length_min=8,
    length_max=128,
    lowercase_min=1,
    uppercase_min=0,
    digit_min=1,
    username_length_min=3,
    is_username_editable=True,
    context_words=("Valmont", "Ville de Valmont-sur-Orne"),
)
ACCOUNT = AccountRecord(
    account_id=uuid4(),
    person_ids=(uuid4(),),
    kind=ActorKind.PARENT,
    step=AccountStatus.ACTIVATED,
    is_disabled=False,
    email="dominique@famille.example",
    username="testeur12345",
    password_hash="hash",
    password_expires_at=None,
    created_at=datetime(2026, 9, 1, tzinfo=UTC),
    last_sign_in_at=None,
)


def code_of(password: str, rules: CredentialRules = RULES, username: str = "dominique") -> str | None:
    refusal = check_password(password, username, rules)
    assert refusal is None or refusal.pointer == "/password"
    return refusal.code if refusal else None


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("velo-42", "password_too_short"),
        ("velos-42", None),
        ("VELOS-42", "password_lowercase"),
        ("vELOS-42", None),
        ("velos-xx", "password_digits"),
        ("velos-x2", None),
        ("", "password_required"),
        ("éèà-ùç42", None),
        ("v2" + "-" * 126, None),
        ("v2" + "-" * 127, "password_too_long"),
    ],
)
def test_the_policy_of_the_demo_town_at_its_boundaries(password: str, code: str | None) -> None:
    assert code_of(password) == code


@pytest.mark.parametrize(
    ("changes", "password", "code"),
    [
        ({"length_min": 12}, "velo-rouge4", "password_too_short"),
        ({"length_min": 12}, "velo-rouge42", None),
        ({"uppercase_min": 2}, "Velo-rouge-42", "password_uppercase"),
        ({"uppercase_min": 2}, "Velo-Rouge-42", None),
        ({"lowercase_min": 0, "digit_min": 0}, "VELO-ROUGE", None),
        ({"digit_min": 3}, "velo-rouge-42", "password_digits"),
    ],
)
def test_the_policy_is_a_setting(changes: dict[str, int], password: str, code: str | None) -> None:
    assert code_of(password, replace(RULES, **changes)) == code  # type: ignore[arg-type]  # integers all


@pytest.mark.parametrize(
    "changes", [{"length_min": 7}, {"length_max": 63}, {"length_max": 129}, {"lowercase_min": -1}, {"digit_min": -1}]
)
def test_no_town_asks_for_less_than_is_safe_or_cuts_what_is_long(changes: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        CredentialsSection(**changes)
    assert CredentialsSection(length_min=8, length_max=64, lowercase_min=0, digit_min=0)


def test_a_refusal_says_how_many() -> None:
    refusal = check_password("velo-42", "dominique", RULES)
    assert refusal is not None
    assert refusal.params == (("min", 8),)


@pytest.mark.parametrize("password", ["Dominique1", "dominique1", "DOMINIQUE1".lower(), "dominiqué1"])
def test_a_password_is_not_the_user_name(password: str) -> None:
    assert code_of(password, username="dominique1") == "password_equals_username"


@pytest.mark.parametrize(
    "password",
    [
        "azerty123",
        "Motdepasse2026!",
        "valmont2026",
        "portailfamille1",
        "Soleil2024",
        "dominique99",
        "ville de valmont-sur-orne1",
    ],
)
def test_what_is_tried_first_is_refused(password: str) -> None:
    assert code_of(password) == "password_too_common"


def test_a_common_word_inside_a_longer_password_is_no_fault() -> None:
    assert not is_common("soleil-sur-le-canal-7", ())


def test_the_list_is_written_as_it_is_compared() -> None:
    assert len([word for word in COMMON_PASSWORDS if len(word) >= 8]) >= 3000, (
        "ASVS 6.2.4, of those that a policy lets pass"
    )
    assert {word for word in COMMON_PASSWORDS if username_key(word) != word} == set()


@pytest.mark.parametrize(
    ("username", "code"),
    [
        ("", "username_required"),
        ("ab", "username_too_short"),
        ("abc", None),
        ("a" * 40, None),
        ("a" * 41, "username_too_long"),
        ("éloïse.b_2-x", None),
        ("dominique@famille.example", "username_characters"),
        ("deux mots", "username_characters"),
        ("<script>", "username_characters"),
    ],
)
def test_user_names(username: str, code: str | None) -> None:
    refusal = check_username(username, ACCOUNT, RULES, is_taken=False)
    assert (refusal.code if refusal else None) == code


def test_a_town_may_keep_the_user_names_that_it_gave() -> None:
    fixed = replace(RULES, is_username_editable=False)
    refusal = check_username("dominique", ACCOUNT, fixed, is_taken=False)
    assert refusal is not None
    assert refusal.code == "username_fixed"
    assert check_username(ACCOUNT.username, ACCOUNT, fixed, is_taken=False) is None


def test_every_field_is_answered_at_once() -> None:
    refusals = check_choice(Choice("x!", "court", "autre"), ACCOUNT, RULES, is_username_taken=True)
    assert [(refusal.pointer, refusal.code) for refusal in refusals] == [
        ("/username", "username_too_short"),
        ("/password", "password_too_short"),
        ("/password_confirmation", "confirmation_mismatch"),
    ]
    refusals = check_choice(Choice("", "", ""), ACCOUNT, RULES, is_username_taken=False)
    assert [refusal.code for refusal in refusals] == [
        "username_required",
        "password_required",
        "confirmation_required",
    ]


@given(username=st.text(max_size=60), password=st.text(max_size=140), confirmation=st.text(max_size=140))
def test_what_is_accepted_keeps_every_rule(username: str, password: str, confirmation: str) -> None:
    if check_choice(Choice(username, password, confirmation), None, RULES, is_username_taken=False):
        return
    assert password == confirmation
    assert 8 <= len(password) <= 128
    assert any(letter.islower() for letter in password)
    assert any(letter.isdigit() for letter in password)
    assert 3 <= len(username) <= 40
