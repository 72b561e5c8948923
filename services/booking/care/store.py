"""Storage of what children in care need: the keys that this service made, what arrived sealed with them, and who looked."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from joserfc.jwk import OKPKey

from chassis.data.database import Queries, Transaction
from chassis.data.history import forget_changes
from chassis.data.replicas import Replica
from chassis.sealing import SealBroken, unseal
from contracts.booking.events import CareKeyState
from contracts.event import Envelope
from contracts.family.care import Care
from contracts.family.events import CareState

from .domain import Guardian

RECORDS: Final = Replica("care_records", "child_id", ("sealed_for", "sealed"))
CURVE: Final = "X25519"

KEY_SQL = "select public_key from care_keys where child_id = $1"


async def keep_record(tx: Transaction, state: CareState, envelope: Envelope) -> None:
    """Keep what must be known of a child, sealed as it is, unless something newer is. What was sealed with another key than ours (one that a backup
    did not know) makes us say ours again."""
    public_key = await tx.fetchval(KEY_SQL, state.child_id)
    if public_key is None:
        return
    is_news = await RECORDS.keep(tx, state.child_id, envelope.sequence, state.sealed_for, state.sealed)
    if is_news and OKPKey.import_key(json.loads(public_key)).thumbprint() != state.sealed_for:
        tx.emit(CareKeyState(child_id=state.child_id, public_key=public_key))


# Only children whose civil status is known: who was erased is not looked for again.
WANTED_KEYS_SQL = """
select distinct e.child_id from enrollments e join child_records c on c.child_id = e.child_id
where e.status in ('validated', 'ended') and upper(e.days) > $1::date
  and not exists (select from care_keys k where k.child_id = e.child_id)
order by e.child_id limit $2
"""

IDLE_KEYS_SQL = """
select k.child_id from care_keys k where not exists (
    select from enrollments e where e.child_id = k.child_id and e.status in ('validated', 'ended') and upper(e.days) > $1::date)
order by k.child_id limit $2 for update skip locked
"""

ADD_KEYS_SQL = """
insert into care_keys (child_id, private_key, public_key, made_at)
select child_id, private_key, public_key, $4 from unnest($1::uuid[], $2::text[], $3::text[]) as k(child_id, private_key, public_key)
on conflict (child_id) do nothing returning child_id, public_key
"""


async def add_keys(tx: Transaction, today: date, limit: int) -> int:
    """Make and publish a key for children who are enrolled and have none; how many there were."""
    child_ids = [row["child_id"] for row in await tx.fetch(WANTED_KEYS_SQL, today, limit)]
    if child_ids:
        keys = [OKPKey.generate_key(CURVE) for _ in child_ids]
        private = [json.dumps(key.as_dict(private=True)) for key in keys]
        public = [json.dumps(key.as_dict(private=False)) for key in keys]
        for row in await tx.fetch(ADD_KEYS_SQL, child_ids, private, public, await tx.now()):
            tx.emit(CareKeyState(child_id=row["child_id"], public_key=row["public_key"]))
    return len(child_ids)


async def remove_idle_keys(tx: Transaction, today: date, limit: int) -> int:
    """Delete the keys of children who are enrolled nowhere any more, and what was sealed with them; how many there were."""
    child_ids = [row["child_id"] for row in await tx.fetch(IDLE_KEYS_SQL, today, limit)]
    await remove_care(tx, child_ids)
    for child_id in child_ids:
        tx.erase(CareKeyState, str(child_id))
    return len(child_ids)


REMOVE_KEYS_SQL = "delete from care_keys where child_id = any($1::uuid[])"
REMOVE_RECORDS_SQL = "delete from care_records where child_id = any($1::uuid[])"
REMOVE_LOOKS_SQL = "delete from care_looks where child_id = any($1::uuid[])"


async def remove_care(tx: Transaction, child_ids: Sequence[UUID]) -> None:
    """Delete the keys of children first of all, without which no copy of what was sealed with them says anything."""
    await tx.execute(REMOVE_KEYS_SQL, child_ids)
    await tx.execute(REMOVE_RECORDS_SQL, child_ids)
    await tx.execute(REMOVE_LOOKS_SQL, child_ids)


async def forget_care(tx: Transaction, child_id: UUID) -> None:
    """Erase what is known of a child in care, and what was noted of who looked at it."""
    await remove_care(tx, [child_id])
    await forget_changes(tx, [child_id])
    tx.erase(CareKeyState, str(child_id))


LOAD_CARE_SQL = """
select r.child_id, r.sealed, k.private_key from care_records r join care_keys k on k.child_id = r.child_id
where r.child_id = any($1::uuid[])
"""


async def load_care(db: Queries, child_ids: Collection[UUID]) -> dict[UUID, Care]:
    """What is known of those of these children of whom something can be read."""
    known = {}
    for row in await db.fetch(LOAD_CARE_SQL, list(child_ids)):
        try:
            text = unseal(row["sealed"], OKPKey.import_key(json.loads(row["private_key"])))
        except SealBroken:  # sealed with a former key: the record that is sealed with this one is on its way
            continue
        known[row["child_id"]] = Care.model_validate_json(text, extra="ignore")
    return known


GUARDIANS_SQL = """
select child_id, adult_id, bool_or(authority = 'sole') as is_alone from responsibilities
where child_id = any($1::uuid[]) and role = 'guardian' and authority in ('sole', 'joint') and days @> $2::date
group by child_id, adult_id
"""


async def guardians_on(db: Queries, child_ids: Collection[UUID], day: date) -> dict[UUID, list[Guardian]]:
    """Who answers for each of these children on a day."""
    guardians: dict[UUID, list[Guardian]] = {child_id: [] for child_id in child_ids}
    for row in await db.fetch(GUARDIANS_SQL, list(child_ids), day):
        guardians[row["child_id"]].append(Guardian(row["adult_id"], row["is_alone"]))
    return guardians


ADD_LOOKS_SQL = """
insert into care_looks (looked_on, agent_id, child_id) select $1, $2, unnest($3::uuid[])
on conflict do nothing returning child_id
"""

FORGET_LOOKS_SQL = "delete from care_looks where looked_on < $1"


@dataclass(frozen=True, slots=True)
class Look:
    """Whose look at which children, on which day."""

    on: date
    agent_id: UUID
    child_ids: Sequence[UUID]


async def add_look(tx: Transaction, look: Look) -> list[UUID]:
    """Note a look; those of its children whom this agent had not looked at that day."""
    rows = await tx.fetch(ADD_LOOKS_SQL, look.on, look.agent_id, sorted(look.child_ids))
    return sorted(row["child_id"] for row in rows)


async def forget_looks(tx: Transaction, before_on: date) -> None:
    """Forget which looks were noted already on former days; the history has them."""
    await tx.execute(FORGET_LOOKS_SQL, before_on)
