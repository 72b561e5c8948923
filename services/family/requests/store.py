"""Storage of requests: what was answered and decided is sealed with a key of each request's own, which goes with it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Queries, Row, Transaction
from chassis.data.history import forget_changes
from chassis.data.sealed_values import seal_value, unseal_value
from contracts.family.procedure_words import Subject
from contracts.family.request_words import RequestStatus

from ..access import FILED, REQUEST
from .domain import Outcome, Standing, number_of

ANSWERS: Final = b"answers"
OUTCOME: Final = b"outcome"


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request that begins."""

    request_id: UUID
    household_id: UUID
    code: str
    version: int
    subject: Subject
    person_id: UUID | None


DRAFT_SQL = reaching(
    """
select r.request_id from requests r
where r.household_id = $4 and r.code = $5 and r.person_id is not distinct from $6 and r.status = 'draft' and {is_reached}
order by r.changed_at desc limit 1
""",
    is_reached=REQUEST.of("r.request_id"),
)


async def draft_of(tx: Transaction, actor: Actor, new: NewRequest) -> UUID | None:
    """The draft of the same that somebody may go on with; decided on under the lock of the household."""
    reach = reach_of(actor, await tx.today())
    draft_id: UUID | None = await tx.fetchval(DRAFT_SQL, *reach, new.household_id, new.code, new.person_id)
    return draft_id


COUNT_OPEN_SQL = f"""
select count(*) from filed_requests f
where f.file_id = $1 and f.household_id in ({FILED.format(id="$1")}) and f.status in ('draft', 'sent', 'under_review', 'more_asked')
"""  # noqa: S608 - it is put together from constants alone


async def count_open(tx: Transaction, household_id: UUID) -> int:
    """How many requests a household began, or waits for; decided on under its lock."""
    count: int = await tx.fetchval(COUNT_OPEN_SQL, household_id)
    return count


ADD_REQUEST_SQL = """
insert into requests (request_id, household_id, code, version, subject, person_id, child_ids, status, created_at, asked_by, changed_at, entered_by)
values ($1, $2, $3, $4, $5, $6, case $5 when 'child' then array[$6::uuid] else '{}' end, 'draft', $7, $8, $7, $9)
"""


async def add_request(tx: Transaction, new: NewRequest, by: UUID, *, entered_by: UUID | None = None) -> None:
    """Store a request that begins: of an adult, or of the one for whom an agent enters it."""
    values = (new.request_id, new.household_id, new.code, new.version, new.subject, new.person_id)
    await tx.execute(ADD_REQUEST_SQL, *values, await tx.now(), by, entered_by)


LOCK_REQUEST_SQL = "select from requests where request_id = $1 for update"


async def lock_request(tx: Transaction, request_id: UUID) -> None:
    """Hold a request, if there is one, until the transaction ends."""
    await tx.execute(LOCK_REQUEST_SQL, request_id)


async def answers_of(db: Queries, row: Row) -> dict[str, Any]:
    """What was answered so far; nothing once the request's key is gone."""
    answers: Any = await unseal_value(db, row["request_id"], ANSWERS, row["sealed"])
    return answers or {}


SAVE_ANSWERS_SQL = "update requests set sealed = $2, child_ids = $3, changed_at = $4 where request_id = $1"


async def save_answers(
    tx: Transaction, request_id: UUID, answers: Mapping[str, Any], child_ids: Collection[UUID]
) -> None:
    """Write what is answered, and the children whom it is about or names."""
    sealed = await seal_value(tx, request_id, ANSWERS, answers)
    await tx.execute(SAVE_ANSWERS_SQL, request_id, sealed, sorted(child_ids), await tx.now())


RENEW_SQL = "update requests set version = $2, presses = '{}' where request_id = $1"
KEEP_PIECES_SQL = "delete from request_pieces where request_id = $1 and kind <> all($2::text[])"


async def renew(tx: Transaction, request_id: UUID, version: int, kinds: Collection[str]) -> None:
    """Have a draft asked by another version, which wants documents of these kinds."""
    await tx.execute(RENEW_SQL, request_id, version)
    await tx.execute(KEEP_PIECES_SQL, request_id, list(kinds))


PRESS_SQL = "update requests set presses = presses || jsonb_build_object($2::text, $3::uuid) where request_id = $1"


async def keep_press(tx: Transaction, request_id: UUID, step: int, press: UUID) -> None:
    """Write which showing of a page was kept."""
    await tx.execute(PRESS_SQL, request_id, str(step), press)


NUMBER_SQL = """
insert into request_numbers as known (year, last_number) values ($1, 1)
on conflict (year) do update set last_number = known.last_number + 1 returning last_number
"""

SEND_SQL = """
update requests set status = 'sent', number = $2, sent_at = $3, due_on = $4, changed_at = $3, asked_by = $5, presses = '{}' where request_id = $1
"""


async def send(tx: Transaction, request_id: UUID, due_on: date, by: UUID) -> None:
    """Write that a request is sent, by whom, under the next number of the year."""
    year = (await tx.today()).year
    number = number_of(year, await tx.fetchval(NUMBER_SQL, year))
    await tx.execute(SEND_SQL, request_id, number, await tx.now(), due_on, by)
    await _turned(tx, request_id, RequestStatus.SENT, is_by_agent=False)


TURN_SQL = """
insert into request_turns (request_id, position, status, turned_at, is_by_agent)
values ($1, (select coalesce(max(position), 0) + 1 from request_turns where request_id = $1), $2, $3, $4)
"""


async def _turned(tx: Transaction, request_id: UUID, status: RequestStatus, *, is_by_agent: bool) -> None:
    await tx.execute(TURN_SQL, request_id, status, await tx.now(), is_by_agent)


SAVE_STANDING_SQL = """
update requests set status = $2, due_on = $3, task_on = $4, kept_until = $5, changed_at = $6 where request_id = $1
"""


async def save_standing(
    tx: Transaction, request_id: UUID, made: Standing, kept_until: date | None, *, is_by_agent: bool
) -> None:
    """Write how far a request has come."""
    values = (made.status, made.due_on, made.task_on, kept_until)
    await tx.execute(SAVE_STANDING_SQL, request_id, *values, await tx.now())
    await _turned(tx, request_id, made.status, is_by_agent=is_by_agent)


SAVE_DECISION_SQL = """
update requests set status = $2, due_on = $3, task_on = $4, kept_until = $5, changed_at = $6, outcome = $7, decided_at = $6, decided_by = $8
where request_id = $1
"""


async def save_decision(tx: Transaction, request_id: UUID, made: Standing, kept_until: date, by: UUID) -> None:
    """Write what was decided."""
    sealed = await seal_value(tx, request_id, OUTCOME, asdict(made.outcome))
    values = (made.status, made.due_on, made.task_on, kept_until, await tx.now(), sealed, by)
    await tx.execute(SAVE_DECISION_SQL, request_id, *values)
    await _turned(tx, request_id, made.status, is_by_agent=True)


async def standing_of(db: Queries, row: Row) -> Standing:
    """How far a request has come."""
    words: Any = await unseal_value(db, row["request_id"], OUTCOME, row["outcome"])
    return Standing(RequestStatus(row["status"]), row["due_on"], Outcome(**(words or {})), row["task_on"])


FINISH_TASK_SQL = "update requests set task_done_at = $2 where request_id = $1"


async def finish_task(tx: Transaction, request_id: UUID) -> None:
    """Write that the task of a request is done."""
    await tx.execute(FINISH_TASK_SQL, request_id, await tx.now())


GIVE_PIECE_SQL = """
insert into request_pieces (request_id, kind, document_id) values ($1, $2, $3)
on conflict (request_id, kind) do update set document_id = excluded.document_id, seen_by = null
"""

SEE_PIECE_SQL = "insert into request_pieces (request_id, kind, seen_by) values ($1, $2, $3)"


async def see_piece(tx: Transaction, request_id: UUID, kind: str, by: UUID) -> None:
    """Write that an agent saw a piece at the counter."""
    await tx.execute(SEE_PIECE_SQL, request_id, kind, by)


TOUCH_SQL = "update requests set changed_at = $2 where request_id = $1"


async def give_piece(tx: Transaction, request_id: UUID, kind: str, document_id: UUID) -> None:
    """Write the document that is given for a piece."""
    await tx.execute(GIVE_PIECE_SQL, request_id, kind, document_id)
    await tx.execute(TOUCH_SQL, request_id, await tx.now())


TAKE_PIECE_SQL = "delete from request_pieces where request_id = $1 and kind = $2"


async def take_piece_back(tx: Transaction, request_id: UUID, kind: str) -> None:
    """Take a document back."""
    await tx.execute(TAKE_PIECE_SQL, request_id, kind)


REMOVE_SQL = "delete from requests where request_id = any($1::uuid[])"


async def remove(tx: Transaction, request_ids: Sequence[UUID]) -> None:
    """Delete requests and their keys, with which no copy of them says anything any more."""
    await tx.execute(REMOVE_SQL, request_ids)
    await forget_changes(tx, request_ids)


OF_PEOPLE_SQL = """
select request_id from requests
where household_id = any($1::uuid[]) or person_id = any($2::uuid[]) or child_ids && $2::uuid[] for update
"""


async def remove_of(tx: Transaction, household_ids: Collection[UUID], person_ids: Collection[UUID]) -> None:
    """Erase the requests of households, and those about people or that name them."""
    rows = await tx.fetch(OF_PEOPLE_SQL, list(household_ids), list(person_ids))
    await remove(tx, [row["request_id"] for row in rows])


PAST_SQL = """
select request_id from requests
where kept_until < $1 and (task_on is null or task_done_at is not null) or status = 'draft' and changed_at <= $2
order by request_id limit $3 for update skip locked
"""


async def take_past(tx: Transaction, today: date, drafts_before: datetime, limit: int) -> list[UUID]:
    """Requests that are past their time, held until the transaction ends."""
    return [row["request_id"] for row in await tx.fetch(PAST_SQL, today, drafts_before, limit)]


IS_IN_OPEN_SQL = """
select exists (
    select from requests r
    where r.status in ('sent', 'under_review', 'more_asked') and (
        exists (select from request_pieces p where p.request_id = r.request_id and p.document_id = $1)
        or exists (
            select from request_message_pieces p join request_messages m using (message_id)
            where m.request_id = r.request_id and p.document_id = $1)))
"""


async def is_in_open_request(db: Queries, document_id: UUID) -> bool:
    """Whether a request that waits was given a document."""
    return bool(await db.fetchval(IS_IN_OPEN_SQL, document_id))
