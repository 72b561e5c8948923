"""Accounts: what a household's file changes, generated user names, and which names and addresses are the same."""

import secrets
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.types import AccountStatus, ActorKind
from services.identity.accounts.domain import (
    AccountOpening,
    AccountRecord,
    Change,
    Invitee,
    email_key,
    follow_file,
    generate_username,
    username_key,
)

NOBODY: frozenset[UUID] = frozenset()


def account(
    guardian_id: UUID, *, step: AccountStatus = AccountStatus.ACTIVE, is_disabled: bool = False
) -> AccountRecord:
    return AccountRecord(
        account_id=uuid4(),
        guardian_id=guardian_id,
        kind=ActorKind.PARENT,
        step=step,
        is_disabled=is_disabled,
        email="old@famille.example",
        username="testeur12345",
        password_hash="hash",
        password_expires_at=None,
        created_at=datetime(2026, 9, 1, tzinfo=UTC),
        last_sign_in_at=None,
    )


def invitee(email: str = "new@famille.example") -> Invitee:
    return Invitee(uuid4(), email, "Testeur", revision=1)


def test_a_new_guardian_gets_an_account() -> None:
    person = invitee()
    assert follow_file([person], NOBODY, {}) == [AccountOpening(person)]


def test_an_account_in_line_with_the_file_is_left_alone() -> None:
    person = invitee(" OLD@famille.example ")
    assert follow_file([person], NOBODY, {person.guardian_id: account(person.guardian_id)}) == []


@pytest.mark.parametrize(
    ("step", "is_invited_again"),
    [
        (AccountStatus.INVITED, True),
        (AccountStatus.ACTIVATED, True),
        (AccountStatus.ACTIVE, False),
    ],
)
def test_an_account_follows_the_address_of_the_file(step: AccountStatus, is_invited_again: bool) -> None:
    person = invitee()
    existing = account(person.guardian_id, step=step)
    (change,) = follow_file([person], NOBODY, {person.guardian_id: existing})
    assert change == Change(existing, person.email, is_disabled=False, is_invited_again=is_invited_again)


def test_an_account_that_nobody_invites_any_longer_is_disabled_once() -> None:
    gone = account(uuid4())
    assert gone.guardian_id is not None
    accounts = {gone.guardian_id: gone}
    (change,) = follow_file([], frozenset(accounts), accounts)
    assert change == Change(gone, gone.email, is_disabled=True, is_invited_again=False)
    disabled = account(gone.guardian_id, is_disabled=True)
    assert follow_file([], frozenset(accounts), {gone.guardian_id: disabled}) == []


def test_a_disabled_account_comes_back_as_far_as_it_was() -> None:
    person = invitee("old@famille.example")
    existing = account(person.guardian_id, is_disabled=True)
    (change,) = follow_file([person], NOBODY, {person.guardian_id: existing})
    assert change == Change(existing, existing.email, is_disabled=False, is_invited_again=False)


def test_a_guardian_unknown_to_everybody_leaves_no_trace() -> None:
    assert follow_file([], frozenset({uuid4()}), {}) == []


@pytest.mark.parametrize(
    ("last_name", "stem"),
    [
        ("Testeur", "testeur"),
        ("Lefèvre-Saint-Aubin", "lefevresaint"),
        ("D’Été", "dete"),
        ("Ñandú Œuf", "nanduuf"),
        ("王", "famille"),
        ("", "famille"),
    ],
)
def test_a_generated_name_is_the_surname_and_five_digits(last_name: str, stem: str) -> None:
    assert generate_username(last_name, lambda _letters: "7") == stem + "77777"


@given(last_name=st.text(max_size=80))
def test_a_generated_name_is_always_its_own_key(last_name: str) -> None:
    name = generate_username(last_name, secrets.choice)
    assert name == username_key(name)
    assert name.isascii()
    assert name.isalnum()
    assert 6 <= len(name) <= 17


@pytest.mark.parametrize(
    ("one", "other"), [("Éric", "eric"), ("ERIC", "eric"), (" eric ", "eric"), ("Straße", "STRASSE")]
)
def test_case_and_accents_make_no_other_user_name(one: str, other: str) -> None:
    assert username_key(one) == username_key(other)


@given(name=st.text(max_size=60))
def test_a_key_has_itself_as_key(name: str) -> None:
    assert username_key(username_key(name)) == username_key(name)


def test_an_accent_does_make_another_address() -> None:
    assert email_key(" Eric@Famille.example ") == email_key("eric@famille.example")
    assert email_key("éric@famille.example") != email_key("eric@famille.example")
