"""History: an audit log of what people did, one row for each act, stored with the act itself and only ever added to.

What an act changed is sealed with a key of the household or person whom it concerns (crypto-shredding): erasure deletes the key.
Jobs and consumers are nobody, and note nothing of their own.
"""

from collections.abc import Collection, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from chassis.actor import Actor
from chassis.data.paging import cursor_of, page_of, read_cursor
from chassis.data.queries import Queries, Row
from chassis.identifiers import new_id
from chassis.sealing import new_row_key, seal_row, unseal_row
from contracts.history import HistoryEntry
from contracts.http import PAGE_SIZE, Page
from contracts.types import ActorKind, Channel

KNOWN_KEYS_MAX: Final = 10_000
WORKING_AS: Final[ContextVar[Channel | None]] = ContextVar("working_as", default=None)
"""The channel of what runs now without a request: a job says that it is one."""

BY_DELEGATION: Final = "delegation_id"
"""What an act of somebody whom a family let act says in `after`: by which delegation."""


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did, to what, and for which household if it is one's. `before` and `after` are what it changed, as JSON."""

    actor: Actor
    action: str
    subject: UUID | str
    household_id: UUID | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None

    @property
    def sealed_for(self) -> str | None:
        """Whose key seals what it changed; None when it says nothing of that."""
        if self.before is None and self.after is None:
            return None
        return str(self.household_id or self.subject)


@dataclass(frozen=True, slots=True)
class Note:
    """An act on its way into the history."""

    note_id: UUID
    act: Act
    before: bytes | None
    after: bytes | None


# Offers a key to each owner and answers the one that counts. Whoever comes second waits for the first, and takes the first
# one's key; one round trip, for it is made while contended rows are held.
KEYS_SQL = """
insert into history_keys as known (owner, key) select owner, key from unnest($1::text[], $2::bytea[]) as k(owner, key)
order by owner
on conflict (owner) do update set key = known.key
returning owner, key
"""


async def notes_of(tx: Queries, acts: Sequence[Act], known: dict[str, bytes]) -> list[Note]:
    """The notes of acts. `known` are keys that are committed already; those that this transaction makes are not among them."""
    owners = {act.sealed_for for act in acts if act.sealed_for}
    keys = {owner: known[owner] for owner in owners if owner in known}
    if missing := sorted(owners - keys.keys()):
        offered = {owner: new_row_key() for owner in missing}
        counting = {row["owner"]: row["key"] for row in await tx.fetch(KEYS_SQL, missing, [*offered.values()])}
        keys |= counting
        if len(known) > KNOWN_KEYS_MAX:
            known.clear()
        known.update((owner, key) for owner, key in counting.items() if key != offered[owner])
    return [_note(act, keys[act.sealed_for] if act.sealed_for else None) for act in acts]


def _note(act: Act, key: bytes | None) -> Note:
    note_id = new_id()
    return Note(note_id, act, _sealed(act.before, key, note_id, "before"), _sealed(act.after, key, note_id, "after"))


def _sealed(changed: Mapping[str, Any] | None, key: bytes | None, note_id: UUID, column: str) -> bytes | None:
    if changed is None or key is None:
        return None
    return seal_row(msgspec.json.encode(changed), key, _place(note_id, column))


def _place(note_id: UUID, column: str) -> bytes:
    return note_id.bytes + column.encode()


FORGET_KEYS_SQL = "delete from history_keys where owner = any($1::text[])"


async def forget_changes(tx: Queries, owners: Sequence[UUID]) -> None:
    """Erase what acts changed of households or persons; that somebody did something stays."""
    await tx.execute(FORGET_KEYS_SQL, [str(owner) for owner in owners])


HISTORY_SQL = """
select h.id, h.noted_at, h.actor_kind, h.actor_id, h.channel, h.action, h.subject, h.household_id, h.before, h.after,
       k.key
from history h left join history_keys k on k.owner = h.sealed_for
where (h.household_id = $1 or h.subject = any($2::text[])) and ($6::text[] is null or h.action = any($6))
  and ($3::timestamptz is null or (h.noted_at, h.id) < ($3, $4::uuid))
order by h.noted_at desc, h.id desc limit $5
"""


async def history_of(
    queries: Queries,
    household_id: UUID | None,
    cursor: str | None,
    subjects: Sequence[UUID] = (),
    actions: Collection[str] | None = None,
) -> Page[HistoryEntry]:
    """A page of what was done for a household or to some things of it, the newest first; only these `actions`, where some are named. Raises Invalid."""
    before_at, before_id = read_cursor(cursor, datetime.fromisoformat, UUID) if cursor else (None, None)
    rows = await queries.fetch(
        HISTORY_SQL,
        household_id,
        [str(subject) for subject in subjects],
        before_at,
        before_id,
        PAGE_SIZE + 1,
        None if actions is None else list(actions),
    )
    return page_of([_entry(row) for row in rows], lambda entry: (entry.noted_at, entry.entry_id), PAGE_SIZE)


def _entry(row: Row) -> HistoryEntry:
    return HistoryEntry(
        entry_id=row["id"],
        cursor=cursor_of((row["noted_at"], row["id"])),
        noted_at=row["noted_at"],
        actor_kind=row["actor_kind"],
        actor_id=row["actor_id"],
        channel=row["channel"],
        action=row["action"],
        subject=row["subject"],
        household_id=row["household_id"],
        before=_changed(row, "before"),
        after=_changed(row, "after"),
    )


def _changed(row: Row, column: str) -> dict[str, Any] | None:
    """What an act changed; None when it says nothing, or when its key was erased."""
    if row[column] is None or row["key"] is None:
        return None
    changed: dict[str, Any] = msgspec.json.decode(unseal_row(row[column], row["key"], _place(row["id"], column)))
    return changed


def as_families_read(actor: Actor, page: Page[HistoryEntry]) -> Page[HistoryEntry]:
    """A history in which a family knows whoever acted for it by the delegation alone: not whether they are of another file, nor the id by which
    the portal knew their address before. Agents read who it was."""
    if actor.kind is ActorKind.AGENT:
        return page
    return Page(items=tuple(_by_delegation(entry) for entry in page.items), next_cursor=page.next_cursor)


def without_words_on(page: Page[HistoryEntry], hidden: Collection[UUID]) -> Page[HistoryEntry]:
    """A history in which an act that names one of these says that it was done, and not what."""
    ids = [str(item) for item in hidden]

    def blank(entry: HistoryEntry) -> HistoryEntry:
        text = f"{entry.subject} {entry.before} {entry.after}"
        return entry.model_copy(update={"before": None, "after": None}) if any(item in text for item in ids) else entry

    return Page(items=tuple(map(blank, page.items)), next_cursor=page.next_cursor)


def _by_delegation(entry: HistoryEntry) -> HistoryEntry:
    delegation_id = (entry.after or {}).get(BY_DELEGATION)
    if delegation_id is None:
        return entry
    return entry.model_copy(update={"actor_kind": ActorKind.DELEGATE, "actor_id": UUID(delegation_id)})


MAKE_MONTHS_SQL = "select make_history_months($1, $2)"
