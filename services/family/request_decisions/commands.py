"""Taking a request, deciding it, and doing the task that follows."""

from typing import Final
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Row, Transaction, command
from chassis.data.history import Act
from chassis.data.waiting import change_owner
from chassis.identifiers import new_id
from chassis.refusal import FieldRefusal, Invalid, Refusal
from contracts.family.request_words import RequestAnswer, RequestMove, RequestStatus
from contracts.family.requests import Request, RequestDecision
from contracts.queue import OwnerChange, WaitingKind

from ..documents.commands import Papers
from ..procedures.store import said_by
from ..request_effects.commands import carry_out
from ..request_errors import RequestOfAnother
from ..request_letters.commands import tell
from ..request_threads.store import NewMessage, add_message, is_said_last
from ..requests import domain, store
from ..requests.commands import act_of, kept_until, lawful
from ..requests.domain import Standing
from ..requests.queries import find_request, read_request
from ..settings import FamilyRules

ACTS: Final = {
    RequestMove.ASK: "request_asked_more",
    RequestMove.ACCEPT: "request_accepted",
    RequestMove.REFUSE: "request_refused",
}
ANSWERS: Final = {
    RequestMove.ASK: RequestAnswer.MORE_ASKED,
    RequestMove.ACCEPT: RequestAnswer.ACCEPTED,
    RequestMove.REFUSE: RequestAnswer.REFUSED,
}


@command
async def take_request(
    tx: Transaction, actor: Actor, rules: FamilyRules, request_id: UUID, *, is_taking_over: bool
) -> Request:
    """Take a request. Raises NotFound, RequestSettled, RequestOfAnother."""
    await store.lock_request(tx, request_id)
    row = await find_request(tx, actor, request_id)
    known = await store.standing_of(tx, row)
    if row["owner_id"] != actor.account_id:
        _check_owner(row, actor, is_taking_over=is_taking_over)
        await _turn(tx, actor, row, known)
        await _look_after(tx, actor, row)
    return await read_request(tx, actor, rules, request_id)


async def show_under_review(tx: Transaction, actor: Actor, request_id: UUID) -> None:
    """Write that an agent looks after a request, which was given to one elsewhere. Raises NotFound, RequestSettled."""
    await store.lock_request(tx, request_id)
    row = await find_request(tx, actor, request_id)
    await _turn(tx, actor, row, await store.standing_of(tx, row))


async def _turn(tx: Transaction, actor: Actor, row: Row, known: Standing) -> None:
    status = lawful(known.status, RequestMove.TAKE)
    tx.note(Act(actor, "request_taken", **act_of(row)))
    if status is not known.status:
        made = Standing(status, known.due_on)
        await store.save_standing(tx, row["request_id"], made, None, is_by_agent=True)


async def _look_after(tx: Transaction, actor: Actor, row: Row) -> None:
    """Have the agent look after the request, whoever did."""
    change = OwnerChange(owner_id=actor.account_id, known_owner_id=row["owner_id"])
    await change_owner(tx, WaitingKind.REQUEST, row["request_id"], change)


def _check_owner(row: Row, actor: Actor, *, is_taking_over: bool = False) -> None:
    owner_id = row["owner_id"]
    if owner_id is not None and owner_id != actor.account_id and not is_taking_over:
        raise RequestOfAnother(owner_id=str(owner_id))


@command
async def decide_request(
    tx: Transaction, actor: Actor, papers: Papers, request_id: UUID, request: RequestDecision
) -> Request:
    """Accept a request, refuse it, or ask for more, and have its family told; the same decision again, in the same words, changes nothing.

    Raises NotFound, Invalid, RequestSettled, RequestOfAnother, SenderLeft, HouseholdMerged."""
    await store.lock_request(tx, request_id)
    row = await find_request(tx, actor, request_id)
    known, procedure = await store.standing_of(tx, row), said_by(row["text"])
    verdict = domain.Verdict(**request.model_dump())
    made = domain.decided(known, procedure, verdict, papers.rules.policy.grounds, await tx.today())
    if isinstance(made, Refusal):
        raise made
    is_said = made.status is not RequestStatus.MORE_ASKED or await is_said_last(tx, request_id, verdict.words)
    if made != known or not is_said:
        _check_owner(row, actor)
        tx.note(Act(actor, ACTS[verdict.move], **act_of(row)))
        await _look_after(tx, actor, row)
        if made.status is RequestStatus.MORE_ASKED:
            if made != known:
                await store.save_standing(tx, request_id, made, None, is_by_agent=True)
            await add_message(tx, NewMessage(new_id(), request_id, actor.account_id, True, verdict.words))
        else:
            if made.status is RequestStatus.ACCEPTED:
                await carry_out(tx, actor, papers.rules, row)
            await store.save_decision(tx, request_id, made, await kept_until(tx, row), actor.account_id)
        await tell(tx, papers, request_id, ANSWERS[verdict.move], verdict.words)
    return await read_request(tx, actor, papers.rules, request_id)


@command
async def finish_task(tx: Transaction, actor: Actor, rules: FamilyRules, request_id: UUID) -> Request:
    """Say that the task of an accepted request is done; once is enough. Raises NotFound, Invalid."""
    await store.lock_request(tx, request_id)
    row = await find_request(tx, actor, request_id)
    if row["task_on"] is None:
        raise Invalid(FieldRefusal("/task_on", "task_unknown"))
    if row["task_done_at"] is None:
        tx.note(Act(actor, "request_task_done", **act_of(row)))
        await store.finish_task(tx, request_id)
    return await read_request(tx, actor, rules, request_id)
