"""What is past its time goes in bounded batches, each a transaction of its own; what is not stays."""

import pytest

from chassis.data.database import Database
from chassis.housekeeping import HOUSEKEEPING

pytestmark = pytest.mark.anyio

OLD, NEW = 25, 3

SEED_SQL = """
with old as (
    insert into inbox select gen_random_uuid(), 'topic', now() - interval '31 days' from generate_series(1, 25)
), new as (
    insert into inbox select gen_random_uuid(), 'topic', now() from generate_series(1, 3)
)
insert into idempotency_keys (actor, key, fingerprint, created_at)
select 'somebody', n::text, '', now() - make_interval(days => case when n <= 25 then 8 else 0 end)
from generate_series(1, 28) n
"""

# Counts the rows of each delete, by transaction.
WATCH_SQL = """
create table batches (table_name text, size bigint, transaction xid8);
create function note_batch() returns trigger language plpgsql as $$
begin
    insert into batches select tg_table_name, count(*), pg_current_xact_id() from gone;
    return null;
end
$$;
create trigger note_batch after delete on inbox referencing old table as gone
    for each statement execute function note_batch();
create trigger note_batch after delete on idempotency_keys referencing old table as gone
    for each statement execute function note_batch();
"""


async def test_old_rows_go_in_batches_and_new_ones_stay(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.housekeeping.BATCH_ROWS_MAX", 10)
    await db.execute(SEED_SQL)
    await db.execute(WATCH_SQL)
    await HOUSEKEEPING.run(db)
    for table in ("inbox", "idempotency_keys"):
        batches = await db.fetch("select size, transaction::text as number from batches where table_name = $1", table)
        assert [row["size"] for row in batches] == [10, 10, 5]
        assert len({row["number"] for row in batches}) == len(batches)
        assert await db.fetchval(f"select count(*) from {table}") == NEW
