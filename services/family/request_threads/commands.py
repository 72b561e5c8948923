"""Writing in the thread of a request."""

from typing import Final
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.identifiers import new_id
from chassis.refusal import FieldRefusal, Invalid
from contracts.family.document_words import DocumentStatus
from contracts.family.request_words import RequestAnswer, RequestMove, RequestStatus
from contracts.family.requests import RequestMessageCreate, WrittenMessage
from contracts.types import ActorKind

from ..documents.commands import Papers
from ..documents.queries import find_document
from ..procedures.store import said_by
from ..request_errors import RequestSettled
from ..request_letters.commands import tell
from ..requests.commands import act_of, lawful
from ..requests.domain import OPEN, Standing, due_after
from ..requests.queries import find_request
from ..requests.store import lock_request, save_standing
from . import store
from .store import NewMessage

MESSAGES_MAX: Final = 100


@command
async def write_message(
    tx: Transaction, actor: Actor, claim: Claim, papers: Papers, message: tuple[UUID, RequestMessageCreate]
) -> WrittenMessage:
    """Write to the service, or to the family, who are mailed then. Raises NotFound, Invalid, RequestSettled."""
    if (answer := await claim.replay(tx, WrittenMessage)) is not None:
        return answer
    request_id, written = message
    await lock_request(tx, request_id)
    row = await find_request(tx, actor, request_id)
    status = RequestStatus(row["status"])
    if status not in OPEN:
        raise RequestSettled(status=status.value)
    for document_id in written.document_ids:
        document = await find_document(tx, actor, document_id)
        if document["file_id"] != row["file_id"] or document["status"] == DocumentStatus.DRAFT:
            raise Invalid(FieldRefusal("/document_ids", "piece_unfit"))
    if await store.count_messages(tx, request_id) >= MESSAGES_MAX:
        raise Invalid(FieldRefusal("/words", "messages_too_many", (("count", MESSAGES_MAX),)))
    is_by_agent = actor.kind is not ActorKind.PARENT
    new = NewMessage(
        new_id(), request_id, actor.person_id, is_by_agent, written.words, tuple(dict.fromkeys(written.document_ids))
    )
    tx.note(Act(actor, "request_written_about", **act_of(row)))
    await store.add_message(tx, new)
    if is_by_agent:
        await tell(tx, papers, request_id, RequestAnswer.MESSAGE, written.words)
    elif status is RequestStatus.MORE_ASKED:
        complete = Standing(lawful(status, RequestMove.COMPLETE), due_after(said_by(row["text"]), await tx.today()))
        await save_standing(tx, request_id, complete, None, is_by_agent=False)
    return await claim.keep(tx, WrittenMessage(message_id=new.message_id))
