"""What other services say of one household, as the tests of the notifications service hear it."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from joserfc.jwk import OKPKey

from chassis.sealing import seal
from contracts.billing.events import InvoiceIssued, PaymentReceived
from contracts.billing.payers import payer_id_of
from contracts.booking.events import (
    ActivitySite,
    ActivityState,
    ActivityUnit,
    BasketConfirmed,
    BasketLine,
    EnrollmentEnded,
    EnrollmentValidated,
)
from contracts.family.email_changes import MailedLink
from contracts.family.events import (
    ContactChanged,
    EmailChangeAsked,
    EmailLinkIssued,
    HouseholdPayer,
    HouseholdState,
    RegistrationAnswer,
    RegistrationAnswered,
)
from contracts.family.registrations import RegistrationLetter
from contracts.identity.events import (
    AccountState,
    BrowserFirstUsed,
    CredentialIssued,
    EmailReplaced,
    SecurityChanged,
    StepUpCodeIssued,
)
from contracts.identity.models import Credential
from contracts.types import (
    AccountStatus,
    ActivityKind,
    ActorKind,
    Civility,
    CredentialPurpose,
    PaymentMeans,
)
from tests.factories.households import LONG_AGO, KnownChild, adult, household_state

PAYER, OTHER, UNINVITED = uuid4(), uuid4(), uuid4()
HOUSEHOLD, CHILD, ACTIVITY, ACCOUNT = uuid4(), uuid4(), uuid4(), uuid4()
CREDENTIAL = Credential(
    email="eric.compte@courriel.example",
    username="egoff27",
    has_username=True,
    temporary_password="Xk-canari-7pQ",
    activation_token="jeton-d-activation-0123456789",
)


def household(**changes: Any) -> HouseholdState:
    """A household of three guardians; the first pays, the last is not invited."""
    adults = (
        adult(PAYER, civility=Civility.MONSIEUR, first_name="Éric", last_name="Le Goff", email="eric@courriel.example"),
        adult(OTHER, civility=Civility.NONE, first_name="Anne", email="anne@courriel.example"),
        adult(UNINVITED, first_name="Rose", email=None, is_invited=False),
    )
    state = household_state(HOUSEHOLD, adults, [KnownChild(CHILD, "Léa", "Le Goff", date(2018, 3, 4))])
    return state.model_copy(update=changes)


def paying(adult_id: UUID) -> HouseholdPayer:
    """This adult pays, since long ago."""
    return HouseholdPayer(adult_id=adult_id, starts_on=LONG_AGO, ends_on=None)


def activity(*units: str, kind: str = ActivityKind.LEISURE) -> ActivityState:
    """The Wednesday leisure centre, in these units or for the whole day."""
    return ActivityState(
        activity_id=ACTIVITY,
        kind=kind,
        label="Centre de loisirs du mercredi",
        sites=(ActivitySite(code="tilleuls", label="Les Tilleuls"),),
        units=tuple(ActivityUnit(code=label.lower(), label=label) for label in units or ("Day",)),
        tariff_code="LEISURE",
    )


def account(guardian_ids: tuple[UUID, ...] = (PAYER,)) -> AccountState:
    """The account of these guardians, or of an agent."""
    return AccountState(
        account_id=ACCOUNT,
        guardian_ids=guardian_ids,
        kind=ActorKind.PARENT if guardian_ids else ActorKind.AGENT,
        status=AccountStatus.INVITED,
        email="eric.compte@courriel.example",
        created_at=datetime.now(UTC),
    )


def credential(
    secrets_dir: Path, purpose: CredentialPurpose = CredentialPurpose.INVITATION, **fields: Any
) -> CredentialIssued:
    """An invitation, or what replaces a password, as the fields say."""
    return CredentialIssued(
        credential_id=uuid4(),
        account_id=ACCOUNT,
        purpose=purpose,
        sealed=sealed(secrets_dir, CREDENTIAL.model_copy(update=fields).model_dump_json()),
        expires_at=datetime.now(UTC) + timedelta(days=2),
    )


def basket() -> BasketConfirmed:
    """Two Wednesdays, the later one first."""
    lines = tuple(
        BasketLine(booking_id=uuid4(), child_id=CHILD, activity_id=ACTIVITY, unit_code=unit_code, service_on=day)
        for day, unit_code in ((date(2026, 9, 16), "day"), (date(2026, 9, 9), "matin"))
    )
    return BasketConfirmed(
        basket_id=uuid4(), household_id=HOUSEHOLD, guardian_id=PAYER, lines=lines, confirmed_at=datetime.now(UTC)
    )


def contact_changed(**changes: Any) -> ContactChanged:
    """The payer corrected telephone and address."""
    changed = ContactChanged(
        household_id=HOUSEHOLD,
        adult_id=PAYER,
        by_adult_id=PAYER,
        fields=("phone", "address"),
        changed_at=datetime(2026, 9, 3, 9, 26, tzinfo=UTC),
    )
    return changed.model_copy(update=changes)


def email_replaced(secrets_dir: Path, former: str) -> EmailReplaced:
    """The account has another address than this one from now on."""
    return EmailReplaced(account_id=ACCOUNT, sealed=sealed(secrets_dir, former), replaced_at=datetime.now(UTC))


def email_change(secrets_dir: Path, present: str, new: str) -> tuple[EmailLinkIssued, EmailChangeAsked]:
    """The payer asked for another address: its link, and the word to the present one."""
    requested_at = datetime.now(UTC)
    link = MailedLink(email=new, token="jeton-d-adresse-0123456789")
    known = {"adult_id": PAYER, "requested_at": requested_at, "expires_at": requested_at + timedelta(hours=24)}
    return (
        EmailLinkIssued(sealed=sealed(secrets_dir, link.model_dump_json()), **known),
        EmailChangeAsked(sealed=sealed(secrets_dir, present), **known),
    )


def browser_first_used(browser: str) -> BrowserFirstUsed:
    """Somebody signed in with another browser than before."""
    return BrowserFirstUsed(account_id=ACCOUNT, browser=browser, used_at=datetime(2026, 9, 3, 9, 26, tzinfo=UTC))


def step_up_code(secrets_dir: Path, code: str) -> StepUpCodeIssued:
    """The payer asked for a code, good for ten minutes."""
    now = datetime.now(UTC)
    return StepUpCodeIssued(
        account_id=ACCOUNT, sealed=sealed(secrets_dir, code), issued_at=now, expires_at=now + timedelta(minutes=10)
    )


def registration_answered(
    secrets_dir: Path, answer: RegistrationAnswer, email: str, reason: str | None = None
) -> RegistrationAnswered:
    """What somebody whom no file names is told about the space that they asked for."""
    letter = RegistrationLetter(email=email, reason=reason).model_dump_json()
    sealed_letter = sealed(secrets_dir, letter)
    return RegistrationAnswered(
        registration_id=uuid4(), answer=answer, sealed=sealed_letter, answered_at=datetime.now(UTC)
    )


def security_changed(change: str) -> SecurityChanged:
    """A way into the account changed."""
    return SecurityChanged(account_id=ACCOUNT, change=change, changed_at=datetime(2026, 9, 3, 9, 26, tzinfo=UTC))


def sealed(secrets_dir: Path, text: str) -> str:
    """A text, sealed as the identity service seals it."""
    return seal(text, OKPKey.import_key(json.loads((secrets_dir / "seal_public.json").read_text())))


def enrollment_validated() -> EnrollmentValidated:
    """A school year at the leisure centre."""
    return EnrollmentValidated(
        enrollment_id=uuid4(),
        household_id=HOUSEHOLD,
        child_id=CHILD,
        activity_id=ACTIVITY,
        starts_on=date(2026, 9, 1),
        ends_on=date(2027, 7, 3),
        validated_at=datetime.now(UTC),
    )


def enrollment_ended(**changes: Any) -> EnrollmentEnded:
    """The leisure centre until the winter, with two days booked beyond."""
    ended = EnrollmentEnded(
        enrollment_id=uuid4(),
        household_id=HOUSEHOLD,
        child_id=CHILD,
        activity_id=ACTIVITY,
        starts_on=date(2026, 9, 1),
        ends_on=date(2027, 1, 31),
        cancelled_count=2,
        ended_at=datetime.now(UTC),
    )
    return ended.model_copy(update=changes)


def invoice(**changes: Any) -> InvoiceIssued:
    """The invoice of September."""
    issued = InvoiceIssued(
        invoice_id=uuid4(),
        payer_id=payer_id_of(HOUSEHOLD, PAYER),
        household_id=HOUSEHOLD,
        regie="ENFANCE",
        number="2026-000042",
        period="2026-09",
        total_cents=123_450,
        credit_cents=0,
        due_on=date(2026, 10, 31),
        issued_at=datetime.now(UTC),
    )
    return issued.model_copy(update=changes)


def payment() -> PaymentReceived:
    """That invoice, paid by card."""
    return PaymentReceived(
        payment_id=uuid4(),
        invoice_id=uuid4(),
        invoice_number="2026-000042",
        payer_id=payer_id_of(HOUSEHOLD, PAYER),
        household_id=HOUSEHOLD,
        amount_cents=123_450,
        means=PaymentMeans.CARD,
        reference="A55A55",
        receipt_number="R-2026-000007",
        paid_at=datetime(2026, 10, 1, 9, 26, tzinfo=UTC),
    )
