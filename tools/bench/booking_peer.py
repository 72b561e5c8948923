"""The peer of the booking measures: pgbench, which writes the rows of a booking as one prepared statement.

The statement writes what the service writes for a basket of one day, in the same tables with the same indexes and of the
same size: the counter of the slot's pool (and refuses when it is full), the booking, the kept answer of the idempotency key, the key's
counter of the outbox, and the two events. It signs nothing in, judges no rule, reads no family, and speaks no HTTP: its
ids come from its own counter and its texts are constants. Durability is the server's, as for us.
"""

import asyncio
import os
import re
import resource
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from deploy.local.child import LauncherError
from deploy.local.reach import program

from .booking_load import STRIDE
from .booking_town import FAMILIES, SLOTS, Town

THREADS = 2

WRITE_SQL = """
with ids as materialized (
    select uuidv7() as booking_id, uuidv7() as basket_id,
           (lpad(to_hex(:family::int), 12, '0') || '70008000a00000000000')::uuid as household_id,
           (lpad(to_hex(:family::int), 12, '0') || '70008000b00000000000')::uuid as guardian_id,
           (lpad(to_hex(:family::int), 12, '0') || '70008000c00000000000')::uuid as child_id,
           (lpad(to_hex(:slot::int), 12, '0') || '70008000d00000000000')::uuid as slot_id,
           (lpad(to_hex(:slot::int), 12, '0') || '70008000d10000000000')::uuid as pool_id
), place as (
    update pools p set taken = taken + 1 from ids where p.id = ids.pool_id and p.taken < p.capacity returning p.service_on
), booking as (
    insert into bookings (id, basket_id, household_id, child_id, activity_id, slot_id, service_on, span, status, booked_by,
                          confirmed_at)
    select booking_id, basket_id, household_id, child_id, s.activity_id, slot_id, place.service_on, int4range(480, 1080),
           'confirmed', guardian_id, now()
    from ids join slots s on s.id = ids.slot_id, place
), answer as (
    insert into idempotency_keys (actor, key, fingerprint, response)
    select guardian_id::text, gen_random_uuid()::text, sha256(uuid_send(booking_id)), '{answer}'::jsonb from ids, place
), counter as (
    insert into outbox_keys as k (topic, key, sequence)
    select 'booking.bookings', household_id::text, 2 from ids, place
    on conflict (topic, key) do update set sequence = k.sequence + excluded.sequence
    returning key, sequence
)
insert into outbox (shard, event_id, event_type, schema_version, topic, key, sequence, payload, trace)
select (:family::int % 8)::smallint, uuidv7(), e.event_type, '1.0', 'booking.bookings', key, sequence - 2 + e.position, e.payload,
       '{trace}'::jsonb
from counter, (values (1, 'booking.booking_confirmed.v1', '{confirmed}'::bytea),
                      (2, 'booking.basket_confirmed.v1', '{basket}'::bytea)) as e(position, event_type, payload)
order by e.position;
"""

# Each client counts its own wishes; together they are the wishes of the load.
WIDE = f"""
\\set wish :turn * :clients + :client_id
\\set turn :turn + 1
\\set family :wish % {FAMILIES}
\\set slot ({STRIDE} * :wish + :wish / {FAMILIES}) % {SLOTS}
"""

HOT = f"""
\\set wish :turn * :clients + :client_id
\\set turn :turn + 1
\\set family :wish % {FAMILIES}
\\set slot :hot_slot
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """Texts of the size that the service writes, taken from a booking that it made."""

    answer: str
    confirmed: str
    basket: str
    trace: str


@dataclass(frozen=True, slots=True)
class PeerRun:
    """So many clients, for so many seconds, or so many transactions each; `hot_slot` None is the wide measure."""

    clients: int
    seconds: int | None = None
    transactions: int | None = None
    hot_slot: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What pgbench did: transactions per second without the connecting, how many, and its own processor time."""

    rate: float
    count: int
    cpu_seconds: float


async def run_peer(town: Town, sample: Sample, run: PeerRun, folder: Path) -> Written:
    """Run pgbench once.

    Raises:
        LauncherError: it failed.
    """
    script = folder / "peer.sql"
    # A colon before a word would be one of pgbench's variables, even inside a text.
    texts = {name: re.sub(r":(?=\w)", ": ", getattr(sample, name)) for name in Sample.__dataclass_fields__}
    statement = re.sub(r"\{(\w+)\}", lambda match: texts[match[1]], WRITE_SQL)
    script.write_text((WIDE if run.hot_slot is None else HOT) + statement.replace("\n", " ").strip() + "\n")
    server = urlsplit(town.address)
    length = ["-t", str(run.transactions)] if run.transactions else ["-T", str(run.seconds)]
    variables = {"turn": 0, "clients": run.clients, "hot_slot": run.hot_slot or 0}
    command = [str(program("pgbench")), "-n", "-M", "prepared", "-f", str(script), *length]
    command += ["-c", str(run.clients), "-j", str(THREADS), "-h", str(server.hostname), "-p", str(server.port)]
    command += ["-U", unquote(str(server.username))]
    command += [word for name, value in variables.items() for word in ("-D", f"{name}={value}")]
    before = _cpu_seconds_of_ended()
    child = await asyncio.create_subprocess_exec(
        *command,
        town.name,
        env=os.environ | {"PGPASSWORD": unquote(str(server.password))},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await child.communicate()
    rate = re.search(rb"tps = ([0-9.]+) \(without", output)
    count = re.search(rb"actually processed: (\d+)", output)
    if child.returncode or rate is None or count is None:
        raise LauncherError(f"pgbench failed: {errors.decode()[-500:]}")
    return Written(float(rate[1]), int(count[1]), _cpu_seconds_of_ended() - before)


def _cpu_seconds_of_ended() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
