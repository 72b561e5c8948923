"""Storage of what was tried: failures by subject, levels by source address, and the devices of accounts."""

import secrets
from collections.abc import Sequence
from uuid import UUID

from chassis.data.database import Row, Transaction

from ..adapters.keys import TOKEN_BYTES, token_hash
from .domain import DEVICES_MAX, Attempt, Counts, SourceLevel, SourceRule, Target, Throttle, account_subjects

# One statement for all that an attempt is counted against, in the order in which everybody locks: throttles, then the level.
LOCK_COUNTS_SQL = """
with throttled as (
    insert into throttles as t (subject, failure_count, failed_at, open_at)
    select s.subject, 0, now() + $3::interval, now() + $3::interval
    from unnest($1::text[]) with ordinality as s(subject, position) order by s.position
    on conflict (subject) do update set subject = excluded.subject
    returning t.subject, t.failure_count, t.failed_at, t.open_at
), levelled as (
    insert into source_levels as l (source, empty_at)
    select $2, now() + $3::interval where (select count(*) from throttled) > 0
    on conflict (source) do update set source = excluded.source returning l.empty_at
)
select t.subject, t.failure_count, t.failed_at, t.open_at, l.empty_at, now() as begun_at from throttled t cross join levelled l
"""


async def lock_counts(tx: Transaction, target: Target, source: str) -> Counts:
    """What an attempt is counted against, locked until the end of the transaction."""
    rows = await tx.fetch(LOCK_COUNTS_SQL, target.subjects, source, tx.clock_offset)
    tx.begun(rows[0]["begun_at"])
    throttles = {row["subject"]: _throttle_of(row) for row in rows}
    total = throttles[target.total] if target.total else None
    return Counts(throttles[target.subject], total, SourceLevel(rows[0]["empty_at"]))


SAVE_COUNTS_SQL = """
with throttled as (
    update throttles t set failure_count = c.failure_count, failed_at = c.failed_at, open_at = c.open_at
    from unnest($1::text[], $2::integer[], $3::timestamptz[], $4::timestamptz[]) as c(subject, failure_count, failed_at, open_at)
    where t.subject = c.subject
)
update source_levels set empty_at = $6 where source = $5
"""


async def save_counts(tx: Transaction, target: Target, source: str, counts: Counts) -> None:
    """Write what an attempt is counted against, which is locked."""
    throttles = [throttle for throttle in (counts.throttle, counts.total) if throttle]
    await tx.execute(
        SAVE_COUNTS_SQL,
        target.subjects,
        [throttle.failure_count for throttle in throttles],
        [throttle.failed_at for throttle in throttles],
        [throttle.open_at for throttle in throttles],
        source,
        counts.level.empty_at,
    )


GIVE_BACK_SQL = """
with forgotten as (delete from throttles where subject = any($1::text[]) returning subject)
update source_levels set empty_at = empty_at - $3::interval where source = $2 and (select count(*) from forgotten) >= 0
"""
# The condition on what was forgotten makes the throttles locked first; a level that is gone was empty.


async def give_back(tx: Transaction, subjects: Sequence[str], source: str, rule: SourceRule) -> None:
    """Forget the failures of subjects, and take one attempt of a source back that was counted."""
    await tx.execute(GIVE_BACK_SQL, subjects, source, rule.pause)


LOCK_THROTTLE_SQL = """
insert into throttles as t (subject, failure_count, failed_at, open_at) values ($1, 0, $2, $2)
on conflict (subject) do update set subject = excluded.subject
returning t.failure_count, t.failed_at, t.open_at
"""


async def lock_throttle(tx: Transaction, subject: str) -> Throttle:
    """The failures of a subject, locked until the end of the transaction."""
    row = await tx.fetchrow(LOCK_THROTTLE_SQL, subject, await tx.now())
    if row is None:
        raise AssertionError("an insert that updates on conflict returns its row")
    return _throttle_of(row)


SAVE_THROTTLE_SQL = "update throttles set failure_count = $2, failed_at = $3, open_at = $4 where subject = $1"


async def save_throttle(tx: Transaction, subject: str, throttle: Throttle) -> None:
    """Write the failures of a subject that is locked."""
    await tx.execute(SAVE_THROTTLE_SQL, subject, throttle.failure_count, throttle.failed_at, throttle.open_at)


FORGET_FAILURES_SQL = "delete from throttles where subject = any($1::text[])"


async def forget_failures(tx: Transaction, *subjects: str) -> None:
    """Let subjects try again at once."""
    await tx.execute(FORGET_FAILURES_SQL, subjects)


async def forget_account_failures(tx: Transaction, account_id: UUID) -> None:
    """Let the password of an account be tried again at once, whatever it is called by."""
    await forget_failures(tx, *account_subjects(account_id))


LOCK_LEVEL_SQL = """
insert into source_levels as l (source, empty_at) values ($1, $2)
on conflict (source) do update set source = excluded.source returning l.empty_at
"""


async def lock_level(tx: Transaction, source: str) -> SourceLevel:
    """What counts against a source, locked until the end of the transaction; throttles are locked before."""
    return SourceLevel(await tx.fetchval(LOCK_LEVEL_SQL, source, await tx.now()))


SAVE_LEVEL_SQL = "update source_levels set empty_at = $2 where source = $1"


async def save_level(tx: Transaction, source: str, level: SourceLevel) -> None:
    """Write the level of a source that is locked."""
    await tx.execute(SAVE_LEVEL_SQL, source, level.empty_at)


LOCK_DEVICE_SQL = """
select failure_count, failed_at, open_at from devices where account_id = $1 and device_hash = $2 for update
"""


async def lock_device(tx: Transaction, account_id: UUID, device_hash: bytes) -> Throttle | None:
    """The failures of a device of an account, locked; None when the account never signed in there."""
    row = await tx.fetchrow(LOCK_DEVICE_SQL, account_id, device_hash)
    return _throttle_of(row) if row else None


SAVE_DEVICE_SQL = """
update devices set failure_count = $3, failed_at = $4, open_at = $5 where account_id = $1 and device_hash = $2
"""


async def save_device(tx: Transaction, account_id: UUID, device_hash: bytes, throttle: Throttle) -> None:
    """Write the failures of a device that is locked."""
    counted = (throttle.failure_count, throttle.failed_at, throttle.open_at)
    await tx.execute(SAVE_DEVICE_SQL, account_id, device_hash, *counted)


FORGET_DEVICES_SQL = "delete from devices where account_id = $1"


async def forget_devices(tx: Transaction, account_id: UUID) -> None:
    """No device stands for an account any more."""
    await tx.execute(FORGET_DEVICES_SQL, account_id)


FORGET_OTHER_DEVICES_SQL = "delete from devices where account_id = $1 and device_hash <> $2"


async def forget_other_devices(tx: Transaction, account_id: UUID, token: str) -> None:
    """No device stands for an account any more but the one of a browser, if it did."""
    await tx.execute(FORGET_OTHER_DEVICES_SQL, account_id, token_hash(token))


REMEMBER_DEVICE_SQL = """
with forgotten as (delete from throttles where subject = any($6::text[]) returning subject),
given_back as (
    update source_levels set empty_at = empty_at - $8::interval where source = $7 and (select count(*) from forgotten) >= 0
), chosen as (
    select case when exists (select from devices where device_hash = $2) then $2 else $3 end as device_hash
), kept as (
    insert into devices (account_id, device_hash, seen_at, failure_count, failed_at, open_at)
    select $1, device_hash, $4, 0, $4, $4 from chosen
    on conflict (account_id, device_hash) do update
    set seen_at = excluded.seen_at, failure_count = 0, failed_at = excluded.failed_at, open_at = excluded.open_at
), dropped as (
    delete from devices where account_id = $1 and device_hash in (
        select d.device_hash from devices d join chosen c on d.device_hash <> c.device_hash
        where d.account_id = $1 order by d.seen_at desc, d.device_hash offset $5)
)
select device_hash = $2 from chosen
"""


async def remember_device(
    tx: Transaction, account_id: UUID, token: str, attempt: Attempt | None = None, rule: SourceRule | None = None
) -> str:
    """Note that an account signed in on a device, without failures, and take the attempt that was right back, if there was one to count; the
    token that its browser keeps.

    A browser that brings one of ours keeps it, whoever signed in there before: two parents share a tablet.
    """
    new = secrets.token_urlsafe(TOKEN_BYTES)
    # The others that are kept: it makes one more with them.
    others_max = DEVICES_MAX - 1
    counted = (attempt.subjects, attempt.source) if attempt else ((), None)
    chosen = (token_hash(token), token_hash(new), await tx.now(), others_max)
    is_ours = await tx.fetchval(REMEMBER_DEVICE_SQL, account_id, *chosen, *counted, rule.pause if rule else None)
    return token if is_ours else new


def _throttle_of(row: Row) -> Throttle:
    return Throttle(row["failure_count"], row["failed_at"], row["open_at"])
