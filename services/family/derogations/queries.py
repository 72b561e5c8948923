"""Derogations as agents and families read them."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Row, Transaction
from chassis.data.paging import page_of, read_cursor
from chassis.refusal import NotFound
from contracts.family.derogations import Derogation
from contracts.family.sector_words import DerogationReason, DerogationStatus
from contracts.http import Page
from contracts.types import ActorKind

from ..access import CHILD
from ..health.queries import child_for
from .store import Kept, kept_of

CHILD_ITEMS_MAX: Final = 50
OWN_ITEMS_MAX: Final = 50
_AGENTS_ONLY: Final = {"note": "", "household_id": None, "recorded_by": None, "decided_by": None, "sector_schools": ()}
"""What no family is told of a request."""


@dataclass(frozen=True, slots=True)
class DerogationsAsked:
    """Which requests an agent asks for: those of a year, a state, a reason or a requested school, or all."""

    school_year: int | None
    status: DerogationStatus | None
    reason: DerogationReason | None
    school: str | None
    cursor: str | None
    limit: int


_SELECTED: Final = """
select d.*, c.first_name, c.last_name, (
    select m.household_id from household_members m
    where m.person_id = d.child_id and m.kind = 'child' and m.during @> $3::date
    order by m.household_id limit 1) as household_id
from derogations d join children c on c.child_id = d.child_id
"""

LIST_SQL = reaching(
    f"""
{_SELECTED}
where {{is_reached}} and ($4::integer is null or d.school_year = $4) and ($5::text is null or d.status = $5)
  and ($6::text is null or d.reason = $6) and ($7::text is null or d.school = $7)
  and (d.asked_on, d.derogation_id) > ($8::date, $9::uuid)
order by d.asked_on, d.derogation_id limit $10
""",
    is_reached=CHILD.of("d.child_id"),
)

READ_SQL = reaching(f"{_SELECTED} where d.derogation_id = $4 and {{is_reached}}", is_reached=CHILD.of("d.child_id"))

OF_CHILD_SQL = reaching(
    f"{_SELECTED} where d.child_id = $4 and {{is_reached}} order by d.school_year desc, d.derogation_id desc limit $5",
    is_reached=CHILD.of("d.child_id"),
)


OWN_SQL = reaching(
    f"""
{_SELECTED}
where d.child_id in (select r.child_id from responsibilities r where r.adult_id = $4) and {{is_reached}}
order by d.recorded_at desc, d.derogation_id desc limit $5
""",  # noqa: S608 - it is put together from constants alone
    is_reached=CHILD.of("d.child_id"),
)


async def list_derogations(db: Database, actor: Actor, asked: DerogationsAsked) -> Page[Derogation]:
    """Requests without what was written, the oldest first. Raises Invalid."""
    after = read_cursor(asked.cursor, date.fromisoformat, UUID) if asked.cursor else (date.min, UUID(int=0))
    filters = (asked.school_year, asked.status, asked.reason, asked.school)
    rows = await db.fetch(LIST_SQL, *reach_of(actor, await db.today()), *filters, *after, asked.limit + 1)
    items = [_answer(row, replace(await kept_of(db, row), note="", decision_reason="")) for row in rows]
    return page_of(items, lambda item: (item.asked_on, item.derogation_id), asked.limit)


async def find_derogation(db: Database | Transaction, actor: Actor, derogation_id: UUID) -> tuple[Row, Kept]:
    """A request that the actor reaches, with its row. Raises NotFound."""
    row = await db.fetchrow(READ_SQL, *reach_of(actor, await db.today()), derogation_id)
    if row is None:
        raise NotFound
    return row, await kept_of(db, row)


async def read_derogation(db: Database | Transaction, actor: Actor, derogation_id: UUID) -> Derogation:
    """A request, with what was written. Raises NotFound."""
    return _answer(*await find_derogation(db, actor, derogation_id))


async def child_derogations(db: Database, actor: Actor, child_id: UUID) -> Page[Derogation]:
    """The requests for a child, the newest first; a family is not told who decided by name, nor what an agent noted. Raises NotFound."""
    await child_for(db, actor, child_id)
    rows = await db.fetch(OF_CHILD_SQL, *reach_of(actor, await db.today()), child_id, CHILD_ITEMS_MAX)
    items = [_answer(row, await kept_of(db, row)) for row in rows]
    if actor.kind is not ActorKind.AGENT:
        items = [item.model_copy(update=_AGENTS_ONLY) for item in items]
    return Page(items=tuple(items))


async def own_derogations(db: Database, actor: Actor) -> Page[Derogation]:
    """The requests for the children of a parent, the newest first, without what was written."""
    today = await db.today()
    rows = await db.fetch(OWN_SQL, *reach_of(actor, today), actor.guardian_id, OWN_ITEMS_MAX)
    hidden = {**_AGENTS_ONLY, "decision_reason": ""}
    items = [_answer(row, replace(await kept_of(db, row), note="", decision_reason="")) for row in rows]
    return Page(items=tuple(item.model_copy(update=hidden) for item in items))


def _answer(row: Row, kept: Kept) -> Derogation:
    return Derogation(
        derogation_id=kept.derogation_id,
        child_id=kept.child_id,
        first_name=row["first_name"],
        last_name=row["last_name"],
        household_id=row["household_id"],
        school_year=kept.school_year,
        school=kept.school,
        sector_schools=kept.sector_schools,
        reason=kept.reason,
        status=kept.status,
        asked_on=kept.asked_on,
        recorded_at=kept.recorded_at,
        recorded_by=kept.recorded_by,
        decided_at=kept.decided_at,
        decided_by=kept.decided_by,
        decision_reason=kept.decision_reason,
        note=kept.note,
    )
