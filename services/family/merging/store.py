"""Storage of merges: both files locked and loaded, and what is kept of a merge for as long as it can be undone."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chassis.data.database import Database, Queries, Row, Transaction
from chassis.data.sealed_values import seal_value, unseal_value
from chassis.refusal import NotFound
from contracts.family.merging import MergedPart

from ..custody.store import load_custody
from ..errors import HouseholdMerged
from ..households.domain import HouseholdFile
from ..households.store import load_file, lock_households
from ..merged_rows.store import PARTS, Rows, Written, rows_of
from ..schooling.store import hold_children
from ..schools.store import hold_schools_of
from .domain import UNDO_TIME, Both

MERGED_SQL = """
select k.reference from households h join households k on k.household_id = h.merged_into
where h.household_id = any($1::uuid[]) limit 1
"""

ELSEWHERE_SQL = """
select distinct on (own.person_id) own.person_id, h.reference
from household_members own
join household_members other on other.person_id = own.person_id and other.household_id <> all($1::uuid[])
join households h on h.household_id = other.household_id
where own.household_id = $2 and not other.during << daterange($3, $3, '[]') order by own.person_id, h.reference
"""

CARED_FOR_SQL = "select child_id from health_files where child_id = any($1::uuid[])"

RECEIVED_SQL = "select reference from households where merged_into = $1 order by reference limit 1"

WAITING_SQL = "select count(*) from person_changes where household_id = $1 and status = 'waiting'"


async def lock_both(tx: Transaction, kept_id: UUID, former_id: UUID) -> Both:
    """Two files and their children, held until the transaction ends. Raises NotFound, HouseholdMerged."""
    await lock_households(tx, [kept_id, former_id])
    files = await _load_files(tx, kept_id, former_id)
    await _hold(tx, {child.child_id for file in files for child in file.children})
    return await _both(tx, *files)


async def _hold(tx: Transaction, child_ids: Collection[UUID]) -> None:
    await hold_schools_of(tx, child_ids)
    await hold_children(tx, child_ids)


async def load_both(db: Database, kept_id: UUID, former_id: UUID) -> Both:
    """Two files, to be looked at. Raises NotFound, HouseholdMerged."""
    return await _both(db, *await _load_files(db, kept_id, former_id))


async def _load_files(
    db: Database | Transaction, kept_id: UUID, former_id: UUID
) -> tuple[HouseholdFile, HouseholdFile]:
    kept, former = await load_file(db, kept_id), await load_file(db, former_id)
    if kept is None or former is None or kept_id == former_id:
        raise NotFound
    if (reference := await db.fetchval(MERGED_SQL, [kept_id, former_id])) is not None:
        raise HouseholdMerged(reference=reference)
    return kept, former


async def _both(db: Database | Transaction, kept: HouseholdFile, former: HouseholdFile) -> Both:
    ids, today = [kept.household_id, former.household_id], await db.today()
    children = {child.child_id: child for child in (*kept.children, *former.children)}
    return Both(
        kept=kept,
        former=former,
        custodies={child_id: await load_custody(db, children[child_id]) for child_id in sorted(children)},
        last_on=today,
        elsewhere={
            row["person_id"]: row["reference"] for row in await db.fetch(ELSEWHERE_SQL, ids, former.household_id, today)
        },
        cared_for=frozenset(row["child_id"] for row in await db.fetch(CARED_FOR_SQL, list(children))),
        received=await db.fetchval(RECEIVED_SQL, former.household_id),
        waiting_count=await db.fetchval(WAITING_SQL, former.household_id),
    )


@dataclass(frozen=True, slots=True)
class MergeRecord:
    """A merge that was made. Without `before` nothing of it can be put back."""

    merge_id: UUID
    kept_id: UUID
    former_id: UUID
    kept_reference: str
    former_reference: str
    last_on: date
    merged_at: datetime
    undone_at: datetime | None
    before: bytes | None
    after: bytes | None

    @property
    def undo_ends_at(self) -> datetime:
        """When its time to be undone is over."""
        return self.merged_at + UNDO_TIME


ADD_MERGE_SQL = """
insert into household_merges (merge_id, kept_id, former_id, same_persons, last_on, merged_at, merged_by)
values ($1, $2, $3, $4, $5, $6, $7)
"""

MARK_MERGED_SQL = "update households set merged_into = $2 where household_id = $1"


async def add_merge(tx: Transaction, merge_id: UUID, both: Both, same: Mapping[UUID, UUID], by: UUID) -> None:
    """Keep that a file is part of another one."""
    kept_id, former_id = both.kept.household_id, both.former.household_id
    persons = [{"person_id": str(went), "kept_person_id": str(stays)} for went, stays in sorted(same.items())]
    await tx.execute(ADD_MERGE_SQL, merge_id, kept_id, former_id, persons, both.last_on, await tx.now(), by)
    await tx.execute(MARK_MERGED_SQL, former_id, kept_id)


KEEP_ROWS_SQL = "update household_merges set rows_before = $2, rows_after = $3 where merge_id = $1"


async def keep_rows(tx: Transaction, merge_id: UUID, kept_id: UUID, written: Written, rows: tuple[Rows, Rows]) -> None:
    """Keep what stood before a merge and what it left, sealed."""
    keys = [[str(one) for one in of] for of in written.keys]
    before = await seal_value(tx, kept_id, merge_id.bytes + b"before", {"keys": keys, "rows": rows[0]})
    after = await seal_value(tx, kept_id, merge_id.bytes + b"after", rows[1])
    await tx.execute(KEEP_ROWS_SQL, merge_id, before, after)


MERGES = """
select m.merge_id, m.kept_id, m.former_id, k.reference as kept_reference, f.reference as former_reference, m.last_on, m.merged_at,
       m.undone_at, m.rows_before as before, m.rows_after as after
from household_merges m
join households k on k.household_id = m.kept_id
join households f on f.household_id = m.former_id
"""
MERGES_SQL = f"{MERGES} where m.kept_id = $1 or m.former_id = $1 order by m.merged_at desc limit $2"
MERGE_SQL = f"{MERGES} where m.merge_id = $1"


async def merges_of(db: Queries, household_id: UUID, limit: int) -> list[MergeRecord]:
    """The merges that a file was part of, the newest first."""
    return [_record(row) for row in await db.fetch(MERGES_SQL, household_id, limit)]


async def find_merge(db: Queries, merge_id: UUID) -> MergeRecord | None:
    """A merge; the files must be locked before it is believed."""
    row = await db.fetchrow(MERGE_SQL, merge_id)
    return _record(row) if row else None


def _record(row: Row) -> MergeRecord:
    return MergeRecord(**dict(row))


@dataclass(frozen=True, slots=True)
class Standing:
    """Whose rows a merge wrote, as they stood before, and which parts are not as the merge left them."""

    written: Written
    before: Rows
    changed: tuple[MergedPart, ...]


async def standing_of(db: Queries, merge: MergeRecord) -> Standing | None:
    """What there is to put back; None when its time is over, or it was erased."""
    stored = await _before(db, merge)
    after = await unseal_value(db, merge.kept_id, merge.merge_id.bytes + b"after", merge.after)
    if stored is None or after is None:
        return None
    written = _written(stored)
    now = await rows_of(db, written)
    changed = {part for table, part in PARTS.items() if now.get(table) != after.get(table)}
    return Standing(written, stored["rows"], tuple(part for part in MergedPart if part in changed))


async def hold_merged(tx: Transaction, merge: MergeRecord) -> None:
    """Hold the children whose rows a merge wrote: whoever changes what is said of them is done by then, or waits."""
    if (stored := await _before(tx, merge)) is not None:
        await _hold(tx, _written(stored).child_ids)


async def _before(db: Queries, merge: MergeRecord) -> Any:
    return await unseal_value(db, merge.kept_id, merge.merge_id.bytes + b"before", merge.before)


def _written(stored: Mapping[str, Any]) -> Written:
    return Written(*(tuple(UUID(one) for one in of) for of in stored["keys"]))


UNDO_SQL = """
update household_merges set undone_at = $2, undone_by = $3, rows_before = null, rows_after = null where merge_id = $1
"""
UNMARK_SQL = "update households set merged_into = null where household_id = $1"


async def note_undone(tx: Transaction, merge: MergeRecord, by: UUID) -> None:
    """Keep that two files are two again."""
    await tx.execute(UNDO_SQL, merge.merge_id, await tx.now(), by)
    await tx.execute(UNMARK_SQL, merge.former_id)


FORGET_ROWS_SQL = """
update household_merges set rows_before = null, rows_after = null where merge_id in (
    select merge_id from household_merges where merged_at <= $1 and rows_before is not null limit $2 for update skip locked)
returning merge_id
"""


async def forget_rows(tx: Transaction, before: datetime, limit: int) -> int:
    """Forget what stood before merges that cannot be undone any more; how many there were."""
    return len(await tx.fetch(FORGET_ROWS_SQL, before, limit))
