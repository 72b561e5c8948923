"""What agents see of payers: those of a child, and where a register names several for one day."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from chassis.comparing import Person
from chassis.data.database import Database, Queries, Row, Transaction
from chassis.data.paging import page_of, read_cursor
from chassis.data.ranges import read_range
from chassis.refusal import NotFound
from contracts.billing.payers import ChildPayers, DatedShares, KnownPayer, PayerConflict, PayerShare
from contracts.http import PAGE_SIZE_MAX, Page

from .store import rules_of


def payer_of(row: Row | Mapping[str, str | None]) -> Person:
    """A payer as lists name them: their whole name stands for the first name, among those of one last name."""
    return Person(row["name"], row["last_name"])


HOUSEHOLDS_OF_CHILD_SQL = "select household_id from household_children where child_id = $1 order by household_id"

PAYERS_OF_CHILD_SQL = """
select p.payer_id, p.household_id, p.name, p.last_name from payers p join household_children c using (household_id)
where c.child_id = $1
union
select s.payer_id, s.household_id, p.name, p.last_name from payer_shares s left join payers p using (payer_id)
where s.child_id = $1
order by payer_id
"""


async def households_of_child(queries: Queries, child_id: UUID) -> list[UUID]:
    """The households that have, had or will have a child. Raises NotFound when there is none."""
    rows = await queries.fetch(HOUSEHOLDS_OF_CHILD_SQL, child_id)
    if not rows:
        raise NotFound
    return [row["household_id"] for row in rows]


async def payers_of_child(queries: Database | Transaction, child_id: UUID) -> ChildPayers:
    """The payers of a child's households, whoever else a part of its days was entered for, and these parts. Raises NotFound."""
    await households_of_child(queries, child_id)
    payers = await queries.fetch(PAYERS_OF_CHILD_SQL, child_id)
    shares = (await rules_of(queries, [child_id]))[child_id].shares
    return ChildPayers(
        child_id=child_id,
        payers=tuple(
            KnownPayer(payer_id=row["payer_id"], household_id=row["household_id"], name=row["name"])
            for row in queries.collation.listed(payers, payer_of)
        ),
        shares=tuple(
            DatedShares(
                activity_kind=kind or None,
                shares=tuple(
                    PayerShare(payer_id=one.payer_id, share_basis_points=one.share_basis_points) for one in item.value
                ),
                starts_on=item.during.first,
                ends_on=item.during.ends_on,
            )
            for kind in sorted(shares)
            for item in shares[kind]
        ),
    )


CONFLICTS_SQL = """
select c.household_id, c.during, c.noted_at, c.adult_ids,
       array(select jsonb_build_object('name', p.name, 'last_name', p.last_name) from payers p
             where p.household_id = c.household_id and p.adult_id = any(c.adult_ids) order by p.payer_id) as payers,
       (select p.name from payer_days d join payers p using (payer_id)
        where d.household_id = c.household_id and d.during @> lower(c.during)) as standing_name
from payer_conflicts c
where $1::timestamptz is null or (c.noted_at, c.household_id, lower(c.during)) < ($1, $2::uuid, $3::date)
order by c.noted_at desc, c.household_id desc, lower(c.during) desc limit $4
"""


async def payer_conflicts(db: Database, cursor: str | None) -> Page[PayerConflict]:
    """Days for which a register names several payers, the newest first."""
    before = read_cursor(cursor, datetime.fromisoformat, UUID, date.fromisoformat) if cursor else (None, None, None)
    conflicts = []
    for row in await db.fetch(CONFLICTS_SQL, *before, PAGE_SIZE_MAX + 1):
        during = read_range(row["during"])
        conflicts.append(
            PayerConflict(
                household_id=row["household_id"],
                starts_on=during.first,
                ends_on=during.ends_on,
                names=tuple(payer["name"] or "" for payer in db.collation.listed(row["payers"], payer_of)),
                standing_name=row["standing_name"],
                noted_at=row["noted_at"],
            )
        )
    return page_of(
        conflicts, lambda conflict: (conflict.noted_at.isoformat(), conflict.household_id, conflict.starts_on)
    )
