"""Beginning a request, keeping its pages, sending it and taking it back; and what becomes of it by time."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Row, Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.identifiers import new_id
from chassis.refusal import FieldRefusal, Invalid, NotFound, Refusal
from contracts.family.document_words import DocumentAudience, DocumentStatus
from contracts.family.editing import EditedForm, FormHold
from contracts.family.procedure_words import Subject
from contracts.family.request_words import RequestAnswer, RequestMove, RequestStatus
from contracts.family.requests import (
    BegunRequest,
    DraftEditor,
    DraftHold,
    Request,
    RequestCreate,
    StepAnswers,
)

from ..answers.domain import asked_of, checked
from ..documents.commands import Papers
from ..documents.queries import find_document, standing_of
from ..documents.store import audience_of
from ..editing.commands import hold
from ..editing.store import remove_lease
from ..health.queries import child_for
from ..households.queries import household_id_for
from ..households.store import lock_household
from ..people.store import load_adult
from ..procedures.queries import counting, is_shown, name_before, statuses_of
from ..procedures.store import add_version, said_by
from ..request_effects.commands import check_effect
from ..request_errors import ProcedureClosed, RequestIncomplete, RequestNotDraft, StepOutdated
from ..request_letters.commands import tell
from ..settings import FamilyRules
from . import domain, queries, store
from .domain import Standing, best, due_after, moved, named_in
from .store import NewRequest

AT_ONCE: Final = 100
HELD: Final = (DocumentStatus.SENT, DocumentStatus.VALIDATED)


@command
async def begin_request(
    tx: Transaction, actor: Actor, claim: Claim, rules: FamilyRules, request: RequestCreate
) -> BegunRequest:
    """Begin a request, or go on with the draft of the same.

    Raises:
        NotFound, HouseholdAmbiguous, HouseholdMerged, Invalid.
        ProcedureClosed, ProcedureWaits, ProcedureDoneElsewhere: it may not be made now.
    """
    if (answer := await claim.replay(tx, BegunRequest)) is not None:
        return answer
    guardian_id, today = actor.require_guardian(), await tx.today()
    household_id = await household_id_for(tx, actor, request.household_id, today)
    if not await lock_household(tx, household_id):
        raise NotFound
    known = await counting(tx, rules)
    published = known.get(request.code)
    if published is None or not is_shown(published.procedure, actor, rules):
        raise NotFound
    procedure = published.procedure
    await check_subject(tx, actor, household_id, procedure.subject, request.person_id)
    before = best((await statuses_of(tx, actor, household_id, request.person_id)).get(procedure.after or "", ()))
    await check_effect(tx, procedure, household_id)
    named = name_before(procedure, known)
    if refusal := domain.check_new(procedure, before, named.label if named else "", today):
        raise refusal
    new = NewRequest(new_id(), household_id, procedure.code, published.version, procedure.subject, request.person_id)
    if (draft_id := await store.draft_of(tx, actor, new)) is None:
        if await store.count_open(tx, household_id) >= domain.OPEN_MAX:
            raise Invalid(FieldRefusal("/code", "requests_too_many", (("count", domain.OPEN_MAX),)))
        await add_version(tx, published, published.published_by)
        await store.add_request(tx, new, guardian_id)
    return await claim.keep(tx, BegunRequest(request_id=draft_id or new.request_id))


async def check_subject(
    db: Database | Transaction, actor: Actor, household_id: UUID, subject: Subject, person_id: UUID | None
) -> None:
    """Whom a request may be about: the household, a child whom the actor answers for, or the actor. Raises NotFound, Invalid."""
    if (subject is Subject.HOUSEHOLD) is not (person_id is None):
        raise Invalid(FieldRefusal("/person_id", "request_subject_missing"))
    if person_id is None:
        return
    audience = await audience_of(db, household_id, person_id, await db.today())
    if audience is None or audience is not DocumentAudience(subject.value):
        raise NotFound
    if audience is DocumentAudience.CHILD:
        await child_for(db, actor, person_id)
    elif person_id != actor.guardian_id:
        raise NotFound


async def held_draft(tx: Transaction, actor: Actor, request_id: UUID) -> Row:
    """A draft of whoever asks, held. Raises NotFound, RequestNotDraft."""
    await store.lock_request(tx, request_id)
    row = await queries.find_request(tx, actor, request_id)
    if row["status"] != RequestStatus.DRAFT:
        raise RequestNotDraft
    return row


@command
async def keep_step(
    tx: Transaction, actor: Actor, rules: FamilyRules, step: tuple[UUID, int], typed: StepAnswers
) -> Request:
    """Keep what was typed on a page of a draft, whatever is wrong with it. Raises NotFound, RequestNotDraft, StepOutdated."""
    request_id, number = step
    row = await held_draft(tx, actor, request_id)
    procedure = said_by(row["text"])
    if not 1 <= number <= len(procedure.steps):
        raise NotFound
    page = procedure.steps[number - 1]
    codes = {*(item.code for item in page.fields), *(rows.code for rows in page.rows)}
    known = await store.answers_of(tx, row)
    answers = known | {code: value for code, value in typed.model_dump(mode="json")["answers"].items() if code in codes}
    if domain.is_written_over(row["presses"].get(str(number)), typed.press, typed.after) and answers != known:
        raise StepOutdated
    await store.keep_press(tx, request_id, number, typed.press)
    circle, _, _ = await queries.circle_for(tx, actor, row)
    named = named_in(procedure, asked_of(procedure, answers, circle), circle)
    await store.save_answers(tx, request_id, answers, {*named, *own_child(row)})
    return await queries.read_request(tx, actor, rules, request_id)


def own_child(row: Row) -> set[UUID]:
    """The child that a request is about."""
    return {row["person_id"]} if row["subject"] == Subject.CHILD else set()


@command
async def hold_draft(tx: Transaction, actor: Actor, request_id: UUID, request: DraftHold) -> DraftEditor:
    """Fill a draft in, or hear who does. Raises NotFound, RequestNotDraft."""
    await held_draft(tx, actor, request_id)
    adult_id = actor.require_guardian()
    wanted = FormHold(form=EditedForm.DRAFT, is_taking_over=request.is_taking_over)
    lease = await hold(tx, wanted, request_id, adult_id)
    adult = await load_adult(tx, lease.holder_id)
    return DraftEditor(
        adult_id=lease.holder_id,
        name=f"{adult.first_name} {adult.last_name}" if adult else "",
        begun_at=lease.begun_at,
        ends_at=lease.ends_at,
        is_own=lease.holder_id == adult_id,
    )


@command
async def leave_draft(tx: Transaction, actor: Actor, request_id: UUID) -> None:
    """Leave a draft to others. Raises NotFound."""
    await queries.find_request(tx, actor, request_id)
    await remove_lease(tx, EditedForm.DRAFT, request_id, actor.require_guardian())


@command
async def give_piece(
    tx: Transaction, actor: Actor, rules: FamilyRules, piece: tuple[UUID, str], document_id: UUID
) -> Request:
    """Give a document for a piece of a draft, or of a request that more is asked of. Raises NotFound, RequestNotDraft, Invalid."""
    request_id, kind = piece
    await store.lock_request(tx, request_id)
    row = await queries.find_request(tx, actor, request_id)
    if row["status"] not in (RequestStatus.DRAFT, RequestStatus.MORE_ASKED):
        raise RequestNotDraft
    if kind not in {item.kind for item in said_by(row["text"]).pieces}:
        raise NotFound
    document = await find_document(tx, actor, document_id)
    standing = await standing_of(tx, rules, document)
    is_of_other_child = document["audience"] == DocumentAudience.CHILD and (
        row["subject"] == Subject.CHILD and document["subject_id"] != row["subject_id"]
    )
    is_fit = document["kind"] == kind and document["file_id"] == row["file_id"] and not is_of_other_child
    if not is_fit or standing.status_on(await tx.today()) not in HELD:
        raise Invalid(FieldRefusal("/document_id", "piece_unfit"))
    await store.give_piece(tx, request_id, kind, document_id)
    return await queries.read_request(tx, actor, rules, request_id)


@command
async def take_piece_back(tx: Transaction, actor: Actor, request_id: UUID, kind: str) -> None:
    """Take a document back from a draft. Raises NotFound, RequestNotDraft."""
    await held_draft(tx, actor, request_id)
    await store.take_piece_back(tx, request_id, kind)


@command
async def discard_request(tx: Transaction, actor: Actor, request_id: UUID) -> None:
    """Throw a draft away. Raises NotFound, RequestNotDraft."""
    await held_draft(tx, actor, request_id)
    await store.remove(tx, [request_id])


@command
async def send_request(tx: Transaction, actor: Actor, papers: Papers, request_id: UUID) -> Request:
    """Send a request; one that was sent already stays as it is. Raises NotFound, ProcedureClosed, RequestIncomplete."""
    await store.lock_request(tx, request_id)
    row = await queries.find_request(tx, actor, request_id)
    if row["status"] == RequestStatus.DRAFT:
        procedure, today = said_by(row["text"]), await tx.today()
        if not procedure.is_open(today):
            raise ProcedureClosed
        circle, _, _ = await queries.circle_for(tx, actor, row)
        answers = checked(procedure, await store.answers_of(tx, row), circle)
        draft = await queries.read_request(tx, actor, papers.rules, request_id)
        if isinstance(answers, Invalid) or draft.faults:
            raise RequestIncomplete(count=len(draft.faults))
        await store.save_answers(tx, request_id, answers, {*named_in(procedure, answers, circle), *own_child(row)})
        tx.note(Act(actor, "request_sent", **act_of(row)))
        await store.send(tx, request_id, due_after(procedure, today), actor.require_guardian())
        await tell(tx, papers, request_id, RequestAnswer.RECEIVED)
    return await queries.read_request(tx, actor, papers.rules, request_id)


def act_of(row: Row) -> dict[str, Any]:
    """What an act on a request says: which it is, for which household, and the procedure alone."""
    return {"subject": row["request_id"], "household_id": row["file_id"], "after": {"procedure": row["code"]}}


@command
async def withdraw_request(tx: Transaction, actor: Actor, rules: FamilyRules, request_id: UUID) -> Request:
    """Take back a request that is not decided; one that was taken back stays so. Raises NotFound, RequestSettled."""
    await store.lock_request(tx, request_id)
    row = await queries.find_request(tx, actor, request_id)
    known = await store.standing_of(tx, row)
    if known.status is not RequestStatus.WITHDRAWN:
        made = Standing(lawful(known.status, RequestMove.WITHDRAW))
        tx.note(Act(actor, "request_withdrawn", **act_of(row)))
        await store.save_standing(tx, request_id, made, await kept_until(tx, row), is_by_agent=False)
    return await queries.read_request(tx, actor, rules, request_id)


def lawful(status: RequestStatus, move: RequestMove) -> RequestStatus:
    """The state after a move. Raises RequestSettled."""
    after = moved(status, move)
    if isinstance(after, Refusal):
        raise after
    return after


async def kept_until(tx: Transaction, row: Row) -> Any:
    """Until when a request is kept that is settled today."""
    return await tx.today() + timedelta(days=said_by(row["text"]).kept_days)


async def forget_requests(db: Database) -> None:
    """Delete requests that are past their time, and drafts that nobody went on with."""
    while await _forget(db):
        continue


@command
async def _forget(tx: Transaction) -> int:
    past = await store.take_past(tx, await tx.today(), await tx.now() - domain.DRAFTS_KEPT, AT_ONCE)
    await store.remove(tx, past)
    return len(past)
