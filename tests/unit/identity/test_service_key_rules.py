"""What a service key looks like, what is taken for one, and who may enter one."""

import secrets
from datetime import UTC, datetime
from random import Random
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.service_keys.domain import (
    DIGITS,
    KEY,
    LETTERS,
    ServiceKeyRecord,
    TownService,
    TypedKey,
    check_entry,
    generate_key,
    normal_key,
    read_keys,
)

GUIDE = "23456-B7J8K2"
NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
SERVICES = {"enfance": TownService("enfance", "Clé Espace Citoyens Enfance", is_prefilled=True)}


@pytest.mark.parametrize(
    "typed", [GUIDE, "23456b7j8k2", " 23456 - b7j8k2 ", "23456–B7J8K2", "23456\u00a0B7J8K2", "2345 6B7 J8K2"]
)
def test_a_key_is_understood_however_it_is_typed(typed: str) -> None:
    """S3-18: the key of the guide, as a person copies it."""
    assert normal_key(typed) == GUIDE


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "23456",
        "23456-B7J8K",
        "23456-B7J8K22",
        "2345-B7J8K2",
        "2345A-B7J8K2",
        "23450-B7J8K2",
        "23456-B7J8KO",
        "23456-I7J8K2",
        "23456-L7J8K2",
        "٢٣٤٥٦-B7J8K2",
        "23456_B7J8K2",
    ],
)
def test_what_is_no_key_is_none(typed: str) -> None:
    assert normal_key(typed) is None


@given(st.randoms(use_true_random=False))
def test_every_key_that_is_made_has_the_form_and_no_doubtful_sign(random: Random) -> None:
    key = generate_key(random.choice)
    digits, _, signs = key.partition("-")
    assert (len(digits), len(signs)) == (5, 6)
    assert set(digits) <= set(DIGITS)
    assert set(signs) <= set(LETTERS + DIGITS)
    assert not set(key) & set("01ILO")
    assert normal_key(key.lower()) == key


def test_keys_are_too_many_to_be_tried() -> None:
    """At 25 tries in a day, a key of one's own town of a million is guessed once in thirty thousand years."""
    assert len(DIGITS) ** 5 * len(DIGITS + LETTERS) ** 6 > 25 * 365 * 1_000_000 * 3_000
    assert len({generate_key(secrets.choice) for _ in range(1_000)}) == 1_000
    assert KEY.groups == 2


def test_rows_are_read_by_their_place_and_empty_ones_left_out() -> None:
    keys, refusals = read_keys([("enfance", ""), ("enfance", GUIDE), ("enfance", "x"), ("sport", GUIDE)], SERVICES)
    assert keys == [TypedKey("/keys/1/key", "enfance", GUIDE)]
    assert [(refusal.pointer, refusal.code) for refusal in refusals] == [
        ("/keys/2/key", "service_key_malformed"),
        ("/keys/3/key", "service_unknown"),
    ]


def test_a_key_is_of_one_account_and_one_service_and_dies() -> None:
    """S3-11"""
    owner = uuid4()
    stored = ServiceKeyRecord(uuid4(), owner, "enfance", b"", None, NOW, None, None)
    dead = ServiceKeyRecord(uuid4(), owner, "enfance", b"", None, NOW, NOW, NOW)
    typed = TypedKey("/keys/0/key", "enfance", GUIDE)
    answers = [
        check_entry(typed, stored, owner),
        check_entry(typed, None, owner),
        check_entry(TypedKey("/keys/0/key", "action_sociale", GUIDE), stored, owner),
        check_entry(typed, stored, uuid4()),
        check_entry(typed, dead, owner),
        check_entry(typed, dead, uuid4()),
    ]
    assert [answer.code if answer else None for answer in answers] == [
        None,
        "service_key_unknown",
        "service_key_unknown",
        "service_key_of_another",
        "service_key_replaced",
        "service_key_of_another",
    ]
