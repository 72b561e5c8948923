"""Comparing what several databases hold of the same things: counts and hashes of buckets first, keys of those that differ next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import asyncpg

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Databases: TypeAlias = Mapping[str, Connection]
Digests: TypeAlias = set[tuple[str, str]]
"""Keys, each with the hash of what is held of it; a key may be there several times."""


@dataclass(frozen=True, slots=True)
class Side:
    """What a service holds. `rows_sql` answers texts: `key`, which is an id, and `content`, which never leaves the database."""

    service: str
    rows_sql: str

    @property
    def buckets_sql(self) -> str:
        """Answers a count and a hash for each of 256 parts of the keys."""
        return f"""
select left(md5(key), 2) as bucket, count(*) as count, sum(('x' || left(md5(concat_ws(e'\\x1f', key, content)), 15))::bit(60)::bigint) as hash
from (select distinct key, content from ({self.rows_sql}) held) rows group by 1"""

    @property
    def bucket_sql(self) -> str:
        """Answers each key of some parts, with a hash."""
        return f"""
select distinct key, md5(concat_ws(e'\\x1f', 'content', content)) as hash from ({self.rows_sql}) held
where left(md5(key), 2) = any($1::text[])"""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What must be held alike: by its source, and by each of its copies."""

    code: str
    what: str
    source: Side
    copies: Sequence[Side]

    async def differences(self, databases: Databases) -> list[str]:
        """Each key that a copy lacks, has alone or holds otherwise."""
        expected = await _buckets(databases, self.source)
        faults: list[str] = []
        for copy in self.copies:
            held = await _buckets(databases, copy)
            if buckets := sorted(
                bucket for bucket in expected.keys() | held.keys() if expected.get(bucket) != held.get(bucket)
            ):
                source, other = [await _digests(databases, side, buckets) for side in (self.source, copy)]
                faults += [f"{self.what}: {copy.service} {fault}" for fault in _differences(source, other)]
        return faults


async def _buckets(databases: Databases, side: Side) -> dict[str, tuple[int, int]]:
    rows = await databases[side.service].fetch(side.buckets_sql)
    return {row["bucket"]: (row["count"], row["hash"]) for row in rows}


async def _digests(databases: Databases, side: Side, buckets: Sequence[str]) -> Digests:
    rows = await databases[side.service].fetch(side.bucket_sql, buckets)
    return {(row["key"], row["hash"]) for row in rows}


def _differences(source: Digests, copy: Digests) -> list[str]:
    lacking, alone = ({key for key, _ in one - other} for one, other in ((source, copy), (copy, source)))
    return [
        *(f"holds {key} otherwise" for key in sorted(lacking & alone)),
        *(f"lacks {key}" for key in sorted(lacking - alone)),
        *(f"alone has {key}" for key in sorted(alone - lacking)),
    ]
