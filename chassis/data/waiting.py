"""What waits for an agent in a service (a work queue): its list, its counts and one of it, made of one statement for each kind; and who looks after what.

A service says of each kind which rows wait (a branch); order, pages, filters and owners are the same for all of them (`contracts/queue.py`). An
owner is an agent who said that they look after something, or were given it: one at a time, until it is settled or `OWNED_FOR` is over. That is
a word among colleagues, and not needed to decide: requests alone are taken over first.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.access import WITH_ACTOR, reach_of
from chassis.actor import Actor
from chassis.clock import civil_day
from chassis.data.database import Database, Transaction
from chassis.data.known_agents import is_known
from chassis.data.paging import cursor_of, read_cursor
from chassis.data.queries import Row
from chassis.housekeeping import remove_in_batches
from chassis.refusal import FieldRefusal, Invalid, NotFound, OwnedByColleague
from contracts.http import PAGE_SIZE, Page
from contracts.queue import OwnerAsked, OwnerChange, Settled, WaitingCount, WaitingItem, WaitingKind

OWNED_FOR: Final = timedelta(days=7)
BEFORE_ALL: Final = (datetime(1900, 1, 1, tzinfo=UTC), UUID(int=0))

_COLUMNS: Final = "kind, item_id, label, name, household_id, reference, site_code, since"


def _each(branches: Sequence[str], columns: str, rest: str) -> str:
    """Of each branch what is asked for, each by itself, so that one which waits for little of a long list reads little of it."""
    owned = f"""(
select {columns}, o.account_id as owner_id
from ({{branch}}) w ({_COLUMNS})
left join waiting_owners o on o.kind = w.kind and o.item_id = w.item_id and o.ends_at > $5::timestamptz
where $6::text is not null and {rest})"""  # noqa: S608 - it is put together from constants alone
    return " union all ".join(owned.format(branch=branch) for branch in branches)


def list_statement(*branches: str) -> str:
    """The list of what waits. Each branch selects `kind, item_id, label, name, household_id, reference, site_code, since` where `$4` names its kind; `$5` is now,
    `$6` the town's zone."""
    page = """(w.since, w.item_id) > ($7::timestamptz, $8::uuid) and ($9::text is null or w.site_code = $9)
  and ($10::timestamptz is null or w.since < $10)
  and case $11::text when 'own' then o.account_id = $12::uuid when 'nobody' then o.account_id is null else true end
order by w.since, w.item_id limit $13"""
    return f"{WITH_ACTOR} select * from ({_each(branches, 'w.*', page)}) waiting order by since, item_id limit $13"  # noqa: S608 - it is put together from constants alone


def count_statement(*branches: str) -> str:
    """How many of each kind wait; those since before `$8` are late."""
    return f"""{WITH_ACTOR}
select kind, count(*) as count, count(*) filter (where since < $8::timestamptz) as late_count,
       count(*) filter (where owner_id = $9::uuid) as own_count, count(*) filter (where owner_id is null) as unowned_count
from ({_each(branches, "w.kind, w.since", "($7::text is null or w.site_code = $7)")}) waiting group by kind
"""  # noqa: S608 - it is put together from constants alone


def item_statement(*branches: str) -> str:
    """One of what waits."""
    return f"{WITH_ACTOR} {_each(branches, 'w.*', 'w.item_id = $7::uuid')}"


@dataclass(frozen=True, slots=True)
class WaitingAsked:
    """Which things an agent asks for. `kinds` are those that they may see; `days`: that wait for so many at least."""

    kinds: Collection[WaitingKind]
    site: str | None = None
    days: int | None = None
    owner: OwnerAsked | None = None
    cursor: str | None = None
    limit: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Desk:
    """What a list is made with: the town's delay, and the kinds that its reader may decide."""

    answer_days: int
    decided: Collection[WaitingKind]


async def list_items(db: Database, actor: Actor, sql: str, desk: Desk, asked: WaitingAsked) -> Page[WaitingItem]:
    """A page of what waits, the oldest first. Raises Invalid."""
    after = read_cursor(asked.cursor, _instant, UUID) if asked.cursor else BEFORE_ALL
    today = await db.today()
    before = None if asked.days is None else _days_ago(today, asked.days - 1, db.zone)
    rows = await db.fetch(
        sql,
        *await _parameters(db, actor, asked.kinds),
        *after,
        asked.site,
        before,
        asked.owner,
        actor.account_id,
        asked.limit + 1,
    )
    items = tuple(item_of(row, desk, db.zone) for row in rows[: asked.limit])
    return Page(items=items, next_cursor=items[-1].cursor if len(rows) > asked.limit else None)


async def count_items(db: Database, actor: Actor, sql: str, desk: Desk, asked: WaitingAsked) -> Page[WaitingCount]:
    """How many of each kind wait, those of which there is none too."""
    late_before = _days_ago(await db.today(), desk.answer_days, db.zone)
    parameters = await _parameters(db, actor, asked.kinds)
    rows = await db.fetch(sql, *parameters, asked.site, late_before, actor.account_id)
    known = {row["kind"]: WaitingCount.model_validate(dict(row)) for row in rows}
    none = {"count": 0, "late_count": 0, "own_count": 0, "unowned_count": 0}
    return Page(items=tuple(known.get(kind) or WaitingCount(kind=kind, **none) for kind in sorted(asked.kinds)))


async def find_item(
    db: Database | Transaction, actor: Actor, sql: str, kinds: Collection[WaitingKind], item_id: UUID
) -> Row | None:
    """The row of something that waits, and that the actor reaches."""
    return await db.fetchrow(sql, *await _parameters(db, actor, kinds), item_id)


async def _parameters(db: Database | Transaction, actor: Actor, kinds: Collection[WaitingKind]) -> tuple[object, ...]:
    reach = reach_of(actor, await db.today())
    return (*reach, sorted(kinds), await db.now(), db.zone.key)


def item_of(row: Row | Mapping[str, Any], desk: Desk, zone: ZoneInfo, settled: Settled | None = None) -> WaitingItem:
    """Something as it is told."""
    kind, since = WaitingKind(row["kind"]), row["since"]
    return WaitingItem(
        kind=kind,
        item_id=row["item_id"],
        label=row["label"],
        name=row["name"],
        household_id=row["household_id"],
        reference=row["reference"],
        site_code=row["site_code"],
        asked_at=since,
        due_on=civil_day(since, zone) + timedelta(days=desk.answer_days),
        owner_id=row["owner_id"],
        is_decidable=kind in desk.decided and settled is None,
        cursor=cursor_of((since.isoformat(), row["item_id"])),
        settled=settled,
    )


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError
    return at


def _days_ago(today: date, days: int, zone: ZoneInfo) -> datetime:
    """The first instant of the day so many days ago."""
    return datetime.combine(today - timedelta(days=days), datetime.min.time(), zone)


# Whoever asks at the same moment waits for the row, and finds the first one's.
LOCK_OWNER_SQL = """
insert into waiting_owners (kind, item_id, account_id, ends_at) values ($1, $2, $3, $4)
on conflict (kind, item_id) do update set kind = excluded.kind returning account_id, ends_at
"""

SAVE_OWNER_SQL = "update waiting_owners set account_id = $3, ends_at = $4 where kind = $1 and item_id = $2"

REMOVE_OWNER_SQL = "delete from waiting_owners where kind = $1 and item_id = $2"

FORGET_OWNERS_SQL: Final = """
delete from waiting_owners where (kind, item_id) in (
    select kind, item_id from waiting_owners where ends_at < $1 limit $2 for update skip locked)
"""


async def forget_owners(db: Database) -> None:
    """Remove what nobody looks after any more."""
    await remove_in_batches(db, FORGET_OWNERS_SQL, await db.now())


async def change_owner(tx: Transaction, kind: WaitingKind, item_id: UUID, change: OwnerChange) -> None:
    """Have somebody look after something, or nobody. Raises OwnedByColleague: another agent does by now."""
    now = await tx.now()
    wanted = change.owner_id or change.known_owner_id
    if wanted is None:
        return
    (row,) = await tx.fetch(LOCK_OWNER_SQL, kind, item_id, wanted, now + OWNED_FOR)
    if row["ends_at"] > now and row["account_id"] not in (change.known_owner_id, change.owner_id):
        raise OwnedByColleague(account_id=str(row["account_id"]))
    if change.owner_id is None:
        await tx.execute(REMOVE_OWNER_SQL, kind, item_id)
    else:
        await tx.execute(SAVE_OWNER_SQL, kind, item_id, change.owner_id, now + OWNED_FOR)


async def take_item(tx: Transaction, actor: Actor, row: Row | None, change: OwnerChange) -> None:
    """`change_owner` of a row of `find_item`, to the actor themselves or an agent who is known.

    Raises:
        NotFound: it does not wait, or not for this actor.
        Invalid: the owner is no agent whose account is open.
        OwnedByColleague.
    """
    if row is None:
        raise NotFound
    if change.owner_id not in (None, actor.account_id) and not await is_known(tx, change.owner_id):
        raise Invalid(FieldRefusal("/owner_id", "agent_unknown"))
    await change_owner(tx, WaitingKind(row["kind"]), row["item_id"], change)
