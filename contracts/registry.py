"""Every topic of a town: the one list that topics are created from and that subscribers are checked against."""

from typing import Final

from .billing.events import ChargeRecorded, InvoiceIssued, InvoicePaid, PaymentReceived
from .booking.events import (
    ActivityState,
    AttendanceRecorded,
    BasketConfirmed,
    BookingCancelled,
    BookingConfirmed,
    EnrollmentEnded,
    EnrollmentRefused,
    EnrollmentRequested,
    EnrollmentValidated,
)
from .event import Event
from .family.events import (
    ChildAdded,
    ChildCameOfAge,
    ChildState,
    ContactChanged,
    HouseholdCreated,
    HouseholdState,
    QuotientState,
    ResponsibilityState,
)
from .identity.events import (
    AccountActivated,
    AccountCreated,
    AccountState,
    CredentialIssued,
    CredentialsChosen,
    EmailReplaced,
    TermsAccepted,
)
from .notifications.events import MessageFailed, MessageSent
from .topic import Topic, TopicKind, Visibility

TOPICS: Final[tuple[Topic, ...]] = (
    Topic(
        name="identity.accounts",
        kind=TopicKind.STATE,
        key="account_id",
        producer="identity",
        consumers=("notifications",),
        events=(AccountState,),
    ),
    Topic(
        name="identity.credentials",
        kind=TopicKind.SECRET,
        key="account_id",
        producer="identity",
        consumers=("notifications",),
        events=(CredentialIssued, EmailReplaced),
        retention_days=1,
    ),
    Topic(
        name="identity.account_facts",
        kind=TopicKind.FACTS,
        key="account_id",
        producer="identity",
        consumers=(),
        events=(AccountCreated, AccountActivated, CredentialsChosen, TermsAccepted),
        retention_days=90,
        visibility=Visibility.PARTNER,
    ),
    Topic(
        name="family.households",
        kind=TopicKind.STATE,
        key="household_id",
        producer="family",
        consumers=("identity", "booking", "billing", "notifications"),
        events=(HouseholdState,),
    ),
    Topic(
        name="family.children",
        kind=TopicKind.STATE,
        key="child_id",
        producer="family",
        consumers=("booking",),
        events=(ChildState,),
    ),
    Topic(
        name="family.responsibilities",
        kind=TopicKind.STATE,
        key="child_id",
        producer="family",
        consumers=("booking", "billing"),
        events=(ResponsibilityState,),
    ),
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
        consumers=("notifications",),
        events=(HouseholdCreated, ContactChanged, ChildAdded, ChildCameOfAge),
        retention_days=90,
        visibility=Visibility.PARTNER,
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
    Topic(
        name="booking.enrollments",
        kind=TopicKind.FACTS,
        key="household_id",
        producer="booking",
        consumers=("notifications",),
        events=(EnrollmentRequested, EnrollmentValidated, EnrollmentRefused, EnrollmentEnded),
        retention_days=90,
        visibility=Visibility.PARTNER,
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
        consumers=("notifications",),
        events=(InvoiceIssued, InvoicePaid),
        retention_days=400,
        visibility=Visibility.PARTNER,
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
        consumers=(),
        events=(MessageSent, MessageFailed),
        retention_days=30,
    ),
)

EVENTS: Final[dict[str, type[Event]]] = {event.event_type: event for topic in TOPICS for event in topic.events}


def topic_named(name: str) -> Topic:
    """The declared topic of this name; `KeyError` when nobody declared it."""
    return _BY_NAME[name]


_BY_NAME: Final = {topic.name: topic for topic in TOPICS}
