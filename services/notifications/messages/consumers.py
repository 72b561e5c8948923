"""Events become notices, one for each event, whoever its recipients turn out to be."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from chassis.data.database import Transaction
from chassis.events.applying import Subscriptions
from chassis.telemetry import current_trace
from contracts.billing.events import InvoiceIssued, PaymentReceived
from contracts.booking.events import (
    BasketConfirmed,
    EnrollmentEnded,
    EnrollmentRefused,
    EnrollmentRequested,
    EnrollmentValidated,
)
from contracts.event import Envelope, Event
from contracts.family.circular_events import CircularAddressed
from contracts.family.document_events import DocumentAnswer, DocumentAnswered
from contracts.family.events import (
    ChangeRefused,
    ChildCameOfAge,
    ContactChanged,
    DelegateAsked,
    DelegationEnded,
    DelegationGiven,
    EmailChangeAsked,
    EmailLinkIssued,
    RegistrationAnswer,
    RegistrationAnswered,
)
from contracts.family.request_events import RequestAnswered
from contracts.family.request_words import RequestAnswer
from contracts.family.resource_events import ResourcesNoticed
from contracts.identity.events import (
    AccountActivated,
    AccountsMerged,
    AccountsSeparated,
    BrowserFirstUsed,
    CredentialIssued,
    CredentialsChosen,
    EmailReplaced,
    SecurityChanged,
    StepUpCodeIssued,
)
from contracts.types import CredentialPurpose

from .domain import Template, expiry
from .store import Notice, add_notice, end_former_credentials, end_overtaken

TOLD: dict[type[Event], Template] = {
    EnrollmentRequested: Template.ENROLLMENT_REQUESTED,
    EnrollmentEnded: Template.ENROLLMENT_ENDED,
    BasketConfirmed: Template.BASKET_CONFIRMED,
    ChildCameOfAge: Template.CHILD_CAME_OF_AGE,
    ContactChanged: Template.CONTACT_CHANGED,
    DelegationGiven: Template.DELEGATION_GIVEN,
    DelegationEnded: Template.DELEGATION_ENDED,
    DelegateAsked: Template.DELEGATE_ASKED,
    ResourcesNoticed: Template.RESOURCES_NOTICED,
    BrowserFirstUsed: Template.BROWSER_FIRST_USED,
    AccountsMerged: Template.ACCOUNTS_MERGED,
    AccountsSeparated: Template.ACCOUNTS_SEPARATED,
    SecurityChanged: Template.SECURITY_CHANGED,
    InvoiceIssued: Template.INVOICE_ISSUED,
    PaymentReceived: Template.PAYMENT_RECEIVED,
}
CREDENTIALS = {
    CredentialPurpose.INVITATION: Template.WELCOME,
    CredentialPurpose.PASSWORD_RESET: Template.PASSWORD_RESET,
}
REGISTRATIONS = {
    RegistrationAnswer.RECEIVED: Template.REGISTRATION_RECEIVED,
    RegistrationAnswer.KNOWN: Template.REGISTRATION_KNOWN,
    RegistrationAnswer.REFUSED: Template.REGISTRATION_REFUSED,
}
DECISIONS: dict[type[EnrollmentValidated | EnrollmentRefused], Template] = {
    EnrollmentValidated: Template.ENROLLMENT_VALIDATED,
    EnrollmentRefused: Template.ENROLLMENT_REFUSED,
}
"""What waits until it can be taken back no more."""
DOCUMENTS = {
    DocumentAnswer.VALIDATED: Template.DOCUMENT_VALIDATED,
    DocumentAnswer.REFUSED: Template.DOCUMENT_REFUSED,
    DocumentAnswer.EXPIRING: Template.DOCUMENT_EXPIRING,
}

REQUESTS = {answer: Template(f"request_{answer}") for answer in RequestAnswer}


def subscribe(subscriptions: Subscriptions) -> None:
    """Listen to every event that leads to a mail."""
    for event, template in TOLD.items():
        subscriptions.on(event, _telling(template))
    for decision in DECISIONS:
        subscriptions.on(decision, _tell_decision)
    subscriptions.on(CredentialIssued, _tell_credential)
    for opening in (AccountActivated, CredentialsChosen):
        subscriptions.on(opening, _drop_credentials)
    subscriptions.on(EmailReplaced, _tell_former_address)
    subscriptions.on(StepUpCodeIssued, _tell_code)
    subscriptions.on(EmailLinkIssued, _tell_new_address)
    subscriptions.on(EmailChangeAsked, _tell_present_address)
    subscriptions.on(RegistrationAnswered, _answer_registration)
    subscriptions.on(ChangeRefused, _tell_refusal)
    subscriptions.on(DocumentAnswered, _tell_document)
    subscriptions.on(RequestAnswered, _tell_request)
    subscriptions.on(CircularAddressed, _tell_circular)


def _telling(template: Template) -> Callable[[Transaction, Event, Envelope], Awaitable[None]]:
    async def tell(tx: Transaction, event: Event, envelope: Envelope) -> None:
        await add_notice(tx, _notice(template, event, envelope))

    return tell


async def _tell_credential(tx: Transaction, event: CredentialIssued, envelope: Envelope) -> None:
    # The credential ends by the town's clock, which a demonstration may have moved; notices follow the machine's.
    useless_after = event.expires_at - tx.clock_offset
    template = CREDENTIALS[event.purpose]
    notice = _notice(template, event, envelope, sealed=event.sealed, useless_after=useless_after)
    if await add_notice(tx, notice):
        await end_former_credentials(tx, notice)


async def _drop_credentials(tx: Transaction, event: Event, envelope: Envelope) -> None:
    # A password opens the account by now, given at the counter or chosen: a link that is still on its way would say nothing true.
    await end_overtaken(tx, UUID(envelope.key), CredentialIssued.event_type, envelope.event_id)


async def _tell_code(tx: Transaction, event: StepUpCodeIssued, envelope: Envelope) -> None:
    # Another session of the account may have asked for the former one, which stays good: each is mailed.
    useless_after = event.expires_at - tx.clock_offset
    notice = _notice(Template.STEP_UP_CODE, event, envelope, sealed=event.sealed, useless_after=useless_after)
    await add_notice(tx, notice)


async def _tell_former_address(tx: Transaction, event: EmailReplaced, envelope: Envelope) -> None:
    await add_notice(tx, _notice(Template.EMAIL_REPLACED, event, envelope, sealed=event.sealed))


async def _tell_new_address(tx: Transaction, event: EmailLinkIssued, envelope: Envelope) -> None:
    useless_after = event.expires_at - tx.clock_offset
    notice = _notice(Template.EMAIL_LINK, event, envelope, sealed=event.sealed, useless_after=useless_after)
    if await add_notice(tx, notice):
        await end_former_credentials(tx, notice)


async def _tell_present_address(tx: Transaction, event: EmailChangeAsked, envelope: Envelope) -> None:
    await add_notice(tx, _notice(Template.EMAIL_CHANGE_ASKED, event, envelope, sealed=event.sealed))


async def _tell_refusal(tx: Transaction, event: ChangeRefused, envelope: Envelope) -> None:
    await add_notice(tx, _notice(Template.CHANGE_REFUSED, event, envelope, sealed=event.sealed))


async def _tell_document(tx: Transaction, event: DocumentAnswered, envelope: Envelope) -> None:
    notice = _notice(DOCUMENTS[event.answer], event, envelope, sealed=event.sealed)
    await add_notice(tx, replace(notice, tellable_at=_by_the_machine(tx, event.tellable_at)))


async def _tell_decision(tx: Transaction, event: EnrollmentValidated | EnrollmentRefused, envelope: Envelope) -> None:
    notice = _notice(DECISIONS[type(event)], event, envelope)
    await add_notice(tx, replace(notice, tellable_at=_by_the_machine(tx, event.tellable_at)))


def _by_the_machine(tx: Transaction, tellable_at: datetime | None) -> datetime | None:
    """An instant of the town's clock, which a demonstration may have moved, by the machine's: that of notices."""
    return tellable_at - tx.clock_offset if tellable_at else None


async def _tell_request(tx: Transaction, event: RequestAnswered, envelope: Envelope) -> None:
    await add_notice(tx, _notice(REQUESTS[event.answer], event, envelope, sealed=event.sealed))


async def _tell_circular(tx: Transaction, event: CircularAddressed, envelope: Envelope) -> None:
    await add_notice(tx, _notice(Template.CIRCULAR_ADDRESSED, event, envelope, sealed=event.sealed))


async def _answer_registration(tx: Transaction, event: RegistrationAnswered, envelope: Envelope) -> None:
    await add_notice(tx, _notice(REGISTRATIONS[event.answer], event, envelope, sealed=event.sealed))


def _notice(
    template: Template,
    event: Event,
    envelope: Envelope,
    *,
    sealed: str | None = None,
    useless_after: datetime | None = None,
) -> Notice:
    return Notice(
        event_id=envelope.event_id,
        template=template,
        subject_id=UUID(envelope.key),
        event_type=event.event_type,
        payload=event.model_dump(mode="json", exclude={"sealed"}),
        sealed=sealed,
        expires_at=expiry(template, envelope.time, useless_after),
        trace=current_trace(),
    )
