"""Decisions on many things at once: what was decided, what became of each of them, and until when all of it may be taken back.

Whoever decides writes a batch with the decisions themselves. What is told to families waits until the batch can be taken back no more; taking it
back is each service's own, line by line, for what has followed since stays as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from chassis.data.database import Database, Transaction
from chassis.data.queries import Queries, Row
from chassis.housekeeping import remove_in_batches
from chassis.refusal import NotFound, UndoTooLate
from contracts.queue import DecisionLine, DecisionPreview, DecisionReport

UNDO_WINDOW: Final = timedelta(minutes=10)
TOLD_AFTER: Final = UNDO_WINDOW + timedelta(minutes=1)
"""When families are told: what is taken back in the last second has time to arrive before."""
KEPT: Final = timedelta(days=30)
"""How long a report may be read."""


def previewed(
    chosen: Sequence[UUID], lines: Sequence[DecisionLine], codes: Mapping[UUID, str | None]
) -> DecisionPreview:
    """What a decision would do, in the order in which things were chosen: `lines` say what each thing is, `codes` why it would not be done."""
    known = {line.item_id: line for line in lines}
    return DecisionPreview(
        lines=tuple(
            known[item_id].model_copy(update={"code": codes[item_id]})
            for item_id in dict.fromkeys(chosen)
            if item_id in known
        )
    )


@dataclass(frozen=True, slots=True)
class Batch:
    """A decision on many things of a kind; `lines` are their ids in the order in which they were chosen, each with the code of why it was not done."""

    batch_id: UUID
    kind: str
    outcome: str
    decided_by: UUID
    decided_at: datetime
    lines: Mapping[UUID, str | None]
    followed: Mapping[UUID, str]
    undone_at: datetime | None = None

    @property
    def final_at(self) -> datetime:
        """Until when it may be taken back."""
        return self.decided_at + UNDO_WINDOW

    @property
    def done_ids(self) -> list[UUID]:
        """What was done, in the order of the ids: that of the locks."""
        return sorted(item_id for item_id, code in self.lines.items() if code is None)

    def report(self, lines: Sequence[DecisionLine]) -> DecisionReport:
        """What it did, for its reader: `lines` say what each thing is."""
        known = {line.item_id: line for line in lines}
        return DecisionReport(
            batch_id=self.batch_id,
            outcome=self.outcome,
            lines=tuple(
                known[item_id].model_copy(update={"code": code, "followed": self.followed.get(item_id)})
                for item_id, code in self.lines.items()
                if item_id in known
            ),
            decided_by=self.decided_by,
            decided_at=self.decided_at,
            final_at=self.final_at,
            undone_at=self.undone_at,
        )


ADD_BATCH_SQL = """
insert into bulk_decisions (batch_id, kind, outcome, decided_by, decided_at) values ($1, $2, $3, $4, $5)
"""

ADD_LINES_SQL = """
insert into bulk_decision_lines (batch_id, position, item_id, code)
select $1, position, item_id, code from unnest($2::uuid[], $3::text[]) with ordinality as line(item_id, code, position)
"""


async def add_batch(tx: Transaction, batch: Batch) -> None:
    """Keep what was decided."""
    whose = (batch.batch_id, batch.kind, batch.outcome, batch.decided_by)
    await tx.execute(ADD_BATCH_SQL, *whose, batch.decided_at)
    await tx.execute(ADD_LINES_SQL, batch.batch_id, [*batch.lines], [*batch.lines.values()])


BATCH_SQL = """
select batch_id, kind, outcome, decided_by, decided_at, undone_at from bulk_decisions where batch_id = $1 and kind = $2
"""

LOCK_BATCH_SQL = f"{BATCH_SQL} for update"

LINES_SQL = "select item_id, code, followed from bulk_decision_lines where batch_id = $1 order by position"


async def load_batch(db: Queries, kind: str, batch_id: UUID) -> Batch:
    """What was decided of a kind. Raises NotFound."""
    return await _batch_of(db, await db.fetchrow(BATCH_SQL, batch_id, kind))


async def lock_batch(tx: Transaction, kind: str, batch_id: UUID) -> Batch:
    """What was decided, held to be taken back, or taken back already. Raises NotFound, UndoTooLate."""
    batch = await _batch_of(tx, await tx.fetchrow(LOCK_BATCH_SQL, batch_id, kind))
    if batch.undone_at is None and await tx.now() >= batch.final_at:
        raise UndoTooLate
    return batch


async def _batch_of(db: Queries, row: Row | None) -> Batch:
    if row is None:
        raise NotFound
    lines = await db.fetch(LINES_SQL, row["batch_id"])
    return Batch(
        **{name: row[name] for name in ("batch_id", "kind", "outcome", "decided_by", "decided_at", "undone_at")},
        lines={line["item_id"]: line["code"] for line in lines},
        followed={line["item_id"]: line["followed"] for line in lines if line["followed"]},
    )


SAVE_UNDONE_SQL = "update bulk_decisions set undone_by = $2, undone_at = $3 where batch_id = $1"

SAVE_FOLLOWED_SQL = """
update bulk_decision_lines l set followed = what.code
from unnest($2::uuid[], $3::text[]) as what(item_id, code) where l.batch_id = $1 and l.item_id = what.item_id
"""


async def save_undone(tx: Transaction, batch: Batch, by: UUID, followed: Mapping[UUID, str]) -> Batch:
    """Write that a batch that is held was taken back, but for what something followed from."""
    now = await tx.now()
    await tx.execute(SAVE_UNDONE_SQL, batch.batch_id, by, now)
    await tx.execute(SAVE_FOLLOWED_SQL, batch.batch_id, [*followed], [*followed.values()])
    return replace(batch, undone_at=now, followed=followed)


FORGET_BATCHES_SQL: Final = """
delete from bulk_decisions where batch_id in (
    select batch_id from bulk_decisions where decided_at < $1 limit $2 for update skip locked)
"""


async def forget_batches(db: Database) -> None:
    """Forget reports that are old."""
    await remove_in_batches(db, FORGET_BATCHES_SQL, await db.now() - KEPT)
