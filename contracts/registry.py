"""Every topic of a town: the one list that topics are created from and that subscribers are checked against."""

from typing import Final

from .billing.events import AccountsJudged, ChargeRecorded, InvoiceIssued, InvoicePaid, PaymentReceived
from .booking.events import (
    ActivityState,
    AttendanceRecorded,
    BasketConfirmed,
    BookingCancelled,
    BookingConfirmed,
    CareKeyState,
    EnrollmentEnded,
    EnrollmentRefused,
    EnrollmentReopened,
    EnrollmentRequested,
    EnrollmentValidated,
)
from .event import Event
from .family.erasure_events import ErasureAsked, HouseholdErased
from .family.events import (
    CareState,
    ChangeRefused,
    ChildAdded,
    ChildCameOfAge,
    ChildState,
    ContactChanged,
    DelegateAsked,
    DelegateState,
    DelegationEnded,
    DelegationGiven,
    DelegationState,
    EmailChangeAsked,
    EmailLinkIssued,
    HouseholdCreated,
    HouseholdState,
    QuotientState,
    RegistrationAnswered,
    ResponsibilityState,
)
from .family.request_events import PAPERS
from .family.school_events import SchoolingState
from .identity.events import (
    AccountActivated,
    AccountCreated,
    AccountsMerged,
    AccountsSeparated,
    AccountState,
    BrowserFirstUsed,
    CredentialIssued,
    CredentialsChosen,
    EmailReplaced,
    SecurityChanged,
    SessionsClosed,
    StepUpCodeIssued,
    TermsAccepted,
)
from .notifications.events import MessageFailed, MessageSent
from .topic import Topic, TopicKind, Visibility


def _of_child(name: str, consumers: tuple[str, ...], event: type[Event]) -> Topic:
    """A state that the family service keeps for each child."""
    return Topic(
        name=name, kind=TopicKind.STATE, key="child_id", producer="family", consumers=consumers, events=(event,)
    )


TOPICS: Final[tuple[Topic, ...]] = (
    Topic(
        name="identity.accounts",
        kind=TopicKind.STATE,
        key="account_id",
        producer="identity",
        consumers=("booking", "family", "notifications"),
        events=(AccountState,),
        noted_by=("booking", "family"),
    ),
    Topic(
        name="identity.credentials",
        kind=TopicKind.SECRET,
        key="account_id",
        producer="identity",
        consumers=("notifications",),
        events=(CredentialIssued, EmailReplaced, StepUpCodeIssued),
        retention_days=1,
    ),
    Topic(
        name="identity.account_facts",
        kind=TopicKind.FACTS,
        key="account_id",
        producer="identity",
        consumers=("notifications",),
        events=(AccountCreated, AccountActivated, TermsAccepted),
        retention_days=90,
        visibility=Visibility.PARTNER,
    ),
    # A backup's copy of family may have ended a change of address for a fact that identity's copy has not: it is asked for again.
    Topic(
        name="identity.security_facts",
        kind=TopicKind.FACTS,
        key="account_id",
        producer="identity",
        consumers=("family", "notifications"),
        events=(
            CredentialsChosen,
            BrowserFirstUsed,
            SecurityChanged,
            SessionsClosed,
            AccountsMerged,
            AccountsSeparated,
        ),
        retention_days=90,
        noted_by=("family",),
    ),
    Topic(
        name="family.households",
        kind=TopicKind.STATE,
        key="household_id",
        producer="family",
        consumers=("identity", "booking", "billing", "notifications"),
        events=(HouseholdState,),
    ),
    _of_child("family.children", ("booking",), ChildState),
    _of_child("family.responsibilities", ("booking", "billing", "notifications"), ResponsibilityState),
    _of_child("family.schoolings", ("booking",), SchoolingState),
    _of_child("family.care", ("booking",), CareState),
    Topic(
        name="family.quotients",
        kind=TopicKind.STATE,
        key="household_id",
        producer="family",
        consumers=("billing",),
        events=(QuotientState,),
    ),
    Topic(
        name="family.household_facts",
        kind=TopicKind.FACTS,
        key="household_id",
        producer="family",
        consumers=("billing", "notifications"),
        events=(
            HouseholdCreated,
            ContactChanged,
            ChildAdded,
            ChildCameOfAge,
            DelegationGiven,
            DelegationEnded,
            ErasureAsked,
            HouseholdErased,
        ),
        retention_days=90,
        visibility=Visibility.PARTNER,
    ),
    Topic(
        name="family.delegations",
        kind=TopicKind.STATE,
        key="delegation_id",
        producer="family",
        consumers=("booking",),
        events=(DelegationState,),
    ),
    Topic(
        name="family.delegates",
        kind=TopicKind.STATE,
        key="delegate_id",
        producer="family",
        consumers=("identity", "notifications"),
        events=(DelegateState,),
    ),
    Topic(
        name="family.delegate_facts",
        kind=TopicKind.FACTS,
        key="delegate_id",
        producer="family",
        consumers=("notifications",),
        events=(DelegateAsked,),
        retention_days=90,
    ),
    Topic(
        name="family.email_changes",
        kind=TopicKind.SECRET,
        key="adult_id",
        producer="family",
        consumers=("notifications",),
        events=(EmailLinkIssued, EmailChangeAsked),
        retention_days=1,
    ),
    Topic(
        name="family.registrations",
        kind=TopicKind.SECRET,
        key="registration_id",
        producer="family",
        consumers=("notifications",),
        events=(RegistrationAnswered,),
        retention_days=1,
    ),
    *PAPERS,
    Topic(
        name="family.change_refusals",
        kind=TopicKind.SECRET,
        key="change_id",
        producer="family",
        consumers=("notifications",),
        events=(ChangeRefused,),
        retention_days=1,
    ),
    Topic(
        name="booking.activities",
        kind=TopicKind.STATE,
        key="activity_id",
        producer="booking",
        consumers=("billing", "notifications"),
        events=(ActivityState,),
        visibility=Visibility.PARTNER,
    ),
    # A backup's copy of family may know a key that booking's has not: what is sealed with it makes booking say its own again.
    Topic(
        name="booking.care_keys",
        kind=TopicKind.STATE,
        key="child_id",
        producer="booking",
        consumers=("family",),
        events=(CareKeyState,),
        noted_by=("family",),
    ),
    # A backup's copy of family may know an enrollment, or an invoice, that the other's has not: its file counts as used for longer.
    Topic(
        name="booking.enrollments",
        kind=TopicKind.FACTS,
        key="household_id",
        producer="booking",
        consumers=("family", "notifications"),
        events=(EnrollmentRequested, EnrollmentValidated, EnrollmentRefused, EnrollmentReopened, EnrollmentEnded),
        retention_days=90,
        visibility=Visibility.PARTNER,
        noted_by=("family",),
    ),
    Topic(
        name="booking.bookings",
        kind=TopicKind.FACTS,
        key="household_id",
        producer="booking",
        consumers=("billing", "notifications"),
        events=(BookingConfirmed, BookingCancelled, BasketConfirmed, AttendanceRecorded),
        retention_days=400,
        visibility=Visibility.PARTNER,
    ),
    Topic(
        name="billing.charges",
        kind=TopicKind.FACTS,
        key="household_id",
        producer="billing",
        consumers=(),
        events=(ChargeRecorded,),
        retention_days=400,
        visibility=Visibility.PARTNER,
    ),
    Topic(
        name="billing.invoices",
        kind=TopicKind.FACTS,
        key="household_id",
        producer="billing",
        consumers=("family", "notifications"),
        events=(InvoiceIssued, InvoicePaid, AccountsJudged),
        retention_days=400,
        visibility=Visibility.PARTNER,
        noted_by=("family",),
    ),
    Topic(
        name="billing.payments",
        kind=TopicKind.FACTS,
        key="household_id",
        producer="billing",
        consumers=("notifications",),
        events=(PaymentReceived,),
        retention_days=400,
        visibility=Visibility.PARTNER,
    ),
    Topic(
        name="notifications.messages",
        kind=TopicKind.FACTS,
        key="recipient_id",
        producer="notifications",
        consumers=("identity",),
        events=(MessageSent, MessageFailed),
        retention_days=30,
        noted_by=("identity",),
    ),
)

EVENTS: Final[dict[str, type[Event]]] = {event.event_type: event for topic in TOPICS for event in topic.events}


def topic_named(name: str) -> Topic:
    """The declared topic of this name; `KeyError` when nobody declared it."""
    return _BY_NAME[name]


_BY_NAME: Final = {topic.name: topic for topic in TOPICS}
