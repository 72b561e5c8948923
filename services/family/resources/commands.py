"""Declaring resources with a proof, deciding on them together with it, taking them back, and telling adults in time that a quotient ends or is wanted."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from chassis.actor import Actor
from chassis.clock import civil_day
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.identifiers import new_id
from chassis.refusal import FieldRefusal, Invalid, NotFound, Refusal
from contracts.family import resources as answers
from contracts.family.document_words import DocumentStatus
from contracts.family.resource_events import ResourcesNoticed
from contracts.family.resource_words import DeclarationStatus, QuotientWay, ResourcesOccasion

from ..documents import queries as documents
from ..documents import store as papers
from ..documents.domain import Verdict, decided, proposed_end
from ..errors import OrganizationHasNoQuotient
from ..households.queries import household_id_for, read_household
from ..households.store import lock_household
from ..quotients.commands import enter_quotient, entry_of, publish_quotients, value_of
from ..settings import FamilyRules
from . import queries, store
from .domain import (
    ANSWERS_KEPT,
    DECLARED_MAX,
    DECLARED_WITHIN,
    Claim,
    Declaration,
    DeclarationsTooMany,
    decision_fault,
    due_notice,
    occasion_of,
)

AT_ONCE: Final = 200
ASKED_AGAIN: Final = timedelta(days=180)
"""How long adults who heard that no quotient is known are left alone."""
NOTICES_KEPT: Final = timedelta(days=800)
NOBODY: Final = UUID(int=0)
PROOFS: Final = (DocumentStatus.SENT, DocumentStatus.VALIDATED)


@command
async def declare_resources(
    tx: Transaction, actor: Actor, rules: FamilyRules, request: answers.DeclarationCreate
) -> answers.Declaration:
    """Keep what a family declares until an agent decides; the same that waits already is that one, and another one takes its place.

    Raises NotFound, HouseholdAmbiguous, HouseholdMerged, OrganizationHasNoQuotient, DeclarationsTooMany, Invalid.
    """
    today, guardian_id = await tx.today(), actor.require_guardian()
    household_id = await household_id_for(tx, actor, request.household_id, today)
    if not await lock_household(tx, household_id):
        raise NotFound
    if (await read_household(tx, household_id, today)).organization is not None:
        raise OrganizationHasNoQuotient
    if isinstance(fault := value_of(rules, request), Refusal):
        raise fault
    await _check_proof(tx, actor, request.document_id, household_id)
    stated = Claim(request.source, request.value_cents, request.income_cents, request.child_count, request.month)
    waiting = await store.waiting_of(tx, household_id)
    same = next((item for item in waiting if item.claim == stated and item.document_id == request.document_id), None)
    if same is not None:
        return await queries.read_declaration(tx, actor, rules, same.declaration_id)
    if await store.count_declared(tx, household_id, await tx.now() - DECLARED_WITHIN) >= DECLARED_MAX:
        raise DeclarationsTooMany(count=DECLARED_MAX)
    for former in waiting:
        await store.save_declaration(tx, replace(former, status=DeclarationStatus.WITHDRAWN), guardian_id)
    new = Declaration(
        declaration_id=new_id(),
        household_id=household_id,
        document_id=request.document_id,
        status=DeclarationStatus.WAITING,
        claim=stated,
        declared_at=await tx.now(),
        declared_by=guardian_id,
        decided_at=None,
    )
    await store.add_declaration(tx, new)
    tx.note(Act(actor, "resources_declared", new.declaration_id, household_id, after={"source": stated.source.value}))
    await publish_quotients(tx, household_id)
    return await queries.read_declaration(tx, actor, rules, new.declaration_id)


async def _check_proof(tx: Transaction, actor: Actor, document_id: UUID, household_id: UUID) -> None:
    """Refuse what is no document of the household that was sent and stands. Raises Invalid."""
    try:
        row = await documents.find_document(tx, actor, document_id)
    except NotFound as missing:
        raise Invalid(FieldRefusal("/document_id", "proof_missing")) from missing
    if row["file_id"] != household_id or papers.status_of(row) not in PROOFS:
        raise Invalid(FieldRefusal("/document_id", "proof_missing"))


@command
async def withdraw_declaration(tx: Transaction, actor: Actor, declaration_id: UUID) -> None:
    """Take back what one's household declared; what is settled stays as it is. Raises NotFound."""
    guardian_id, file_id = actor.require_guardian(), await queries.household_of(tx, actor, declaration_id)
    await lock_household(tx, file_id)
    known = await store.lock_declaration(tx, declaration_id)
    if known is None:
        raise NotFound
    if known.status is DeclarationStatus.WAITING:
        await store.save_declaration(tx, replace(known, status=DeclarationStatus.WITHDRAWN), guardian_id)
        tx.note(Act(actor, "resources_withdrawn", declaration_id, file_id))
        await publish_quotients(tx, file_id)


@command
async def decide_declaration(
    tx: Transaction, actor: Actor, rules: FamilyRules, declaration_id: UUID, request: answers.DeclarationDecision
) -> answers.Declaration:
    """Accept a declaration as a quotient, or refuse it, its proof with it, and have the household told once.

    Raises NotFound, HouseholdMerged, Invalid: it was settled otherwise or by somebody else, or the quotient cannot be.
    """
    file_id = await queries.household_of(tx, actor, declaration_id)
    if not await lock_household(tx, file_id):
        raise NotFound
    known = await store.lock_declaration(tx, declaration_id)
    if known is None:
        raise NotFound
    wanted = DeclarationStatus.REFUSED if request.entry is None else DeclarationStatus.ACCEPTED
    if known.status is not wanted or known.decided_by != actor.account_id:
        if fault := decision_fault(known.status):
            raise fault
        await _settle(tx, actor, rules, known, request)
        if request.entry is not None:
            entry = entry_of(rules, request.entry, await tx.today())
            proved = replace(entry, way=QuotientWay.DECLARED, document_id=known.document_id)
            is_told = await enter_quotient(tx, actor, rules, file_id, proved)
        else:
            is_told = False
            tx.note(Act(actor, "resources_refused", declaration_id, file_id, after={"reason": request.reason}))
        if not is_told:
            await publish_quotients(tx, file_id)
        await papers.publish_documents(tx, rules.policy.documents, [known.document_id])
        occasion = ResourcesOccasion.REFUSED if request.entry is None else ResourcesOccasion.ACCEPTED
        tx.emit(ResourcesNoticed(household_id=file_id, occasion=occasion, last_on=None, noticed_at=await tx.now()))
    return await queries.read_declaration(tx, actor, rules, declaration_id)


async def _settle(
    tx: Transaction, actor: Actor, rules: FamilyRules, known: Declaration, request: answers.DeclarationDecision
) -> None:
    """Write what an agent decided of a declaration, and of its proof where nobody decided that yet: the household is told of both at once."""
    status = DeclarationStatus.REFUSED if request.entry is None else DeclarationStatus.ACCEPTED
    claim = replace(known.claim, reason=request.reason, words=request.words)
    await store.save_declaration(tx, replace(known, status=status, claim=claim), actor.account_id)
    await papers.lock_document(tx, known.document_id)
    row = await documents.find_document(tx, actor, known.document_id)
    stands, today = await documents.standing_of(tx, rules, row), await tx.today()
    if stands.status is not DocumentStatus.SENT:
        return
    ends_on = proposed_end(stands.kind, row["marked_on"], civil_day(row["sent_at"], tx.zone))
    verdict = Verdict(
        is_valid=request.entry is not None,
        ends_on=max(ends_on, today) if ends_on and request.entry else None,
        reason=request.reason,
        words=request.words,
    )
    made = decided(stands, verdict, today)
    if isinstance(made, Refusal):
        raise made
    await papers.save_decision(tx, known.document_id, made, actor.account_id)


@dataclass(frozen=True, slots=True)
class ResourceWork:
    """What time does with resources: word before a quotient ends and the day after, a question where none is known, and the end of what is kept."""

    rules: FamilyRules

    async def notice(self, db: Database) -> None:
        """Tell the adults of households, once each, what is due today."""
        after: UUID | None = NOBODY
        while after is not None:
            after = await _notice_ending(db, self.rules, after)
        while await _ask_unknown(db, self.rules) == AT_ONCE:
            continue

    async def forget(self, db: Database) -> None:
        """Forget answers and words whose time is over."""
        while await _forget(db) == AT_ONCE:
            continue


@command
async def _notice_ending(tx: Transaction, rules: FamilyRules, after: UUID) -> UUID | None:
    """Tell some households that their quotient ends or has ended; the last one that was looked at, None after the last of all."""
    notice_days = rules.policy.resources.notice_days
    if not notice_days:
        return None
    today = await tx.today()
    window = (today - timedelta(days=30), today + timedelta(days=max(notice_days)))
    ending = await store.ending_between(tx, window, after, today, AT_ONCE)
    for one in ending:
        days = due_notice(one.last_on, today, notice_days, one.noticed)
        if days is not None:
            await _tell(tx, store.Notice(one.household_id, occasion_of(days), one.last_on, days))
    return ending[-1].household_id if len(ending) == AT_ONCE else None


@command
async def _ask_unknown(tx: Transaction, rules: FamilyRules) -> int:
    policy = rules.policy.resources
    if not policy.renewed_by:
        return 0
    today, asked_after = await tx.today(), await tx.now() - ASKED_AGAIN
    until = today + timedelta(days=policy.asked_days)
    wanting = await store.enrolled_without(tx, until, today, asked_after, AT_ONCE)
    for household_id, starts_on in wanting:
        await _tell(tx, store.Notice(household_id, ResourcesOccasion.UNKNOWN, starts_on, 0))
    return len(wanting)


async def _tell(tx: Transaction, notice: store.Notice) -> None:
    at = await tx.now()
    if await store.add_notice(tx, notice, at - ASKED_AGAIN):
        last_on = None if notice.occasion is ResourcesOccasion.UNKNOWN else notice.about_on
        tx.emit(
            ResourcesNoticed(household_id=notice.household_id, occasion=notice.occasion, last_on=last_on, noticed_at=at)
        )


@command
async def _forget(tx: Transaction) -> int:
    now = await tx.now()
    await store.forget_notices(tx, now - NOTICES_KEPT)
    return await store.forget_declarations(tx, now - ANSWERS_KEPT, AT_ONCE)
