"""Reading what an agent typed of a paper, and sending it: by the rules of a request that the adult who asks makes online, and noted as the agent's."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.access import sites_of
from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.identifiers import new_id
from chassis.refusal import FieldRefusal, Invalid, NotFound
from contracts.family.procedure_words import KnownFact
from contracts.family.request_words import RequestAnswer
from contracts.family.requests import BegunRequest, GivenPiece, NamedPerson, PaperCheck, PaperRequest
from contracts.types import ActorKind

from ..answers.domain import Answers, Circle, asked_of, checked, pieces_of
from ..answers.queries import circle_of, facts_of, people_of
from ..documents.commands import Papers
from ..documents.domain import kind_of
from ..households.queries import household_id_for
from ..households.store import lock_household
from ..procedures.queries import counting, name_before, statuses_of
from ..procedures.store import Published, add_version
from ..request_errors import RequestIncomplete
from ..request_letters.commands import tell
from ..requests import domain, store
from ..requests.commands import check_subject
from ..requests.domain import best, due_after, named_in
from ..requests.queries import faults_of
from ..requests.store import NewRequest
from ..settings import FamilyRules


@dataclass(frozen=True, slots=True)
class Reading:
    """What a paper asks: by which version, in which file, and who can be named in it."""

    household_id: UUID
    published: Published
    circle: Circle
    people: tuple[NamedPerson, ...]
    facts: dict[KnownFact, str]


async def check_paper(db: Database, actor: Actor, rules: FamilyRules, request: PaperRequest) -> PaperCheck:
    """What a paper asks by what was typed so far, and what it still lacks. Raises NotFound, Invalid, ProcedureClosed and whatever keeps from asking."""
    reading = await _read(db, actor, rules, request)
    procedure, answers = reading.published.procedure, request.answers
    asked = asked_of(procedure, answers, reading.circle)
    pieces = _pieces(rules, reading, answers, request)
    return PaperCheck(
        procedure=procedure,
        answers=answers,
        asked=tuple(asked),
        facts=reading.facts,
        people=reading.people,
        pieces=pieces,
        faults=tuple(faults_of(procedure, asked, reading.circle, pieces)),
    )


@command
async def enter_paper(
    tx: Transaction, actor: Actor, claim: Claim, papers: Papers, request: PaperRequest
) -> BegunRequest:
    """Send what a paper says, under a number, with its receipt. Raises what `check_paper` does, and RequestIncomplete."""
    if (answer := await claim.replay(tx, BegunRequest)) is not None:
        return answer
    reading = await _read(tx, actor, papers.rules, request)
    if not await lock_household(tx, reading.household_id):
        raise NotFound
    procedure = reading.published.procedure
    answers = checked(procedure, request.answers, reading.circle)
    pieces = _pieces(papers.rules, reading, request.answers, request)
    asked = asked_of(procedure, request.answers, reading.circle)
    faults = [*faults_of(procedure, asked, reading.circle, pieces)]
    if isinstance(answers, Invalid) or faults:
        raise RequestIncomplete(count=len(faults))
    if await store.count_open(tx, reading.household_id) >= domain.OPEN_MAX:
        raise Invalid(FieldRefusal("/code", "requests_too_many", (("count", domain.OPEN_MAX),)))
    new = NewRequest(
        *(new_id(), reading.household_id, procedure.code, reading.published.version),
        *(procedure.subject, request.person_id),
    )
    await add_version(tx, reading.published, reading.published.published_by)
    await store.add_request(tx, new, request.adult_id, entered_by=actor.account_id)
    children = {request.person_id} if request.person_id and str(request.person_id) in reading.circle.children else set()
    await store.save_answers(tx, new.request_id, answers, children | {*named_in(procedure, answers, reading.circle)})
    for piece in pieces:
        if piece.is_seen:
            await store.see_piece(tx, new.request_id, piece.kind, actor.account_id)
    words: dict[str, Any] = {"procedure": procedure.code, "adult_id": str(request.adult_id)}
    tx.note(Act(actor, "request_entered", new.request_id, reading.household_id, after=words))
    await store.send(tx, new.request_id, due_after(procedure, await tx.today()), request.adult_id)
    await tell(tx, papers, new.request_id, RequestAnswer.RECEIVED)
    return await claim.keep(tx, BegunRequest(request_id=new.request_id))


async def _read(db: Database | Transaction, actor: Actor, rules: FamilyRules, request: PaperRequest) -> Reading:
    """What the adult who asks may ask, and what their file holds: read as if they asked themselves, of every service."""
    if sites_of(actor) is not None:
        raise NotFound
    asker = Actor(request.adult_id, ActorKind.PARENT, guardian_id=request.adult_id, services=rules.services)
    today = await db.today()
    household_id = await household_id_for(db, asker, request.household_id, today)
    known = await counting(db, rules)
    published = known.get(request.code)
    if published is None:
        raise NotFound
    procedure = published.procedure
    await check_subject(db, asker, household_id, procedure.subject, request.person_id)
    before = best((await statuses_of(db, asker, household_id, request.person_id)).get(procedure.after or "", ()))
    named = name_before(procedure, known)
    if refusal := domain.check_new(procedure, before, named.label if named else "", today):
        raise refusal
    people = await people_of(db, asker, household_id)
    facts = await facts_of(db, household_id, request.adult_id, request.person_id)
    return Reading(household_id, published, circle_of(people, facts), people, facts)


def _pieces(rules: FamilyRules, reading: Reading, answers: Answers, request: PaperRequest) -> tuple[GivenPiece, ...]:
    """The documents that go with it, and which of them the agent saw."""
    procedure = reading.published.procedure
    return tuple(
        GivenPiece(
            kind=piece.kind,
            label=piece.label,
            is_optional=piece.is_optional,
            is_seen=piece.kind in request.seen,
            document_label=kind_of(rules.policy.documents, piece.kind).label,
        )
        for piece in pieces_of(procedure, answers, reading.circle)
    )
