"""Signing in: which account a login names, what a session still asks for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from chassis.refusal import Refusal
from contracts.types import AccountStatus, ActorKind, LoginMode, SessionStage, SignInMeans
from services.identity.accounts.domain import AccountRecord, login_name
from services.identity.errors import AccountDisabled, AccountNotActivated, TemporaryPasswordExpired
from services.identity.sessions.domain import SessionLimits, SignedIn
from services.identity.sign_in.domain import Candidate, account_for_login, admit

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
EMAIL = "dominique@famille.example"
NAME = "testeur12345"

ACCOUNT = AccountRecord(
    account_id=UUID(int=1),
    person_ids=(UUID(int=2),),
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
    agent = replace(ACCOUNT, kind=ActorKind.AGENT, person_ids=())
    assert login_name(agent, LoginMode.EMAIL, is_email_shared=False) == NAME


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
    account = replace(ACCOUNT, kind=kind, step=step)
    session = SignedIn(
        uuid4(), b"hash", account, SignInMeans.PASSWORD, has_accepted, None, *(NOW, NOW, NOW, NOW), account.guardian_id
    )
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
        uuid4(),
        b"hash",
        replace(ACCOUNT, kind=ActorKind.PARENT, step=step),
        SignInMeans.PASSWORD,
        has_accepted,
        None,
        *(NOW, NOW, NOW, NOW),
        guardian_id=ACCOUNT.guardian_id,
        asks_keys=True,
        has_answered_keys=has_answered,
    )
    assert session.stage is stage
    assert session.first_steps == (
        SessionStage.CHOOSE_CREDENTIALS,
        SessionStage.ENTER_KEYS,
        SessionStage.ACCEPT_TERMS,
    )


def test_a_forgotten_password_of_an_open_space_is_one_step() -> None:
    """The page said "Étape 1 sur 3", and the next one was the space."""
    account = replace(ACCOUNT, kind=ActorKind.PARENT, step=AccountStatus.ACTIVATED)
    fresh = SignedIn(uuid4(), b"hash", account, SignInMeans.PASSWORD, True, None, *(NOW, NOW, NOW, NOW), asks_keys=True)
    assert len(fresh.first_steps) == 3, "its keys are still asked for"
    assert replace(fresh, has_answered_keys=True).first_steps == (SessionStage.CHOOSE_CREDENTIALS,)


def test_who_shares_an_account_says_who_acts_before_keys_and_terms() -> None:
    shared = replace(ACCOUNT, step=AccountStatus.ACTIVE, person_ids=(UUID(int=2), UUID(int=3)))
    undecided = SignedIn(
        uuid4(), b"hash", shared, SignInMeans.PASSWORD, False, None, *(NOW, NOW, NOW, NOW), asks_keys=True
    )
    assert undecided.stage is SessionStage.CHOOSE_PERSON
    decided = replace(undecided, guardian_id=UUID(int=3))
    assert decided.stage is SessionStage.ENTER_KEYS
    assert decided.is_shared
    assert SessionStage.CHOOSE_PERSON not in decided.first_steps, "it is asked at each sign-in"
    fresh = replace(undecided, account=replace(shared, step=AccountStatus.ACTIVATED))
    assert fresh.stage is SessionStage.CHOOSE_CREDENTIALS


def test_an_account_that_stands_for_nobody_is_never_ready() -> None:
    nobody = replace(ACCOUNT, step=AccountStatus.ACTIVE, person_ids=())
    session = SignedIn(uuid4(), b"hash", nobody, SignInMeans.PASSWORD, True, None, *(NOW, NOW, NOW, NOW))
    assert session.stage is SessionStage.CHOOSE_PERSON


def test_a_session_ends_idle_or_in_all_whichever_is_first() -> None:
    limits = SessionLimits(idle=timedelta(minutes=30), absolute=timedelta(hours=8))
    ends_at = NOW + limits.absolute
    assert limits.expiry(NOW, ends_at) == NOW + timedelta(minutes=30)
    assert limits.expiry(ends_at - timedelta(minutes=1), ends_at) == ends_at
