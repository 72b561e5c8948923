"""Sending a procedure to a group, reminding, adding who came late, closing; and the job that writes to the homes, one after the other.

Each home is judged again in the transaction that writes to it: who lost authority is not told, who answered meanwhile is not reminded, and whatever breaks
off goes on with the next home. One mail goes to each adult of a home for all its children.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from time import monotonic
from typing import Final
from uuid import UUID

from chassis.access import sites_of
from chassis.actor import Actor
from chassis.data.database import Database, Row, Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.housekeeping import remove_in_batches
from chassis.identifiers import new_id
from chassis.refusal import Busy, FieldRefusal, Invalid, NotFound
from contracts.family.circular_events import CircularAddressed
from contracts.family.circulars import Circular, CircularCreate, CircularLetter, CircularPreview, SentCircular

from ..documents.commands import Papers
from ..imports.store import backlog
from ..procedures.queries import counting
from ..procedures.store import Published, add_version, said_by
from ..request_errors import CircularClosed, CircularEmpty
from ..schools.queries import school_for
from ..settings import FamilyRules
from . import domain, queries, store
from .store import FORGET_SQL, NewCircular

WORK_SECONDS: Final = 10.0
LOOK_SECONDS: Final = 2.0
BACKLOG_MAX: Final = 300
"""Events that wait to be published: letters are added to no more, so that what families do is never far behind."""


async def preview(db: Database, actor: Actor, rules: FamilyRules, request: CircularCreate) -> CircularPreview:
    """Whom a circular would ask. Raises NotFound, Invalid."""
    await _checked(db, actor, rules, request)
    return await queries.preview_of(db, request, _since(db, request.since_on))


@command
async def send(
    tx: Transaction, actor: Actor, claim: Claim, rules: FamilyRules, request: CircularCreate
) -> SentCircular:
    """Send a procedure to a group. Raises NotFound, Invalid, CircularEmpty."""
    if (answer := await claim.replay(tx, SentCircular)) is not None:
        return answer
    published = await _checked(tx, actor, rules, request)
    circular_id, today = new_id(), await tx.today()
    remind_on = domain.reminder_on(request.ends_on, rules.policy.circular_reminder_days, today)
    since_at = _since(tx, request.since_on)
    new = NewCircular(circular_id, request.code, published.version, request.ends_on, since_at, remind_on)
    await add_version(tx, published, published.published_by)
    await store.add_circular(tx, new, request, actor.account_id)
    count = await store.add_children(tx, circular_id)
    if not count:
        raise CircularEmpty
    tx.note(Act(actor, "circular_sent", circular_id, after={"procedure": request.code, "count": count}))
    return await claim.keep(tx, SentCircular(circular_id=circular_id))


async def _checked(db: Database | Transaction, actor: Actor, rules: FamilyRules, request: CircularCreate) -> Published:
    """The version of a procedure that may be sent to a group of schools where the agent works. Raises NotFound, Invalid."""
    if request.school_code is not None:
        await school_for(db, actor, request.school_code)
    elif sites_of(actor) is not None:
        raise Invalid(FieldRefusal("/school_code", "circular_school_missing"))
    published = (await counting(db, rules)).get(request.code)
    days = (request.since_on, request.ends_on)
    faults = [*domain.faults(published.procedure if published else None, request.school_year, days, await db.today())]
    if request.class_ids and not await store.has_classes(db, request):
        faults.append(FieldRefusal("/class_ids", "circular_class_unknown"))
    if faults or published is None:
        raise Invalid(*faults)
    return published


def _since(db: Database | Transaction, day: date) -> datetime:
    """When a day begins in the town."""
    return datetime.combine(day, time(), db.zone).astimezone(UTC)


async def _lock(tx: Transaction, actor: Actor, circular_id: UUID) -> Row:
    """A circular of a school where the agent works, held. Raises NotFound."""
    await queries.circular_for(tx, actor, circular_id)
    row = await store.lock_circular(tx, circular_id)
    if row is None:
        raise NotFound
    return row


@command
async def remind(tx: Transaction, actor: Actor, circular_id: UUID) -> Circular:
    """Have those reminded who did not answer. Raises NotFound, CircularClosed, CircularMailedToday."""
    row = await _lock(tx, actor, circular_id)
    today = await tx.today()
    if refusal := domain.check_reminder(row["mailed_on"], is_closed=row["closed_at"] is not None, today=today):
        raise refusal
    count = await store.remind(tx, circular_id)
    tx.note(Act(actor, "circular_reminded", circular_id, after={"count": count}))
    return await queries.read_circular(tx, actor, circular_id)


@command
async def add_latecomers(tx: Transaction, actor: Actor, circular_id: UUID) -> Circular:
    """Ask those too who joined the group since; nobody twice. Raises NotFound, CircularClosed."""
    row = await _lock(tx, actor, circular_id)
    if row["closed_at"] is not None:
        raise CircularClosed
    if count := await store.add_children(tx, circular_id):
        tx.note(Act(actor, "circular_extended", circular_id, after={"count": count}))
    return await queries.read_circular(tx, actor, circular_id)


@command
async def close(tx: Transaction, actor: Actor, circular_id: UUID) -> Circular:
    """Ask nobody any more; what was closed stays so. Raises NotFound."""
    row = await _lock(tx, actor, circular_id)
    if row["closed_at"] is None:
        tx.note(Act(actor, "circular_closed", circular_id))
        await store.close(tx, circular_id, actor.account_id)
    return await queries.read_circular(tx, actor, circular_id)


@dataclass(frozen=True, slots=True)
class CircularWork:
    """The job that has homes written to: little by little, as long as little waits to be published."""

    papers: Papers
    backlog_max: int = BACKLOG_MAX

    async def run(self, db: Database) -> None:
        """Write to homes for some seconds, then have reminders written that are due: no reminder holds up what was sent."""
        await self._write(db)
        while await _remind_due(db):
            continue

    async def _write(self, db: Database) -> None:
        ends_at, open_codes = monotonic() + WORK_SECONDS, await queries.open_codes(db, self.papers.rules)
        while monotonic() < ends_at and await backlog(db, self.backlog_max) < self.backlog_max:
            try:
                if not await work(db, self.papers, open_codes):
                    return
            except Busy:
                return


@command
async def _remind_due(tx: Transaction) -> bool:
    """Have the next circular remind whose day has come; False when there is none."""
    today = await tx.today()
    row = await store.take_due(tx, today)
    if row is None:
        return False
    if row["mailed_on"] < today <= row["ends_on"]:
        count = await store.remind(tx, row["circular_id"])
        tx.report("circular reminds", circular_id=str(row["circular_id"]), count=count)
    else:
        await store.skip_reminder(tx, row["circular_id"])
    return True


@command
async def work(tx: Transaction, papers: Papers, open_codes: Collection[str]) -> bool:
    """Write to the next home; False when there is none. A procedure that counts no more, or a last day that is past, is not written about."""
    lines = await store.take_home(tx)
    if not lines:
        return False
    is_late = lines[0]["ends_on"] < await tx.today() or lines[0]["code"] not in open_codes
    awaited = [line for line in lines if not (line["is_answered"] or is_late)]
    for line in lines:
        if line not in awaited:
            await store.settle(tx, line, None)
    # Who is asked about one child and reminded of another has one mail, and it asks.
    if awaited:
        await _write(tx, papers, awaited, is_reminder=all(line["wanted"] == "reminder" for line in awaited))
    return True


async def _write(tx: Transaction, papers: Papers, lines: Sequence[Row], *, is_reminder: bool) -> None:
    """Write to each adult of a home about those of the children whom they answer for."""
    first, counts = lines[0], dict.fromkeys((line["child_id"] for line in lines), 0)
    procedure = said_by(first["text"])
    for email, names in await store.readers_of(tx, first["file_id"], [*counts]):
        if not names:
            continue
        letter = CircularLetter(
            email=email,
            label=procedure.label,
            names=tuple(names.values()),
            ends_on=first["ends_on"],
            is_reminder=is_reminder,
            service=procedure.service,
            telephone=procedure.telephone,
        )
        tx.emit(
            CircularAddressed(
                household_id=first["file_id"],
                circular_id=first["circular_id"],
                sealed=papers.letters.close(letter),
                addressed_at=await tx.now(),
            )
        )
        counts |= {child_id: counts[child_id] + 1 for child_id in names}
    for line in lines:
        await store.settle(tx, line, counts[line["child_id"]])


async def forget_circulars(db: Database) -> None:
    """Remove circulars that are past their time, with whom they asked."""
    await remove_in_batches(db, FORGET_SQL, await db.now() - domain.KEPT)
