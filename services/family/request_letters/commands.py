"""Having families told what becomes of their requests: as part of what is done, in its transaction."""

from uuid import UUID

from chassis.data.database import Transaction
from contracts.family.request_events import RequestAnswered
from contracts.family.request_words import RequestAnswer
from contracts.family.requests import RequestLetter

from ..documents.commands import Papers
from ..procedures.store import said_by
from ..requests.store import standing_of
from . import store


async def tell(tx: Transaction, papers: Papers, request_id: UUID, answer: RequestAnswer, words: str = "") -> None:
    """Have those told who may read a request today; that it was received, whoever sent it alone. The number, the procedure and the words travel sealed."""
    row = await store.load_told(tx, request_id)
    procedure, standing = said_by(row["text"]), await standing_of(tx, row)
    readers = await store.readers_of(tx, row)
    if answer is RequestAnswer.RECEIVED:
        readers = [reader for reader in readers if reader.adult_id == row["sender_id"]]
    for reader in readers:
        letter = RequestLetter(
            email=reader.email,
            answer=answer,
            request_id=request_id,
            number=row["number"],
            label=procedure.label,
            name=row["name"],
            service=procedure.service,
            telephone=procedure.telephone,
            due_on=standing.due_on,
            silence=procedure.silence.value,
            sentence=standing.outcome.sentence,
            remedy=standing.outcome.remedy,
            words=words,
        )
        sealed = papers.letters.close(letter)
        tx.emit(RequestAnswered(request_id=request_id, answer=answer, sealed=sealed, answered_at=await tx.now()))
