"""Activation: what following a link does, and what a temporary password looks like."""

import math
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chassis.refusal import Refusal
from contracts.types import AccountStatus, ActorKind, CredentialPurpose
from services.identity.accounts.domain import AccountRecord
from services.identity.activation.domain import (
    PASSWORD_GROUP_LETTERS,
    PASSWORD_GROUPS,
    READABLE_DIGITS,
    READABLE_LETTERS,
    FollowedLink,
    IssuedInvitation,
    as_made,
    follow_link,
    temporary_password,
)
from services.identity.errors import (
    ActivationLinkExpired,
    ActivationLinkOvertaken,
    ActivationLinkReplaced,
    ActivationLinkUnknown,
    ActivationLinkUsed,
)

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
ACCOUNT = AccountRecord(
    account_id=uuid4(),
    person_ids=(uuid4(),),
    kind=ActorKind.PARENT,
    step=AccountStatus.INVITED,
    is_disabled=False,
    email="dominique@famille.example",
    username="testeur12345",
    password_hash="temporary",
    password_expires_at=NOW + timedelta(days=14),
    created_at=NOW,
    last_sign_in_at=None,
)
INVITATION = IssuedInvitation(
    invitation_id=uuid4(),
    account_id=ACCOUNT.account_id,
    purpose=CredentialPurpose.INVITATION,
    expires_at=NOW + timedelta(days=14),
    temporary_password_hash=None,
    used_at=None,
    replaced_at=None,
)


def test_a_first_link_opens_the_account() -> None:
    following = follow_link(INVITATION, ACCOUNT, NOW)
    assert isinstance(following, FollowedLink)
    assert following.account == replace(ACCOUNT, step=AccountStatus.ACTIVATED)
    assert following.event is not None
    assert not following.is_reset


def test_a_link_sent_again_to_an_open_account_changes_nothing_more() -> None:
    opened = replace(ACCOUNT, step=AccountStatus.ACTIVATED)
    following = follow_link(INVITATION, opened, NOW)
    assert following == FollowedLink(opened, None, is_reset=False)


def test_a_reset_link_installs_the_password_that_was_mailed_with_it() -> None:
    active = replace(ACCOUNT, step=AccountStatus.ACTIVE, password_hash="personal", password_expires_at=None)
    reset = replace(INVITATION, purpose=CredentialPurpose.PASSWORD_RESET, temporary_password_hash="mailed")
    following = follow_link(reset, active, NOW)
    assert isinstance(following, FollowedLink)
    assert following.account.password_hash == "mailed"
    assert following.account.password_expires_at == reset.expires_at
    assert not following.account.has_personal_credentials
    assert following.is_reset


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"used_at": NOW}, ActivationLinkUsed),
        ({"replaced_at": NOW}, ActivationLinkReplaced),
        ({"expires_at": NOW}, ActivationLinkExpired),
        ({"expires_at": NOW, "used_at": NOW}, ActivationLinkUsed),
    ],
)
def test_dead_links_say_why(changes: dict[str, datetime], refusal: type[Refusal]) -> None:
    invitation = replace(INVITATION, **changes)  # type: ignore[arg-type]  # instants all
    assert isinstance(follow_link(invitation, ACCOUNT, NOW), refusal)


def test_a_link_that_no_newer_mail_replaced_says_that_a_password_did() -> None:
    """Whoever was given a password at the counter looked for a newer mail that does not exist."""
    taken_back = replace(INVITATION, replaced_at=NOW)
    opened = replace(ACCOUNT, step=AccountStatus.ACTIVATED)
    assert isinstance(follow_link(taken_back, opened, NOW), ActivationLinkOvertaken)
    assert isinstance(follow_link(replace(taken_back, has_newer=True), opened, NOW), ActivationLinkReplaced)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("WKMP4 htzb7\u2014bprc9", "wkmp4-htzb7-bprc9"),
        ("wkmp4htzb7bprc9", "wkmp4-htzb7-bprc9"),
        ("wkmp4-htzb7-bprc", None),
        ("velo-rouge-42-oui", None),
    ],
)
def test_only_letters_and_digits_of_a_temporary_password_count(typed: str, meant: str | None) -> None:
    assert as_made(typed) == meant


def test_a_link_works_until_its_last_instant() -> None:
    last = INVITATION.expires_at - timedelta(microseconds=1)
    assert isinstance(follow_link(INVITATION, ACCOUNT, last), FollowedLink)


def test_the_link_of_a_closed_account_is_unknown() -> None:
    assert isinstance(follow_link(INVITATION, replace(ACCOUNT, is_disabled=True), NOW), ActivationLinkUnknown)


def test_a_temporary_password_can_be_read_out_and_not_guessed() -> None:
    passwords = {temporary_password(secrets.choice) for _ in range(500)}
    assert len(passwords) == 500
    assert set("".join(passwords)) <= set(READABLE_LETTERS + READABLE_DIGITS + "-")
    assert not set("il1o0") & set(READABLE_LETTERS + READABLE_DIGITS)
    bits = PASSWORD_GROUPS * (
        PASSWORD_GROUP_LETTERS * math.log2(len(READABLE_LETTERS)) + math.log2(len(READABLE_DIGITS))
    )
    assert bits >= 50


@pytest.mark.parametrize("step", [AccountStatus.INVITED, AccountStatus.ACTIVATED, AccountStatus.ACTIVE])
def test_a_link_is_for_a_forgotten_password_once_there_is_one(step: AccountStatus) -> None:
    expected = CredentialPurpose.PASSWORD_RESET if step is AccountStatus.ACTIVE else CredentialPurpose.INVITATION
    assert replace(ACCOUNT, step=step).invited_for is expected
