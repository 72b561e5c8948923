"""Requests as the families who sent them, and agents, read them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Row, Transaction
from chassis.data.paging import page_of, read_cursor
from chassis.refusal import FieldRefusal, NotFound
from contracts.family.document_words import DocumentStatus
from contracts.family.procedure_words import CHILD_FIELDS, PROTECTED, KnownFact, Procedure, Subject
from contracts.family.request_words import RefusalGround, RequestStatus
from contracts.family.requests import (
    GivenPiece,
    NamedPerson,
    OwnRequests,
    Request,
    RequestFault,
    RequestLine,
    RequestTurn,
)
from contracts.http import Page
from contracts.types import ActorKind

from ..access import FILED, REQUEST
from ..answers.domain import Answers, Circle, asked_of, pieces_of, step_faults
from ..answers.queries import circle_of, facts_of, people_of
from ..documents.domain import kind_of
from ..documents.queries import IS_PROTECTED_SQL
from ..households.queries import household_id_for
from ..procedures.queries import newer_version
from ..procedures.store import said_by
from ..request_effects.queries import children_alike, effect_faults
from ..request_threads.queries import messages_of
from ..settings import FamilyRules
from . import store
from .domain import is_offered

OWN_ITEMS_MAX: Final = 200
BEFORE_ALL: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RequestsAsked:
    """Which requests an agent asks for."""

    status: RequestStatus | None
    code: str | None
    household_id: UUID | None
    owner_id: UUID | None
    is_open: bool
    number: str | None
    cursor: str | None
    limit: int


def _selected(now: str) -> str:
    """Requests with the text of their version and whoever looks after them, at an instant."""
    return f"""
select f.*, o.account_id as owner_id, h.reference, v.text, coalesce(c.first_name || ' ' || c.last_name, a.first_name || ' ' || a.last_name, '') as name
from filed_requests f
join households h on h.household_id = f.file_id
join procedure_versions v on v.code = f.code and v.version = f.version
left join waiting_owners o on o.kind = 'request' and o.item_id = f.request_id and o.ends_at > {now}::timestamptz
left join children c on c.child_id = f.subject_id
left join adults a on a.adult_id = f.subject_id
"""  # noqa: S608 - it is put together from constants alone


READ_SQL = reaching(
    f"{_selected('$5')} where f.request_id = $4 and {{is_reached}}", is_reached=REQUEST.of("f.request_id")
)

OWN_SQL = reaching(
    f"{_selected('$6')} where f.file_id = $4 and f.household_id in ({FILED.format(id='$4')}) and {{is_reached}} order by f.changed_at desc, f.request_id desc limit $5",
    is_reached=REQUEST.of("f.request_id"),
)

LIST_SQL = reaching(
    f"""
{_selected("$13")}
where {{is_reached}} and f.sent_at is not null and ($4::text is null or f.status = $4) and ($5::text is null or f.code = $5)
  and ($6::uuid is null or f.file_id = $6) and ($7::uuid is null or o.account_id = $7)
  and (not $8::boolean or f.status in ('sent', 'under_review', 'more_asked') or f.task_on is not null and f.task_done_at is null)
  and ($9::text is null or f.number = $9) and (f.sent_at, f.request_id) > ($10::timestamptz, $11::uuid)
order by f.sent_at, f.request_id limit $12
""",
    is_reached=REQUEST.of("f.request_id"),
)

NEXT_SQL = reaching(
    """
select f.request_id from filed_requests f
where f.status in ('sent', 'under_review') and f.request_id <> $4 and {is_reached}
order by (f.sent_at, f.request_id) > ($5::timestamptz, $4::uuid) desc, f.sent_at, f.request_id limit 1
""",
    is_reached=REQUEST.of("f.request_id"),
)


async def find_request(db: Database | Transaction, actor: Actor, request_id: UUID) -> Row:
    """A request that the actor reaches. Raises NotFound."""
    row = await db.fetchrow(READ_SQL, *reach_of(actor, await db.today()), request_id, await db.now())
    if row is None:
        raise NotFound
    return row


async def list_requests(db: Database, actor: Actor, asked: RequestsAsked) -> Page[RequestLine]:
    """Requests that were sent, the oldest first. Raises Invalid."""
    start = (BEFORE_ALL, UUID(int=0))
    after = read_cursor(asked.cursor, datetime.fromisoformat, UUID) if asked.cursor else start
    filters = (asked.status, asked.code, asked.household_id, asked.owner_id, asked.is_open, asked.number)
    reach, now = reach_of(actor, await db.today()), await db.now()
    rows = await db.fetch(LIST_SQL, *reach, *filters, *after, asked.limit + 1, now)
    items = [RequestLine(**_line(actor, row)) for row in rows]
    return page_of(items, lambda item: (item.sent_at, item.request_id), asked.limit)


async def own_requests(db: Database, actor: Actor, household_id: UUID | None) -> OwnRequests:
    """The requests of a household that the adult who asks may see. Raises NotFound, HouseholdAmbiguous."""
    actor.require_guardian()
    today = await db.today()
    own_id = await household_id_for(db, actor, household_id, today)
    rows = await db.fetch(OWN_SQL, *reach_of(actor, today), own_id, OWN_ITEMS_MAX, await db.now())
    return OwnRequests(household_id=own_id, items=tuple(RequestLine(**_line(actor, row)) for row in rows))


def _line(actor: Actor, row: Row) -> dict[str, Any]:
    is_agent = actor.kind is not ActorKind.PARENT
    return {
        "request_id": row["request_id"],
        "number": row["number"] or "",
        "code": row["code"],
        "label": said_by(row["text"]).label,
        "status": row["status"],
        "household_id": row["file_id"],
        "reference": row["reference"],
        "person_id": row["subject_id"],
        "name": row["name"],
        "changed_at": row["changed_at"],
        "sent_at": row["sent_at"],
        "due_on": row["due_on"],
        "owner_id": row["owner_id"] if is_agent else None,
        "task_on": row["task_on"] if is_agent else None,
        "is_task_done": row["task_done_at"] is not None if is_agent else False,
    }


TURNS_SQL = "select status, turned_at, is_by_agent from request_turns where request_id = $1 order by position"

PIECES_SQL = """
select p.kind, p.seen_by is not null as is_seen, d.document_id, case when d.status = 'validated' and d.ends_on < $2::date then 'expired' else d.status end as status
from request_pieces p left join documents d on d.document_id = p.document_id where p.request_id = $1
"""


async def circle_for(
    db: Database | Transaction, actor: Actor, row: Row
) -> tuple[Circle, tuple[NamedPerson, ...], dict[KnownFact, str]]:
    """Who can be named in the answers of a request, and what the file holds of it while it is a draft."""
    people = await people_of(db, actor, row["file_id"])
    is_draft = row["status"] == RequestStatus.DRAFT
    child_id = row["subject_id"] if row["subject"] == Subject.CHILD else None
    # Of two adults who fill a draft in, each reads how they are reached themselves; what counts is said by who sends it.
    facts = await facts_of(db, row["file_id"], actor.require_guardian(), child_id) if is_draft else {}
    return circle_of(people, facts), people, facts


async def read_request(db: Database | Transaction, actor: Actor, rules: FamilyRules, request_id: UUID) -> Request:
    """A request whole. Raises NotFound."""
    row = await find_request(db, actor, request_id)
    circle, people, facts = await circle_for(db, actor, row)
    procedure = said_by(row["text"])
    answers = await _answers_told(db, row, procedure)
    pieces = await _pieces(db, rules, row, procedure, asked_pieces(row, procedure, answers, circle))
    asked = asked_of(procedure, answers, circle)
    is_draft = row["status"] == RequestStatus.DRAFT
    standing = await store.standing_of(db, row)
    newest = await newer_version(db, rules, row) if is_draft else None
    is_agent = actor.kind is not ActorKind.PARENT
    return Request(
        **_line(actor, row),
        procedure=procedure,
        version=row["version"],
        newest_version=newest.version if newest else None,
        answers=answers,
        presses=row["presses"],
        asked=tuple(asked),
        facts=facts,
        people=people,
        pieces=pieces,
        faults=await _faults(db, rules, row, procedure, (asked, circle, pieces)) if is_draft else (),
        created_at=row["created_at"],
        decided_at=row["decided_at"],
        decided_by=row["decided_by"] if is_agent else None,
        sentence=standing.outcome.sentence,
        remedy=standing.outcome.remedy,
        words=standing.outcome.words,
        turns=tuple(RequestTurn(**dict(turn)) for turn in await db.fetch(TURNS_SQL, request_id)),
        messages=await messages_of(db, rules, row, is_for_agent=is_agent),
        is_on_paper=row["entered_by"] is not None,
        entered_by=row["entered_by"] if is_agent else None,
        next_id=await _next_id(db, actor, row) if is_agent else None,
        alike=await children_alike(db, rules, row, procedure, answers) if is_agent else (),
    )


async def _answers_told(db: Database | Transaction, row: Row, procedure: Procedure) -> dict[str, Any]:
    """What was answered; where the household lived is told no more once its address is protected."""
    answers = await store.answers_of(db, row)
    places = {item.code for step in procedure.steps for item in step.fields if item.known_as is KnownFact.ADDRESS}
    if not places & answers.keys() or not await db.fetchval(IS_PROTECTED_SQL, row["file_id"], row["household_id"]):
        return answers
    return answers | dict.fromkeys(places & answers.keys(), PROTECTED)


async def _next_id(db: Database | Transaction, actor: Actor, row: Row) -> UUID | None:
    reach = reach_of(actor, await db.today())
    next_id: UUID | None = await db.fetchval(NEXT_SQL, *reach, row["request_id"], row["sent_at"])
    return next_id


def asked_pieces(row: Row, procedure: Procedure, answers: Answers, circle: Circle) -> dict[str, bool]:
    """The pieces that go with a request, and whether each may be missing; answers that were sent are all there is."""
    known = circle if row["status"] == RequestStatus.DRAFT else Circle(frozenset(), frozenset())
    return {piece.kind: piece.is_optional for piece in pieces_of(procedure, answers, known)}


async def _pieces(
    db: Database | Transaction, rules: FamilyRules, row: Row, procedure: Procedure, asked: Mapping[str, bool]
) -> tuple[GivenPiece, ...]:
    rows = await db.fetch(PIECES_SQL, row["request_id"], await db.today())
    given = {item["kind"]: item for item in rows}
    labels = {piece.kind: piece.label for piece in procedure.pieces}
    return tuple(
        GivenPiece(
            kind=kind,
            label=labels[kind],
            is_optional=is_optional,
            document_id=given[kind]["document_id"] if kind in given else None,
            document_label=kind_of(rules.policy.documents, kind).label,
            is_seen=kind in given and given[kind]["is_seen"],
            document_status=DocumentStatus(given[kind]["status"]) if kind in given and given[kind]["status"] else None,
        )
        for kind, is_optional in asked.items()
    )


async def _faults(
    db: Database | Transaction,
    rules: FamilyRules,
    row: Row,
    procedure: Procedure,
    given: tuple[Answers, Circle, tuple[GivenPiece, ...]],
) -> tuple[RequestFault, ...]:
    """What a draft still lacks; and why what follows from it would be refused, once the answers that say it are right of their kinds."""
    faults = tuple(faults_of(procedure, *given))
    if any(fault.pointer.split("/")[-1] in CHILD_FIELDS for fault in faults):
        return faults
    steps = {item.code: number for number, step in enumerate(procedure.steps, start=1) for item in step.fields}
    refused = await effect_faults(db, rules, row, procedure, given[0])
    return tuple(
        sorted(
            (*faults, *(_fault(steps[fault.pointer.split("/")[-1]], fault) for fault in refused)),
            key=lambda fault: fault.step,
        )
    )


def faults_of(
    procedure: Procedure, asked: Answers, circle: Circle, pieces: Iterable[GivenPiece]
) -> Iterable[RequestFault]:
    """What a draft still lacks, page by page; the pieces come after the pages of questions."""
    for number, step in enumerate(procedure.steps, start=1):
        for fault in step_faults(step, asked, circle):
            yield _fault(number, fault)
    for piece in pieces:
        if piece.document_id is None and not piece.is_seen and not piece.is_optional:
            yield _fault(len(procedure.steps) + 1, FieldRefusal(f"/pieces/{piece.kind}", "piece_missing"))


def _fault(step: int, fault: FieldRefusal) -> RequestFault:
    return RequestFault(step=step, pointer=fault.pointer, code=fault.code, params=dict(fault.params))


async def refusal_grounds(db: Database, rules: FamilyRules) -> Page[RefusalGround]:
    """The grounds that count today."""
    today = await db.today()
    return Page(
        items=tuple(
            ground
            for ground in rules.policy.grounds
            if is_offered(ground, ground.procedures[0] if ground.procedures else "", today)
        )
    )
