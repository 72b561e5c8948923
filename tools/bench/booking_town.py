"""The town of the booking measures: families whose ids are numbers, all enrolled everywhere, and thousands of days.

Number n of a kind is the UUID that ends in n in hexadecimal, so that the load, the peer and the checks name the same rows
without asking. Our side and the peer each have a database with these rows and the same migrations.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
from joserfc.jwk import OKPKey

from chassis.actor import Actor, sign_actor
from chassis.data.migrations import CHASSIS_MIGRATIONS, migrate
from contracts.types import ActorKind, StepUp
from deploy.local.child import ROOT

from .harness import InvariantBroken

FAMILIES = 4_000
ACTIVITIES = 40
DAYS = 250
SLOTS = ACTIVITIES * DAYS
CAPACITY = 1_000
TOKEN_LIFETIME = timedelta(hours=2)
HOUSEHOLD, GUARDIAN, CHILD, SLOT, POOL, ACTIVITY = "a0", "b0", "c0", "d0", "d1", "e0"
"""Each slot has a pool of its own number."""

SEED_SQL = """
create function number_id(kind text, number bigint) returns uuid language sql immutable as
    $$ select (lpad(to_hex(number), 12, '0') || '70008000' || kind || '0000000000')::uuid $$;
insert into sites (code, label) values ('house', 'Maison de quartier');
insert into activities (id, kind, label, tariff_code, age_min, age_max, starts_on, ends_on, cutoff_days_before, cutoff_at, required_documents)
select number_id('e0', a), 'leisure', 'Accueil de loisirs ' || a, 'leisure_day', 3, 12,
       current_date - 30, current_date + 300, 2, '12:00', '{{}}'
from generate_series(0, {activities} - 1) a;
insert into units (activity_id, code, label, starts_at, ends_at, implies, excludes)
select id, 'day', 'Accueil', '08:00', '18:00', '{{}}', '{{}}' from activities;
insert into groups (id, activity_id, site_code, code, label, is_default)
select number_id('f0', a), number_id('e0', a), 'house', 'default', 'Maison de quartier', true
from generate_series(0, {activities} - 1) a;
insert into pools (id, group_id, service_on, part, capacity)
select number_id('d1', s), number_id('f0', s / {days}), current_date + 10 + (s % {days})::int, 'day', {capacity}
from generate_series(0, {slots} - 1) s;
insert into slots (id, activity_id, site_code, group_id, unit_code, service_on, pool_ids, lock_ids)
select number_id('d0', s), number_id('e0', s / {days}), 'house', number_id('f0', s / {days}), 'day',
       current_date + 10 + (s % {days})::int, array[number_id('d1', s)], array[number_id('d1', s)]
from generate_series(0, {slots} - 1) s;
insert into households (household_id, version, reference)
select number_id('a0', f), 1, 'F-' || f from generate_series(0, {families} - 1) f;
insert into household_children (household_id, child_id, days)
select number_id('a0', f), number_id('c0', f), datemultirange(daterange(null, null)) from generate_series(0, {families} - 1) f;
insert into child_records (child_id, version, first_name, last_name, birth_on)
select number_id('c0', f), 1, 'Lina', 'Martin', current_date - 7 * 366 from generate_series(0, {families} - 1) f;
insert into custody (child_id, version) select number_id('c0', f), 1 from generate_series(0, {families} - 1) f;
insert into guardianships (household_id, adult_id, child_id, days)
select number_id('a0', f), number_id('b0', f), number_id('c0', f), datemultirange(daterange(null, null))
from generate_series(0, {families} - 1) f;
insert into enrollments (id, household_id, child_id, activity_id, status, days, requested_by, requested_at)
select uuidv7(), number_id('a0', f), number_id('c0', f), number_id('e0', a), 'validated',
       daterange(current_date - 30, current_date + 301), number_id('b0', f), now()
from generate_series(0, {families} - 1) f, generate_series(0, {activities} - 1) a;
insert into placements (id, enrollment_id, group_id, during)
select uuidv7(), e.id, g.id, e.days from enrollments e join groups g using (activity_id);
"""

EMPTY_SQL = """
truncate bookings, attendances, attendance_records, outbox, outbox_keys, idempotency_keys;
update pools set taken = 0, capacity = {capacity} where taken > 0 or capacity <> {capacity};
vacuum analyze pools, slots;
checkpoint;
"""

CHECK_SQL = """
select (select count(*) from bookings where status = 'confirmed') as live,
       (select count(*) from pools p join slots s on s.pool_ids[1] = p.id where p.taken > p.capacity or p.taken <> (
           select count(*) from bookings b where b.slot_id = s.id and b.status = 'confirmed')) as wrong_slots,
       (select coalesce(sum(taken), 0)::bigint from pools) as taken,
       (select count(*) from idempotency_keys) as answers,
       (select coalesce(sum(sequence), 0)::bigint from outbox_keys) as events
"""


@dataclass(frozen=True, slots=True)
class Town:
    """One database of the measure: its address and its administrator's."""

    address: str
    admin_address: str

    async def fill(self) -> None:
        """Migrate and fill the database."""
        await migrate(self.address, CHASSIS_MIGRATIONS, ROOT / "services" / "booking" / "migrations")
        sizes = {"activities": ACTIVITIES, "days": DAYS, "slots": SLOTS, "families": FAMILIES, "capacity": CAPACITY}
        connection = await asyncpg.connect(self.address)
        try:
            await connection.execute(SEED_SQL.format(**sizes))
            await connection.execute("vacuum analyze")
        finally:
            await connection.close()

    async def empty(self) -> None:
        """Forget every booking, so that each round begins from the same rows; the server writes back what is dirty."""
        connection = await asyncpg.connect(self.admin_address.rpartition("/")[0] + "/" + self.name)
        try:
            for statement in EMPTY_SQL.format(capacity=CAPACITY).strip().split(";\n"):
                await connection.execute(statement)
        finally:
            await connection.close()

    async def limit(self, slot: int, capacity: int) -> None:
        """Give one slot so many places."""
        connection = await asyncpg.connect(self.address)
        try:
            await connection.execute("update pools set capacity = $2 where id = $1", number_id(POOL, slot), capacity)
        finally:
            await connection.close()

    async def check(self, accepted: int) -> None:
        """Invariants I1, I2, I10 and I11 in numbers: what was accepted is there once, counted, answered and told."""
        connection = await asyncpg.connect(self.address)
        try:
            actual = dict(await connection.fetchrow(CHECK_SQL) or {})
        finally:
            await connection.close()
        wanted = {"live": accepted, "wrong_slots": 0, "taken": accepted, "answers": accepted, "events": 2 * accepted}
        if actual != wanted:
            raise InvariantBroken(f"found {actual}, wanted {wanted}")

    @property
    def name(self) -> str:
        """The name of the database."""
        return self.address.rpartition("/")[2]


def number_id(kind: str, number: int) -> UUID:
    """The id of number `number` of a kind. As in the town's own ids (UUIDv7), what tells two apart stands in front: a GiST index compares
    the first bits alone, and becomes a tree of overlapping pages where these are all the same."""
    return UUID(f"{number:012x}70008000{kind}0000000000")


def tokens(secrets_dir: Path) -> Sequence[str]:
    """The actor token of each family's guardian, signed as identity does."""
    key = OKPKey.import_key(json.loads((secrets_dir / "actor_private.json").read_text()))
    guardians = [number_id(GUARDIAN, family) for family in range(FAMILIES)]
    return [
        sign_actor(
            Actor(guardian, ActorKind.PARENT, guardian_id=guardian, opened=frozenset(StepUp)), key, TOKEN_LIFETIME
        )[0]
        for guardian in guardians
    ]
