"""What a session is: what it is opened with, whose it is, which steps it still asks for, when it ends; and which family of browsers a name says."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Final
from uuid import UUID

from contracts.types import ActorKind, LoginMode, SessionStage, SignInMeans, Strength

from ..accounts.domain import AccountRecord, login_name
from ..agents.domain import AgentRecord
from ..second_factor.domain import FactorUse
from ..step_up.domain import OpenActs

BROWSERS: Final = (
    ("Edge", ("Edg/", "EdgA/", "EdgiOS/", "Edge/")),
    ("Opera", ("OPR/", "OPiOS/", "OPT/")),
    ("Samsung Internet", ("SamsungBrowser/",)),
    ("Firefox", ("Firefox/", "FxiOS/")),
    ("Chrome", ("Chrome/", "CriOS/", "Chromium/")),
    ("Safari", ("Safari/",)),
)
"""Most browsers also claim to be those that follow them here."""
SYSTEMS: Final = (
    ("iPhone", ("iPhone", "iPod")),
    ("iPad", ("iPad",)),
    ("Android", ("Android",)),
    ("ChromeOS", ("CrOS",)),
    ("Windows", ("Windows",)),
    ("macOS", ("Macintosh", "Mac OS X")),
    ("Linux", ("Linux",)),
)


class StrongMeans(StrEnum):
    """What made a sign-in sure: a code of an application, one kept for its loss, a passkey (both steps at once), or what the town's provider asked."""

    TOTP = auto()
    RECOVERY_CODE = auto()
    PASSKEY = auto()
    AGENT_PROVIDER = auto()


@dataclass(frozen=True, slots=True)
class SecondStep:
    """That somebody took a second step besides what they signed in with: what it was, and when."""

    means: StrongMeans
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Opening:
    """What a session is opened with: what was proved, and the family of browsers, None for a tool of the town that is no browser.
    `second_step` was taken already, and `is_proof` of who somebody is unless it was added
    a moment ago."""

    means: SignInMeans
    browser: str | None
    second_step: SecondStep | None = None
    is_proof: bool = True


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that is open, and the account it belongs to. `guardian_id` is the adult who acts, None for an agent and until it was said who does. `factor_use` is what the town wants of a second factor, `means` is what it was opened with, `session_hash` is the stored form of its token; `services` are those that
    the account opened with their keys, if the town has any (`asks_keys`); `open_acts` says which acts need no other proof. It ends at `ends_at`, and at `expires_at` if nothing more is asked. `details_revision`
    is of the details of who acts that the account follows. `must_return`: the word of the town's provider, which opened it, counts no longer."""

    session_id: UUID
    session_hash: bytes
    account: AccountRecord
    means: SignInMeans
    has_accepted_terms: bool
    previous_sign_in_at: datetime | None
    opened_at: datetime
    seen_at: datetime
    ends_at: datetime
    expires_at: datetime
    guardian_id: UUID | None = None
    agent: AgentRecord | None = None
    delegate_name: str | None = None
    is_email_shared: bool = False
    asks_keys: bool = False
    has_answered_keys: bool = False
    services: tuple[str, ...] = ()
    factor_use: FactorUse = FactorUse.OFF
    has_second_factor: bool = False
    second_step: SecondStep | None = None
    open_acts: OpenActs = field(default_factory=OpenActs)
    details_revision: int | None = None
    must_return: bool = False

    @property
    def name(self) -> str | None:
        """What an agent, or whoever only helps families, is called: of a family its files say it. Nothing before the second step."""
        if self.is_half:
            return None
        return self.agent.name if self.agent else self.delegate_name

    @property
    def has_application(self) -> bool:
        """Whether the account has an authenticator application that counts in this town."""
        return self.factor_use is not FactorUse.OFF and self.has_second_factor

    @property
    def is_half(self) -> bool:
        """Whether the second step of the sign-in is still to be taken: until then whoever knows the password knows nothing more."""
        return self.has_application and self.second_step is None

    @property
    def is_shared(self) -> bool:
        """Whether several adults use the account, or one does who did not say yet that they act."""
        is_alone = len(self.account.person_ids) == 1 and self.guardian_id is not None
        return self.account.kind is ActorKind.PARENT and not is_alone

    @property
    def lacks_second_factor(self) -> bool:
        """Whether the town wants a second factor of this account that it has not."""
        return self.factor_use is FactorUse.REQUIRED and not self.has_second_factor and self.second_step is None

    @property
    def strength(self) -> Strength:
        """How surely it is the person whose account it is."""
        return Strength.STRONG if self.second_step else Strength.BASIC

    def uses_username(self, mode: LoginMode) -> bool:
        """Whether the person signs in with a user name, where it is not the address alone."""
        return login_name(self.account, mode, self.is_email_shared) == self.account.username

    @property
    def first_steps(self) -> tuple[SessionStage, ...]:
        """What the town asks of such an account before its space is ready, in order. Who acts is asked at each sign-in, and is no first step."""
        if self.account.kind is ActorKind.AGENT:
            return (SessionStage.CHOOSE_CREDENTIALS,)
        is_only_reset = not self.account.has_personal_credentials and self.has_accepted_terms
        if is_only_reset and (self.has_answered_keys or not self.asks_keys):
            return (SessionStage.CHOOSE_CREDENTIALS,)
        keys = (SessionStage.ENTER_KEYS,) if self.asks_keys else ()
        return (SessionStage.CHOOSE_CREDENTIALS, *keys, SessionStage.ACCEPT_TERMS)

    @property
    def stage(self) -> SessionStage:
        """What the person must still do; agents do not use the families' terms."""
        if self.must_return:
            return SessionStage.RETURN_TO_PROVIDER
        if self.is_half:
            return SessionStage.ENTER_SECOND_FACTOR
        if not self.account.has_personal_credentials:
            return SessionStage.CHOOSE_CREDENTIALS
        if self.account.kind is ActorKind.PARENT and self.guardian_id is None:
            return SessionStage.CHOOSE_PERSON
        if self.asks_keys and not self.has_answered_keys:
            return SessionStage.ENTER_KEYS
        if self.account.kind is not ActorKind.AGENT and not self.has_accepted_terms:
            return SessionStage.ACCEPT_TERMS
        if self.lacks_second_factor:
            return SessionStage.ENROLL_SECOND_FACTOR
        return SessionStage.READY


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lasts: without any request, and in all."""

    idle: timedelta
    absolute: timedelta

    def expiry(self, seen_at: datetime, ends_at: datetime) -> datetime:
        """When a session ends if nothing more is asked: what is stored with it, whenever it is opened, used or renewed, and compared everywhere else."""
        return min(seen_at + self.idle, ends_at)


def browser_family(user_agent: str | None) -> str | None:
    """The family that a browser says it is of, such as `Firefox, Android`: too little to follow anybody by. Empty for a name that is
    not recognised, None for no name."""
    if user_agent is None:
        return None
    return ", ".join(name for names in (BROWSERS, SYSTEMS) if (name := _first(names, user_agent)))


def is_news(browser: str | None, known: Collection[str]) -> bool:
    """Whether the holder of an account hears of a browser: another one than those that it used. Its first one is no news."""
    return browser is not None and bool(known) and browser not in known


def _first(names: tuple[tuple[str, tuple[str, ...]], ...], user_agent: str) -> str:
    return next((name for name, marks in names if any(mark in user_agent for mark in marks)), "")
