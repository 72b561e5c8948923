"""Asking for a space without an account, having the mail sent that says what becomes of it, and an agent's decision.

Nothing that the asker sees depends on whether their address is known: that is looked up later, by the job that orders the mail.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from joserfc.jwk import OKPKey

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.identifiers import new_id
from chassis.refusal import NotFound, Refusal
from chassis.sealing import seal
from contracts.family.circulars import CircularLetter
from contracts.family.documents import DocumentLetter
from contracts.family.events import RegistrationAnswer, RegistrationAnswered, RegistrationStatus
from contracts.family.models import AdultCreate, HouseholdCreate
from contracts.family.registrations import Registration, RegistrationCreate, RegistrationDecision, RegistrationLetter
from contracts.family.requests import RequestLetter

from ..errors import RegistrationsClosed, TooManyRegistrations
from ..openings.commands import check_kind, open_file, typing_refusal
from ..people.domain import comparable_email
from ..settings import FamilyRules
from . import store
from .domain import (
    DECIDED_KEPT,
    EMAIL_RULE,
    SOURCE_RULE,
    WAITING_KEPT,
    decided,
    email_subject,
    request_hash,
    source_subject,
)
from .queries import read_registration

ANSWERS_MAX = 500

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class LetterSeal:
    """Closes what the notifications service alone may open."""

    key: OKPKey

    def close(self, letter: RegistrationLetter | DocumentLetter | RequestLetter | CircularLetter) -> str:
        """The sealed form of what a mail needs."""
        return seal(letter.model_dump_json(), self.key)


@command
async def ask(tx: Transaction, rules: FamilyRules, request: RegistrationCreate, address: str) -> None:
    """Keep a request for a space; nothing here depends on whether its e-mail address is anybody's.

    Raises:
        RegistrationsClosed: the town opens files itself.
        Invalid: no file could be opened with what was typed.
        TooManyRegistrations: this address, or whoever asks, did so too often.
    """
    if not rules.is_registration_open:
        raise RegistrationsClosed
    check_kind(_file_of(request), rules)
    now = await tx.now()
    if refusal := typing_refusal(_file_of(request), now, await tx.today()):
        raise refusal
    email, source = email_subject(request.guardian.email), source_subject(address)
    email_level, source_level = await store.lock_level(tx, email, now), await store.lock_level(tx, source, now)
    if wait := max(EMAIL_RULE.wait_seconds(email_level, now), SOURCE_RULE.wait_seconds(source_level, now)):
        log.warning("registration throttled", code=TooManyRegistrations.code())
        raise TooManyRegistrations(retry_after_seconds=wait)
    await store.save_level(tx, email, EMAIL_RULE.after(email_level, now))
    await store.save_level(tx, source, SOURCE_RULE.after(source_level, now))
    typed = request.model_dump(mode="json")
    await store.add_registration(tx, new_id(), typed, request_hash(typed), now)


@command
async def decide(
    tx: Transaction, actor: Actor, rules: FamilyRules, letters: LetterSeal, decision: tuple[UUID, RegistrationDecision]
) -> Registration:
    """Open a file with what was asked, which invites its adult, or refuse, which mails why.

    Raises:
        NotFound, RegistrationDecided.
        Invalid: the reason is missing, or the file cannot be opened; the fields are those of the request.
        HouseholdAlreadyExists: the adult has a file with this child.
    """
    registration_id, taken = decision
    known = await store.lock_registration(tx, registration_id)
    if known is None:
        raise NotFound
    status, typed = known
    outcome = decided(status, taken.is_accepted, taken.reason)
    if isinstance(outcome, Refusal):
        raise outcome
    request = RegistrationCreate.model_validate(typed)
    now, household_id, reason = await tx.now(), None, None
    # What was asked stands in the file, whose opening is the act, and the reason in the mail: the history keeps neither.
    if outcome is RegistrationStatus.ACCEPTED:
        household_id = (await open_file(tx, actor, rules, _file_of(request))).household_id
    else:
        tx.note(Act(actor, "registration_refused", registration_id))
        reason = taken.reason
        letter = RegistrationLetter(email=request.guardian.email, reason=reason)
        _answer(tx, registration_id, RegistrationAnswer.REFUSED, letters.close(letter), now)
    taken_now = store.DecisionTaken(outcome, reason, household_id, actor.account_id, now)
    await store.save_decision(tx, registration_id, taken_now)
    return await read_registration(tx, registration_id)


@dataclass(frozen=True, slots=True)
class Answering:
    """The job that has each request answered by mail, and hands those of unknown addresses to the agents."""

    letters: LetterSeal

    async def run(self, db: Database) -> None:
        """Answer what is due, each in a transaction of its own: a crash loses none and repeats none."""
        for _ in range(ANSWERS_MAX):
            if not await self._answer_next(db):
                return

    async def _answer_next(self, db: Database) -> bool:
        async with db.transaction() as tx:
            row = await store.take_unanswered(tx)
            if row is None:
                return False
            registration_id, now = row["registration_id"], await tx.now()
            email = row["request"]["guardian"]["email"]
            is_known = await store.is_invited(tx, comparable_email(email))
            answer = RegistrationAnswer.KNOWN if is_known else RegistrationAnswer.RECEIVED
            if is_known:
                await store.remove_registration(tx, registration_id)
            else:
                await store.save_answer(tx, registration_id, now)
            _answer(tx, registration_id, answer, self.letters.close(RegistrationLetter(email=email)), now)
            return True


async def purge(db: Database) -> None:
    """Let requests lapse that nobody decided, and forget those that were decided, by the town's clock."""
    now = await db.now()
    await store.remove_old(db, now - WAITING_KEPT, now - DECIDED_KEPT, now)


def _answer(tx: Transaction, registration_id: UUID, answer: RegistrationAnswer, sealed: str, now: datetime) -> None:
    tx.emit(RegistrationAnswered(registration_id=registration_id, answer=answer, sealed=sealed, answered_at=now))


def _file_of(request: RegistrationCreate) -> HouseholdCreate:
    """The file that a request asks for."""
    guardian = AdultCreate.model_validate(request.guardian.model_dump())
    return HouseholdCreate(
        kind=request.kind,
        organization=request.organization,
        guardian=guardian,
        address=request.address,
        secret_reason=request.secret_reason,
        children=request.children,
    )
