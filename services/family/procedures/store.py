"""Storage of published procedures: every text as it was, by code and version."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from chassis.data.database import Queries, Transaction
from contracts.family.procedure_words import Procedure

from .domain import procedure_of


@dataclass(frozen=True, slots=True)
class Published:
    """A text that counts, or counted, and what it says. `published_at` is None for what the town begins with, until something is asked by it."""

    procedure: Procedure
    version: int
    text: str
    published_at: datetime | None = None
    published_by: UUID | None = None


@lru_cache(maxsize=512)
def said_by(text: str) -> Procedure:
    """What a published text says: it was read before it was published."""
    procedure = procedure_of(text)
    if not isinstance(procedure, Procedure):
        raise TypeError("a text without flaws is published alone")
    return procedure


def shipped(texts: Iterable[str]) -> dict[str, Published]:
    """What the town begins with, by code."""
    return {made.code: Published(made, 1, text) for text in texts for made in (said_by(text),)}


COUNTING_SQL = """
select distinct on (code) code, version, text, published_at, published_by from procedure_versions order by code, version desc
"""


async def load_counting(db: Queries) -> dict[str, Published]:
    """The newest version of each procedure of which one is kept."""
    rows = await db.fetch(COUNTING_SQL)
    return {row["code"]: Published(said_by(row["text"]), *[*row.values()][1:]) for row in rows}


VERSIONS_SQL = """
select version, text, published_at, published_by from procedure_versions where code = $1 order by version desc limit 100
"""


async def load_versions(db: Queries, code: str) -> list[Published]:
    """The versions of a procedure that are kept, the newest first."""
    return [Published(said_by(row["text"]), *row.values()) for row in await db.fetch(VERSIONS_SQL, code)]


ADD_VERSION_SQL = """
insert into procedure_versions (code, version, text, published_at, published_by) values ($1, $2, $3, $4, $5)
on conflict (code, version) do nothing
"""


async def add_version(tx: Transaction, published: Published, by: UUID | None) -> None:
    """Keep a version, unless it is kept already."""
    values = (published.procedure.code, published.version, published.text)
    await tx.execute(ADD_VERSION_SQL, *values, await tx.now(), by)


# Whoever publishes at the same moment waits, and finds the other's version.
LOCK_SQL = "select pg_advisory_xact_lock(hashtext('procedure ' || $1))"


async def lock_procedure(tx: Transaction, code: str) -> None:
    """Hold a procedure by its code, whether one is kept or not, until the transaction ends."""
    await tx.execute(LOCK_SQL, code)
