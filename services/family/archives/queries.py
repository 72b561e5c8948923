"""What agents read of files that are put aside or could be, and what adults do of theirs."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Queries, Row
from chassis.data.paging import page_of, read_cursor
from chassis.refusal import NotFound
from contracts.family.archives import ArchivedHousehold, ArchiveStanding, IdleHousehold, Obstacle, ObstacleKind
from contracts.http import Page

from ..settings import FamilyRules
from .store import standings


async def standing(db: Queries, rules: FamilyRules, household_id: UUID, today: date) -> ArchiveStanding:
    """Whether a file is put aside, and what stands against it. Raises NotFound."""
    rows = await standings(db, [household_id], today, quiet_since(rules, today))
    if not rows:
        raise NotFound
    return standing_of(rows[0])


def quiet_since(rules: FamilyRules, today: date) -> date:
    """The day by which the last enrollment of a file has ended, so that all of it is invoiced."""
    return today - timedelta(days=rules.policy.archive_quiet_days)


def standing_of(row: Row) -> ArchiveStanding:
    """The standing of a row of `store.standings`."""
    return ArchiveStanding(
        household_id=row["household_id"],
        reference=row["reference"],
        adult_names=tuple(row["adult_names"]),
        last_active_on=row["last_on"],
        obstacles=() if row["archived_on"] else tuple(_obstacles(row)),
        delegation_count=row["delegations"],
        archived_on=row["archived_on"],
        reason=row["reason"],
        asked_at=row["asked_at"],
    )


def _obstacles(row: Row) -> Iterator[Obstacle]:
    if row["enrollments"]:
        yield Obstacle(kind=ObstacleKind.ENROLLMENT, count=row["enrollments"], until_on=row["enrolled_until"])
    elif row["recent"]:
        yield Obstacle(kind=ObstacleKind.RECENT_ENROLLMENT, count=row["recent"], until_on=row["enrolled_until"])
    counted = (
        (ObstacleKind.INVOICE, row["invoices"]),
        (ObstacleKind.CHILD_OF_TWO_HOMES, row["homes"]),
        (ObstacleKind.CHANGE, row["changes"]),
        (ObstacleKind.NEW_MEMBER, row["newcomers"]),
    )
    yield from (Obstacle(kind=kind, count=count) for kind, count in counted if count)


IDLE_SQL = """
with used as (
    select h.household_id, h.reference, h.payer_adult_id, h.legal_name,
           greatest(h.changed_on, (h.created_at at time zone 'utc')::date, a.last_on, e.last_on) as last_on
    from households h
    left join household_activity a on a.household_id = h.household_id
    left join (select household_id, max(ends_on) as last_on from household_enrollments group by household_id) e
        on e.household_id = h.household_id
    where h.archived_on is null and h.merged_into is null and (e.last_on is null or e.last_on <= $3)
), idle as (
    select u.* from used u
    where u.last_on < $1 and (u.last_on, u.household_id) > ($4, $5::uuid)
      and not exists (select from unpaid_invoices i where i.household_id = u.household_id)
      and not exists (select from person_changes c where c.household_id = u.household_id and c.status = 'waiting')
      and not exists (select from household_members m where m.household_id = u.household_id and lower(m.during) >= $2)
      and not exists (
        select from household_members m
        join household_members other on other.person_id = m.person_id and other.household_id <> m.household_id
        join residences s on s.child_id = m.person_id
        where m.household_id = u.household_id and m.kind = 'child' and not m.during << daterange($2, $2, '[]')
          and not other.during << daterange($2, $2, '[]') and not s.during << daterange($2, $2, '[]')
          and u.household_id = any(s.household_ids))
    order by u.last_on, u.household_id limit $6
)
select i.household_id, i.reference, i.last_on as last_active_on,
       coalesce(i.legal_name, p.first_name || ' ' || p.last_name, '') as payer_name,
       (select count(distinct m.person_id) from household_members m
        where m.household_id = i.household_id and m.kind = 'child' and m.during @> $2) as child_count
from idle i left join adults p on p.adult_id = i.payer_adult_id
order by i.last_on, i.household_id
"""


async def idle_households(
    db: Database, rules: FamilyRules, since_on: date, cursor: str | None, limit: int
) -> Page[IdleHousehold]:
    """Files of which nothing was heard since a day, and that nothing keeps in use. Raises Invalid."""
    today = await db.today()
    after = read_cursor(cursor, date.fromisoformat, UUID) if cursor else (date.min, UUID(int=0))
    rows = await db.fetch(IDLE_SQL, since_on, today, quiet_since(rules, today), *after, limit + 1)
    items = [IdleHousehold.model_validate(dict(row)) for row in rows]
    return page_of(items, lambda item: (item.last_active_on, item.household_id), limit)


OWN_ARCHIVED_SQL = """
select h.household_id, h.reference, h.archived_on, r.asked_at
from archived_members m
join household_archives r on r.household_id = m.household_id
join households h on h.household_id = m.household_id
where m.person_id = $1 and m.during @> $2::date
order by h.reference
"""


async def own_archived(db: Database, actor: Actor) -> Page[ArchivedHousehold]:
    """The files of the adult who asks that were put aside."""
    rows = await db.fetch(OWN_ARCHIVED_SQL, actor.require_guardian(), await db.today())
    return Page(items=tuple(ArchivedHousehold.model_validate(dict(row)) for row in rows))
