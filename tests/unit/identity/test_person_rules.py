"""Whom an account stands for: what a household's file changes about that, who acts, and which names and numbers are the same."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from contracts.types import AccountStatus, ActorKind
from services.identity.accounts.domain import AccountRecord
from services.identity.persons.domain import (
    AccountOpening,
    Change,
    Invitee,
    Joining,
    Link,
    acting_person,
    address_of,
    follow_file,
    person_name_key,
    phone_key,
)

ONE, TWO, THREE = UUID(int=1), UUID(int=2), UUID(int=3)
OLD, NEW = "old@famille.example", "new@famille.example"


def account(
    email: str = OLD, *, step: AccountStatus = AccountStatus.ACTIVE, is_disabled: bool = False
) -> AccountRecord:
    return AccountRecord(
        account_id=uuid4(),
        kind=ActorKind.PARENT,
        step=step,
        is_disabled=is_disabled,
        email=email,
        username="testeur12345",
        password_hash="hash",
        password_expires_at=None,
        created_at=datetime(2026, 9, 1, tzinfo=UTC),
        last_sign_in_at=None,
        person_ids=(ONE,),
    )


def invitee(email: str = NEW, revision: int = 1) -> Invitee:
    return Invitee(ONE, email, "Dominique", "Testeur", None, revision)


def linked(known: AccountRecord, email: str = OLD, *, revision: int = 1, is_merged: bool = False) -> Link:
    return Link(ONE, known.account_id, email, revision, is_merged)


def test_an_adult_gets_an_account_or_belongs_to_that_of_their_address() -> None:
    assert follow_file(invitee(), None, None, None, 0) == AccountOpening()
    there = account(NEW)
    assert follow_file(invitee(), None, None, there, 0) == Joining(there)


def test_an_account_in_line_with_the_file_is_left_alone() -> None:
    known = account()
    assert follow_file(invitee(" OLD@famille.example "), linked(known), known, known, 0) is None


@pytest.mark.parametrize(
    ("step", "is_invited_again"),
    [(AccountStatus.INVITED, True), (AccountStatus.ACTIVATED, True), (AccountStatus.ACTIVE, False)],
)
def test_an_account_follows_the_address_of_the_file(step: AccountStatus, is_invited_again: bool) -> None:
    known = account(step=step)
    corrected = Change(NEW, is_invited_again, is_correction=True)
    assert follow_file(invitee(), linked(known), known, None, 0) == corrected
    confirmed = replace(invitee(), is_email_confirmed=True)
    assert follow_file(confirmed, linked(known), known, None, 0) == Change(NEW, is_invited_again)


def test_who_shares_an_account_leaves_it_with_an_address_of_their_own() -> None:
    known = account()
    assert follow_file(invitee(), linked(known), known, None, 1) == AccountOpening()
    there = account(NEW)
    assert follow_file(invitee(), linked(known), known, there, 1) == Joining(there)


def test_an_address_of_less_recent_details_moves_nobody() -> None:
    known = account()
    assert follow_file(invitee(revision=1), linked(known, revision=2), known, known, 0) is None


def test_who_came_by_a_merge_stays_whatever_their_file_says() -> None:
    known = account()
    link = linked(known, "third@famille.example", is_merged=True)
    assert follow_file(invitee(revision=5), link, known, account(NEW), 1) is None
    closed = replace(known, is_disabled=True)
    assert address_of(invitee(), link, closed) == OLD
    assert follow_file(invitee(), link, closed, None, 0) == Change(OLD, is_invited_again=False)


def test_a_closed_account_comes_back_as_far_as_it_was_unless_the_address_is_in_use() -> None:
    known = account(is_disabled=True)
    assert follow_file(invitee(OLD), linked(known), known, None, 0) == Change(OLD, is_invited_again=False)
    there = account(OLD)
    assert follow_file(invitee(OLD), linked(known), known, there, 0) == Joining(there)


def test_nobody_is_chosen_silently() -> None:
    assert acting_person((ONE,), None) == ONE
    assert acting_person((ONE, TWO), None) is None
    assert acting_person((ONE, TWO), TWO) == TWO
    assert acting_person((ONE,), TWO) is None, "who acted left, and the other one says so themself"
    assert acting_person((), None) is None


@pytest.mark.parametrize(
    ("names", "others"),
    [
        (("Jean-Pierre", "Le Goff"), ("jean pierre", "LEGOFF")),
        (("Maëlle", "L’Héritier"), ("Maelle", "Lheritier")),
    ],
)
def test_names_are_compared_close_up(names: tuple[str, str], others: tuple[str, str]) -> None:
    assert person_name_key(*names) == person_name_key(*others)


def test_first_and_last_name_are_not_each_others() -> None:
    assert person_name_key("Martin", "Camille") != person_name_key("Camille", "Martin")


@pytest.mark.parametrize("typed", ["06 12 34 56 78", "+33612345678", "+33 (0)6 12 34 56 78", "0033 6.12.34.56.78"])
def test_telephone_numbers_are_compared_however_they_are_typed(typed: str) -> None:
    assert phone_key(typed) == "0612345678"


@pytest.mark.parametrize("typed", [None, "", "  "])
def test_no_number_is_like_no_other(typed: str | None) -> None:
    assert phone_key(typed) is None
