"""Storage of what families declare of their resources, sealed with the household's key, and of the words that were given about them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from chassis.data.sealed_values import seal_value, unseal_value
from contracts.family.document_words import DocumentReason
from contracts.family.resource_words import DeclarationStatus, ResourcesOccasion
from contracts.types import QuotientSource

from .domain import Claim, Declaration

ADD_DECLARATION_SQL = """
insert into resource_declarations (declaration_id, household_id, document_id, status, source, sealed, declared_at, declared_by)
values ($1, $2, $3, 'waiting', $4, $5, $6, $7)
"""


async def add_declaration(tx: Transaction, declaration: Declaration) -> None:
    """Keep what a family declares."""
    await tx.execute(
        ADD_DECLARATION_SQL,
        declaration.declaration_id,
        declaration.household_id,
        declaration.document_id,
        declaration.claim.source,
        await _sealed(tx, declaration),
        declaration.declared_at,
        declaration.declared_by,
    )


async def _sealed(tx: Transaction, declaration: Declaration) -> bytes:
    return await seal_value(tx, declaration.household_id, declaration.declaration_id.bytes, asdict(declaration.claim))


async def declaration_of(db: Queries, row: Row) -> Declaration | None:
    """What a row says; None once the household's key is gone."""
    stored = await unseal_value(db, row["household_id"], row["declaration_id"].bytes, row["sealed"])
    if stored is None:
        return None
    reason = stored.pop("reason")
    claim = Claim(
        **stored | {"source": QuotientSource(stored["source"]), "reason": DocumentReason(reason) if reason else None}
    )
    return Declaration(
        declaration_id=row["declaration_id"],
        household_id=row["household_id"],
        document_id=row["document_id"],
        status=DeclarationStatus(row["status"]),
        claim=claim,
        declared_at=row["declared_at"],
        declared_by=row["declared_by"],
        decided_at=row["decided_at"],
        decided_by=row["decided_by"],
    )


LOCK_DECLARATION_SQL = "select * from resource_declarations where declaration_id = $1 for update"


async def lock_declaration(tx: Transaction, declaration_id: UUID) -> Declaration | None:
    """A declaration, held until the transaction ends."""
    row = await tx.fetchrow(LOCK_DECLARATION_SQL, declaration_id)
    return await declaration_of(tx, row) if row else None


WAITING_SQL = """
select d.* from resource_declarations d join households h using (household_id)
where d.status = 'waiting' and coalesce(h.merged_into, h.household_id) = $1 order by d.declared_at for update of d
"""


async def waiting_of(tx: Transaction, household_id: UUID) -> list[Declaration]:
    """What a household declared that nobody decided yet, held until the transaction ends."""
    rows = await tx.fetch(WAITING_SQL, household_id)
    return [declaration for row in rows if (declaration := await declaration_of(tx, row))]


COUNT_SINCE_SQL = """
select count(*) from resource_declarations d join households h using (household_id)
where coalesce(h.merged_into, h.household_id) = $1 and d.declared_at > $2
"""


async def count_declared(tx: Transaction, household_id: UUID, since: datetime) -> int:
    """How often a household declared something since an instant."""
    count: int = await tx.fetchval(COUNT_SINCE_SQL, household_id, since)
    return count


SAVE_DECLARATION_SQL = """
update resource_declarations set status = $2, sealed = $3, decided_at = $4, decided_by = $5 where declaration_id = $1
"""


async def save_declaration(tx: Transaction, declaration: Declaration, by: UUID) -> None:
    """Write what became of a declaration that is held."""
    sealed, now = await _sealed(tx, declaration), await tx.now()
    await tx.execute(SAVE_DECLARATION_SQL, declaration.declaration_id, declaration.status, sealed, now, by)


FORGET_DECLARATIONS_SQL = """
delete from resource_declarations where declaration_id in (
    select declaration_id from resource_declarations where decided_at < $1 and status <> 'accepted' limit $2 for update skip locked)
"""


async def forget_declarations(tx: Transaction, before: datetime, limit: int) -> int:
    """Forget what was refused or taken back before an instant; how many there were."""
    done: str = await tx.execute(FORGET_DECLARATIONS_SQL, before, limit)
    return int(done.split()[-1])


@dataclass(frozen=True, slots=True)
class Ending:
    """A household whose last quotient ends on a day, and of which days its adults were told."""

    household_id: UUID
    last_on: date
    noticed: tuple[int, ...]


# Only a file of a family that is in use, whose children have days to pay; silent while a proof waits.
ENDING_SQL = """
select q.household_id, q.ends_on as last_on,
       coalesce((select array_agg(n.days) from resource_notices n
                 where n.household_id = q.household_id and n.about_on = q.ends_on and n.occasion <> 'unknown'), '{}') as noticed
from quotients q join households h using (household_id)
where q.replaced_at is null and q.ends_on between $1 and $2 and h.archived_on is null and h.merged_into is null and h.legal_name is null
  and q.household_id > $3
  and not exists (select from quotients later
                  where later.household_id = q.household_id and later.replaced_at is null and later.effective_on > q.effective_on
                    and later.effective_on <= q.ends_on + 1)
  and not exists (select from resource_declarations d join households own on own.household_id = d.household_id
                  where d.status = 'waiting' and coalesce(own.merged_into, own.household_id) = q.household_id)
  and exists (select from household_members m where m.household_id = q.household_id and m.kind = 'child' and m.during @> $4::date)
order by q.household_id limit $5
"""


async def ending_between(db: Queries, days: tuple[date, date], after: UUID, today: date, limit: int) -> list[Ending]:
    """Households after one, in the order of ids, whose last quotient ends within days, and none follows or waits for an agent."""
    rows = await db.fetch(ENDING_SQL, *days, after, today, limit)
    return [Ending(row["household_id"], row["last_on"], tuple(row["noticed"])) for row in rows]


# An enrollment that was entered late is found as well: it has started by then. Asked once for what starts on a day, however many children it is of.
UNKNOWN_SQL = """
select e.household_id, min(e.starts_on) as starts_on
from household_enrollments e join households h using (household_id)
where e.starts_on <= $1 and e.ends_on >= $2 and h.archived_on is null and h.merged_into is null and h.legal_name is null
  and not exists (select from quotients q where q.household_id = e.household_id and q.replaced_at is null and coalesce(q.ends_on, $2) >= $2)
  and not exists (select from resource_declarations d where d.household_id = e.household_id and d.status = 'waiting')
  and not exists (select from resource_notices n where n.household_id = e.household_id and n.noticed_at > $3)
group by e.household_id order by e.household_id limit $4
"""


async def enrolled_without(
    db: Queries, until: date, today: date, asked_after: datetime, limit: int
) -> Sequence[tuple[UUID, date]]:
    """Households of which no quotient counts or will, with an enrollment that starts by a day, and whose adults heard nothing since an instant; each with
    its first day."""
    rows = await db.fetch(UNKNOWN_SQL, until, today, asked_after, limit)
    return [(row["household_id"], row["starts_on"]) for row in rows]


ADD_NOTICE_SQL = """
insert into resource_notices as known (household_id, occasion, about_on, days, noticed_at) values ($1, $2, $3, $4, $5)
on conflict (household_id, about_on, occasion, days) do update set noticed_at = excluded.noticed_at
    where known.occasion = 'unknown' and known.noticed_at <= $6
returning true
"""


@dataclass(frozen=True, slots=True)
class Notice:
    """A word to the adults of a household: of what day, and how many days before it."""

    household_id: UUID
    occasion: ResourcesOccasion
    about_on: date
    days: int


async def add_notice(tx: Transaction, notice: Notice, asked_after: datetime) -> bool:
    """Note that a word is given; False if it was before. What is not known is asked again when it was asked by an instant."""
    values = (notice.household_id, notice.occasion.value, notice.about_on, notice.days)
    return bool(await tx.fetchval(ADD_NOTICE_SQL, *values, await tx.now(), asked_after))


FORGET_NOTICES_SQL = "delete from resource_notices where noticed_at < $1"


async def forget_notices(tx: Transaction, before: datetime) -> None:
    """Forget the words that were given before an instant."""
    await tx.execute(FORGET_NOTICES_SQL, before)
