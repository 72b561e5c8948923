"""Going on with a draft by the version of its procedure that counts by now."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from contracts.family.requests import Request

from ..answers.domain import asked_of
from ..procedures.queries import newer_version
from ..procedures.store import add_version, said_by
from ..requests import store
from ..requests.commands import held_draft, own_child
from ..requests.domain import named_in
from ..requests.queries import circle_for, read_request
from ..settings import FamilyRules
from .domain import carried


@command
async def renew_draft(tx: Transaction, actor: Actor, rules: FamilyRules, request_id: UUID) -> Request:
    """Have a draft asked by the newest version; one that is stays as it is. Raises NotFound, RequestNotDraft."""
    row = await held_draft(tx, actor, request_id)
    if (newest := await newer_version(tx, rules, row)) is not None:
        await add_version(tx, newest, newest.published_by)
        procedure = newest.procedure
        answers = carried(said_by(row["text"]), procedure, await store.answers_of(tx, row))
        circle, _, _ = await circle_for(tx, actor, row)
        named = named_in(procedure, asked_of(procedure, answers, circle), circle)
        await store.renew(tx, request_id, newest.version, [piece.kind for piece in procedure.pieces])
        await store.save_answers(tx, request_id, answers, {*named, *own_child(row)})
    return await read_request(tx, actor, rules, request_id)
