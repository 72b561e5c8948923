"""Accounts: generated user names, and which names and addresses are the same."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.accounts.domain import email_key, generate_username, username_key


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
