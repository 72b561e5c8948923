"""How a request moves on, what an agent may decide, and whether a family may ask at all. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from chassis.refusal import FieldRefusal, Invalid, Refusal
from contracts.family.procedure_words import Effect, FieldKind, Procedure
from contracts.family.request_words import Draftable, RefusalGround, RequestMove, RequestStatus

from ..answers.domain import Answers, Circle
from ..request_errors import ProcedureClosed, ProcedureDoneElsewhere, ProcedureWaits, RequestSettled

OPEN_MAX: Final = 60
"""Requests of a household that were begun, or wait for a decision."""
DRAFTS_KEPT: Final = timedelta(days=90)
TASK_DAYS_MAX: Final = 366

NEXT: Final[Mapping[tuple[RequestStatus, RequestMove], RequestStatus]] = {
    (RequestStatus.DRAFT, RequestMove.SEND): RequestStatus.SENT,
    (RequestStatus.SENT, RequestMove.TAKE): RequestStatus.UNDER_REVIEW,
    (RequestStatus.SENT, RequestMove.ASK): RequestStatus.MORE_ASKED,
    (RequestStatus.SENT, RequestMove.ACCEPT): RequestStatus.ACCEPTED,
    (RequestStatus.SENT, RequestMove.REFUSE): RequestStatus.REFUSED,
    (RequestStatus.SENT, RequestMove.WITHDRAW): RequestStatus.WITHDRAWN,
    (RequestStatus.UNDER_REVIEW, RequestMove.TAKE): RequestStatus.UNDER_REVIEW,
    (RequestStatus.UNDER_REVIEW, RequestMove.ASK): RequestStatus.MORE_ASKED,
    (RequestStatus.UNDER_REVIEW, RequestMove.ACCEPT): RequestStatus.ACCEPTED,
    (RequestStatus.UNDER_REVIEW, RequestMove.REFUSE): RequestStatus.REFUSED,
    (RequestStatus.UNDER_REVIEW, RequestMove.WITHDRAW): RequestStatus.WITHDRAWN,
    (RequestStatus.MORE_ASKED, RequestMove.TAKE): RequestStatus.MORE_ASKED,
    (RequestStatus.MORE_ASKED, RequestMove.COMPLETE): RequestStatus.UNDER_REVIEW,
    (RequestStatus.MORE_ASKED, RequestMove.ACCEPT): RequestStatus.ACCEPTED,
    (RequestStatus.MORE_ASKED, RequestMove.REFUSE): RequestStatus.REFUSED,
    (RequestStatus.MORE_ASKED, RequestMove.WITHDRAW): RequestStatus.WITHDRAWN,
}
"""Where each move leads; what is not here is not lawful."""

OPEN: Final = frozenset({RequestStatus.SENT, RequestStatus.UNDER_REVIEW, RequestStatus.MORE_ASKED})
DECISIONS: Final = frozenset({RequestMove.ASK, RequestMove.ACCEPT, RequestMove.REFUSE})


def moved(status: RequestStatus, move: RequestMove) -> RequestStatus | Refusal:
    """The state after a move."""
    return NEXT.get((status, move)) or RequestSettled(status=status.value)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided, in the words that the family reads: they stay as they were said, whatever becomes of the library."""

    ground: str = ""
    sentence: str = ""
    remedy: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a request has come, what was decided, and by when an answer was announced."""

    status: RequestStatus
    due_on: date | None = None
    outcome: Outcome = Outcome()
    task_on: date | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an agent says of a request."""

    move: RequestMove
    ground: str | None = None
    words: str = ""
    task_on: date | None = None


def decided(
    known: Standing, procedure: Procedure, verdict: Verdict, grounds: Iterable[RefusalGround], today: date
) -> Standing | Refusal:
    """A request once it is decided. The same decision again is no fault."""
    made = _made(known, procedure, verdict, grounds, today)
    if isinstance(made, Refusal) or made == known:
        return made
    status = moved(known.status, verdict.move)
    return status if isinstance(status, Refusal) else made


def _made(
    known: Standing, procedure: Procedure, verdict: Verdict, grounds: Iterable[RefusalGround], today: date
) -> Standing | Refusal:
    match verdict.move:
        case RequestMove.ACCEPT:
            has_task = procedure.effect is Effect.TASK
            if has_task and verdict.task_on is None:
                return Invalid(FieldRefusal("/task_on", "task_day_missing"))
            if verdict.task_on and not today <= verdict.task_on <= today + timedelta(days=TASK_DAYS_MAX):
                return Invalid(FieldRefusal("/task_on", "task_day_unlikely"))
            return Standing(
                RequestStatus.ACCEPTED,
                known.due_on,
                Outcome(words=verdict.words),
                verdict.task_on if has_task else None,
            )
        case RequestMove.REFUSE:
            ground = next((item for item in grounds if item.code == verdict.ground), None)
            if ground is None or not is_offered(ground, procedure.code, today):
                return Invalid(FieldRefusal("/ground", "ground_missing"))
            outcome = Outcome(ground.code, ground.sentence, ground.remedy, verdict.words)
            return Standing(RequestStatus.REFUSED, known.due_on, outcome)
        case RequestMove.ASK:
            if not verdict.words:
                return Invalid(FieldRefusal("/words", "asked_words_missing"))
            return replace(known, status=RequestStatus.MORE_ASKED, due_on=None)
        case _:
            return Invalid(FieldRefusal("/move", "request_decision_missing"))


def is_offered(ground: RefusalGround, code: str, today: date) -> bool:
    """Whether a ground counts on a day for a procedure; without procedures, for all."""
    is_of_it = not ground.procedures or code in ground.procedures
    return is_of_it and (ground.from_on or today) <= today <= (ground.until_on or today)


def due_after(procedure: Procedure, begun_on: date) -> date:
    """By when an answer is announced to what is complete on a day."""
    return begun_on + timedelta(days=procedure.delay_days)


def is_written_over(kept: str | None, press: UUID, after: UUID | None) -> bool:
    """Whether a press on a page would write over what was kept from elsewhere since the page was shown. `kept`: the showing that was kept last; the same page pressed
    again, as after Back, goes on from its own."""
    return kept is not None and kept not in (str(press), str(after))


def named_in(procedure: Procedure, asked: Answers, circle: Circle) -> Iterator[UUID]:
    """The children of the household whom answers name."""
    for step in procedure.steps:
        for item in step.fields:
            if item.kind is FieldKind.CHILD and asked.get(item.code) in circle.children:
                yield UUID(asked[item.code])
        for rows in step.rows:
            codes = [item.code for item in rows.fields if item.kind is FieldKind.CHILD]
            chosen = [row.get(code) for row in asked.get(rows.code, ()) for code in codes]
            yield from (UUID(child_id) for child_id in chosen if child_id in circle.children)


def draftable(procedure: Procedure, before: RequestStatus | None, today: date) -> Draftable:
    """Whether a family may ask. `before`: how far the best of its requests of the procedure before this one has come."""
    if not procedure.is_open(today):
        return Draftable.CLOSED
    if procedure.after is not None and before is not RequestStatus.ACCEPTED:
        return Draftable.WAITS_FOR
    return Draftable.OPEN


def check_new(procedure: Procedure, before: RequestStatus | None, before_label: str, today: date) -> Refusal | None:
    """Why a request may not be made now."""
    if procedure.leads_to:
        return ProcedureDoneElsewhere(page=procedure.leads_to)
    match draftable(procedure, before, today):
        case Draftable.CLOSED:
            return ProcedureClosed()
        case Draftable.WAITS_FOR:
            return ProcedureWaits(label=before_label)
    return None


_FAR: Final = (
    RequestStatus.ACCEPTED,
    RequestStatus.UNDER_REVIEW,
    RequestStatus.SENT,
    RequestStatus.MORE_ASKED,
    RequestStatus.DRAFT,
    RequestStatus.REFUSED,
    RequestStatus.WITHDRAWN,
)


def best(statuses: Iterable[RequestStatus]) -> RequestStatus | None:
    """How far the request has come that came farthest."""
    return min(statuses, key=_FAR.index, default=None)


def path_numbers(procedures: Iterable[Procedure]) -> dict[str, int]:
    """The place of each procedure that stands in a path: 1 for one that others come after, 2 for these, and so on."""
    known = {procedure.code: procedure for procedure in procedures}
    followed = {procedure.after for procedure in known.values()}

    def place(code: str, seen: tuple[str, ...] = ()) -> int:
        after = known[code].after
        return 1 if after is None or after not in known or after in seen else 1 + place(after, (*seen, code))

    return {code: place(code) for code, item in known.items() if item.after in known or code in followed}


def number_of(year: int, number: int) -> str:
    """What a request is called: `D-2026-000012`."""
    return f"D-{year}-{number:06d}"
