"""The vocabulary that contracts and domains share: closed lists of states and kinds, and what a permission is.

Only the standard library is imported here, for pure domains. A wire value is the name in lower case, and is never renamed or removed once published."""

from enum import StrEnum, auto
from typing import Final, Self

SERVICES: Final = ("identity", "family", "booking", "billing", "notifications")

Cents = int
"""An amount of money in integer euro cents; negative when it is owed to the household."""


class ActorKind(StrEnum):
    """Who acts: a guardian for their own household, a municipal agent, the town's own operations tools, or somebody who only helps families."""

    PARENT = auto()
    AGENT = auto()
    SYSTEM = auto()
    DELEGATE = auto()


class Permission(StrEnum):
    """What an agent may be allowed to do, `<service>.<things>.<act>`, of `contracts/<service>/permissions.py`; a town composes roles of them."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> Self:
        """A permission by the name under which it travels, and one line that says what it opens."""
        permission = str.__new__(cls, value)
        permission._value_ = value
        permission.meaning = meaning
        return permission


class Strength(StrEnum):
    """How surely somebody is who they say: by a password alone, or by a second step besides."""

    BASIC = auto()
    STRONG = auto()


_FAMILIES, _AGENTS = frozenset({ActorKind.PARENT, ActorKind.DELEGATE}), frozenset({ActorKind.AGENT})


class StepUp(StrEnum):
    """Acts before which a town may ask those of `asked_of` to prove once more who they are (`[identity.step_up]` of its file)."""

    meaning: str
    asked_of: frozenset[ActorKind]

    def __new__(cls, value: str, meaning: str, asked_of: frozenset[ActorKind]) -> Self:
        """A class of acts by the name under which a town's file knows it, and one line that says what it is."""
        step_up = str.__new__(cls, value)
        step_up._value_ = value
        step_up.meaning = meaning
        step_up.asked_of = asked_of
        return step_up

    EMAIL = (
        "email",
        "Change the e-mail address that one signs in with, or as an agent that of a family.",
        _FAMILIES | _AGENTS,
    )
    ADDRESS = "address", "Correct one's own telephone number and address.", _FAMILIES
    BANK = "bank", "Give or change an IBAN or a mandate.", _FAMILIES | _AGENTS
    EXPORTS = "exports", "Take a list, or what the town keeps of somebody, away as a file.", _FAMILIES | _AGENTS
    HEALTH = "health", "Read or change what is known of somebody's health.", _FAMILIES | _AGENTS
    AGENTS = "agents", "Create agents, invite them again, give them rights and close their accounts.", _AGENTS
    ACCOUNTS = "accounts", "Merge accounts of a family, separate them, or give one a password.", _AGENTS
    INVOICES = "invoices", "Read invoices.", _FAMILIES
    PAYMENTS = "payments", "Pay.", _FAMILIES
    BOOKINGS = "bookings", "Ask for an enrollment, book and give back days.", _FAMILIES
    DELEGATIONS = "delegations", "Let somebody else act for one's children.", _FAMILIES
    PROTECTED = "protected", "See a protected address.", _FAMILIES | _AGENTS
    ERASURE = "erasure", "Erase the file of a household for good.", _AGENTS
    CUSTODY = "custody", "Read or change who answers for a child, and where it lives.", _AGENTS
    QUOTIENTS = "quotients", "Record a family quotient.", _AGENTS
    BILLING = "billing", "Publish tariffs, share payers, prepare and issue invoices.", _AGENTS


class StepUpMeans(StrEnum):
    """How somebody proves once more who they are: by a code that was mailed, by one of their application, by a passkey, or by FranceConnect."""

    MAIL = auto()
    TOTP = auto()
    PASSKEY = auto()
    FRANCECONNECT = auto()


class Channel(StrEnum):
    """Which way somebody acts: a family in the portal, an agent for them, an application, or the town's own work at its time."""

    PORTAL = auto()
    COUNTER = auto()
    API = auto()
    JOB = auto()


class LoginMode(StrEnum):
    """What a family signs in with. Agents may always use either."""

    USERNAME = auto()
    EMAIL = auto()
    BOTH = auto()


DEFAULT_LOGIN_MODE: Final = LoginMode.USERNAME  # of a town that says nothing else


class Civility(StrEnum):
    """How a person is greeted; NONE when they would rather not say."""

    MADAME = auto()
    MONSIEUR = auto()
    NONE = auto()


class ResponsibilityRole(StrEnum):
    """What an adult is to a child. A GUARDIAN decides and books, a CARETAKER has the child in care by a decision, the others may fetch it."""

    GUARDIAN = auto()
    CARETAKER = auto()
    PICKUP = auto()
    EMERGENCY_CONTACT = auto()
    FORBIDDEN_PICKUP = auto()


class Authority(StrEnum):
    """Parental authority: exercised jointly whatever the parents' status (Code civil, 372), by one alone or by neither only by a decision."""

    JOINT = auto()
    SOLE = auto()
    NONE = auto()


class ResidencePattern(StrEnum):
    """Where a child lives. WEEK_PARITY: at the first home in even ISO weeks, at the second in odd ones; week 53 and the week 1 after it are spent
    at the same one, unless an anchor date makes turns strict from its week on. ALTERNATING: seven days at each in turn, from an anchor date
    at the first. FORTNIGHT: the same days of every fourteen at the second home, counted from an anchor date."""

    SINGLE = auto()
    WEEK_PARITY = auto()
    ALTERNATING = auto()
    FORTNIGHT = auto()


class AccountStatus(StrEnum):
    """INVITED: the link was mailed. ACTIVATED: it was followed. ACTIVE: personal credentials were chosen."""

    INVITED = auto()
    ACTIVATED = auto()
    ACTIVE = auto()
    DISABLED = auto()


class SessionStage(StrEnum):
    """What a signed-in person must still do before anything else is open to them."""

    CHOOSE_CREDENTIALS = auto()
    CHOOSE_PERSON = auto()
    ENTER_KEYS = auto()
    ACCEPT_TERMS = auto()
    READY = auto()
    ENTER_SECOND_FACTOR = auto()
    ENROLL_SECOND_FACTOR = auto()
    RETURN_TO_PROVIDER = auto()


class SignInMeans(StrEnum):
    """What somebody proved themself with when a session was opened."""

    PASSWORD = auto()
    FRANCECONNECT = auto()
    PASSKEY = auto()
    AGENT_PROVIDER = auto()


class CredentialPurpose(StrEnum):
    """Why a secret travels to the notifications service."""

    INVITATION = auto()
    PASSWORD_RESET = auto()


class ActivityKind(StrEnum):
    """The families of activities that a town offers."""

    SCHOOL = auto()
    LUNCH = auto()
    BEFORE_SCHOOL = auto()
    AFTER_SCHOOL = auto()
    LEISURE = auto()
    SPORT = auto()
    NURSERY = auto()


class EnrollmentStatus(StrEnum):
    """REQUESTED is the marker "?", VALIDATED the marker "V"; only a validated enrollment opens its bookings."""

    REQUESTED = auto()
    VALIDATED = auto()
    REFUSED = auto()
    ENDED = auto()


class BookingStatus(StrEnum):
    """HELD until it is paid for, REQUESTED until an agent decides, CONFIRMED: these have a place, a CANCELLED one has none. Events have plain words."""

    HELD = auto()
    REQUESTED = auto()
    CONFIRMED = auto()
    CANCELLED = auto()


class DayState(StrEnum):
    """What a cell of the calendar shows, derived by the booking service from its rules."""

    BOOKED = auto()
    BOOKED_LOCKED = auto()
    BOOKABLE = auto()
    LATE = auto()
    CANCELLED = auto()
    FULL = auto()
    WAITING = auto()
    PENDING = auto()
    CLOSED = auto()


class Attendance(StrEnum):
    """What the agent on site noted for a child and a day."""

    PRESENT = auto()
    ABSENT_EXCUSED = auto()
    ABSENT_UNEXCUSED = auto()
    UNBOOKED = auto()


class ChargeStatus(StrEnum):
    """PLANNED when booked, DUE once the day took place, INVOICED once on an issued invoice, VOID when nothing is owed."""

    PLANNED = auto()
    DUE = auto()
    INVOICED = auto()
    VOID = auto()


class InvoiceRunStatus(StrEnum):
    """DRAFTING while items are computed by a job; REVIEWED opens the issue; ISSUED never changes; DISCARDING until it is gone."""

    DRAFTING = auto()
    DRAFT = auto()
    REVIEWED = auto()
    ISSUING = auto()
    ISSUED = auto()
    DISCARDING = auto()


class InvoiceStatus(StrEnum):
    """An issued invoice never changes but for what was paid of it."""

    ISSUED = auto()
    PARTLY_PAID = auto()
    PAID = auto()


class PaymentStatus(StrEnum):
    """The life of one attempt to pay through the payment provider."""

    CREATED = auto()
    REDIRECTED = auto()
    PAID = auto()
    REFUSED = auto()
    CANCELLED = auto()
    EXPIRED = auto()


class PaymentMeans(StrEnum):
    """How money came in."""

    CARD = auto()
    DIRECT_DEBIT = auto()


class MessageStatus(StrEnum):
    """Where a message to a family stands."""

    QUEUED = auto()
    SENT = auto()
    FAILED = auto()
    EXPIRED = auto()


class QuotientSource(StrEnum):
    """Where a family quotient comes from."""

    CAF = auto()
    MSA = auto()
    TAX_NOTICE = auto()
    AGENT = auto()
