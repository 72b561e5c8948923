"""Storage of payers: who pays for a household when, who shares a child's days, and where a register contradicts itself."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from chassis.data.ranges import read_range, read_ranges, stored_range
from chassis.days import DateRange, Days
from chassis.timeline import Timeline
from contracts.billing.payers import payer_id_of
from contracts.family.events import HolidayTurns, HouseholdState, Residence
from contracts.family.residence import home_on

from ..tariffs.domain import ServiceDay
from .domain import EVERY_KIND, ChildRules, Paying, Register, Share, Shares, paying, read_register

PAYER_DAYS_SQL = """
select p.adult_id, d.during from payer_days d join payers p using (payer_id) where d.household_id = $1
"""

# A payer whom the file does not name any more keeps the name of their last invoices. Of an organization, that is its legal name.
KEEP_PAYERS_SQL = """
insert into payers as known (payer_id, household_id, adult_id, name, last_name, contact_name, siret, rna)
select payer_id, $1, adult_id, case when person is not null then coalesce($5::text, person) end,
       case when person is not null then coalesce($5::text, last_name) end,
       case when $5 is not null then person end,
       case when person is not null then $6::text end, case when person is not null then $7::text end
from unnest($2::uuid[], $3::uuid[], $4::text[], $8::text[]) as p(payer_id, adult_id, person, last_name)
on conflict (payer_id) do update
set name = excluded.name, last_name = excluded.last_name, contact_name = excluded.contact_name, siret = excluded.siret, rna = excluded.rna
where excluded.name is not null
"""

FORGET_PAYER_DAYS_SQL = "delete from payer_days where household_id = $1"

KEEP_PAYER_DAYS_SQL = """
insert into payer_days (household_id, payer_id, during) select $1, * from unnest($2::uuid[], $3::daterange[])
"""


async def keep_payers(tx: Transaction, state: HouseholdState) -> None:
    """Take over who pays for a household, whose state is news; the open days of another payer are decided again."""
    household_id, whose = state.household_id, state.organization
    rows = await tx.fetch(PAYER_DAYS_SQL, household_id)
    before = Timeline.of((read_range(row["during"]), row["adult_id"]) for row in rows)
    register = read_register(state.payers, before)
    names = {adult.adult_id: f"{adult.first_name} {adult.last_name}" for adult in state.adults}
    last_names = {adult.adult_id: adult.last_name for adult in state.adults}
    adults = sorted({line.adult_id for line in state.payers} | {item.value for item in register.payers})
    await tx.execute(
        KEEP_PAYERS_SQL,
        household_id,
        [payer_id_of(household_id, adult_id) for adult_id in adults],
        adults,
        [names.get(adult_id) for adult_id in adults],
        *((whose.legal_name, whose.siret, whose.rna) if whose else (None, None, None)),
        [last_names.get(adult_id) for adult_id in adults],
    )
    await _keep_conflicts(tx, household_id, register)
    if register.payers == before:
        return
    await tx.execute(FORGET_PAYER_DAYS_SQL, household_id)
    await tx.execute(
        KEEP_PAYER_DAYS_SQL,
        household_id,
        [payer_id_of(household_id, item.value) for item in register.payers],
        [stored_range(item.during) for item in register.payers],
    )
    await decide_again(tx, household_id)


FORGET_CONFLICTS_SQL = """
delete from payer_conflicts c where c.household_id = $1 and not exists (
    select from unnest($2::daterange[], $3::text[]) as found(during, adult_ids)
    where found.during = c.during and found.adult_ids::uuid[] = c.adult_ids)
"""

KEEP_CONFLICTS_SQL = """
insert into payer_conflicts (household_id, during, adult_ids, noted_at)
select $1, during, adult_ids::uuid[], $4 from unnest($2::daterange[], $3::text[]) as found(during, adult_ids)
where not exists (select from payer_conflicts c where c.household_id = $1 and c.during = found.during)
"""


async def _keep_conflicts(tx: Transaction, household_id: UUID, register: Register) -> None:
    ranges = [stored_range(item.during) for item in register.conflicts]
    adults = ["{" + ",".join(map(str, item.value)) + "}" for item in register.conflicts]
    await tx.execute(FORGET_CONFLICTS_SQL, household_id, ranges, adults)
    if ranges:
        await tx.execute(KEEP_CONFLICTS_SQL, household_id, ranges, adults, await tx.now())


DECIDE_AGAIN_SQL = """
insert into decisions_due (subject_id) values ($1) on conflict (subject_id) do update set subject_id = excluded.subject_id
"""


async def decide_again(tx: Transaction, subject_id: UUID) -> None:
    """Have a job decide the open days of a household, or of a child, again: this transaction changes what decides them."""
    await tx.execute(DECIDE_AGAIN_SQL, subject_id)


RULES_SQL = """
select child_id, during, pattern, household_ids, anchor_on, change_weekday, second_home_days, holiday_zone, holiday_even_first_id,
       null as activity_kind, null::uuid as payer_id, null::uuid as household_id, null::integer as share_basis_points
from residences where child_id = any($1::uuid[])
union all
select child_id, during, null, null, null, null, null, null, null, activity_kind, payer_id, household_id, share_basis_points
from payer_shares where child_id = any($1::uuid[])
"""


MEMBERS_SQL = "select child_id, household_id, days from household_children where child_id = any($1::uuid[])"


async def rules_of(queries: Queries, child_ids: Collection[UUID]) -> dict[UUID, ChildRules]:
    """Where these children live, and who shares their days."""
    residences: dict[UUID, list[Residence]] = defaultdict(list)
    shares: dict[UUID, list[Row]] = defaultdict(list)
    for row in await queries.fetch(RULES_SQL, list(child_ids)):
        if row["pattern"] is None:
            shares[row["child_id"]].append(row)
        else:
            residences[row["child_id"]].append(_residence_of(row))
    members: dict[UUID, dict[UUID, Days]] = defaultdict(dict)
    for row in await queries.fetch(MEMBERS_SQL, list(shares)) if shares else ():
        members[row["child_id"]][row["household_id"]] = read_ranges(row["days"])
    return {
        child_id: ChildRules(
            partial(home_on, residences[child_id]), _shares_by_kind(shares.get(child_id, ())), members[child_id]
        )
        for child_id in child_ids
    }


def _residence_of(row: Row) -> Residence:
    during = read_range(row["during"])
    return Residence(
        pattern=row["pattern"],
        household_ids=tuple(row["household_ids"]),
        anchor_on=row["anchor_on"],
        starts_on=during.first,
        ends_on=during.ends_on,
        change_weekday=row["change_weekday"],
        second_home_days=tuple(row["second_home_days"]),
        holidays=HolidayTurns(zone=row["holiday_zone"], even_first_id=row["holiday_even_first_id"])
        if row["holiday_zone"]
        else None,
    )


def _shares_by_kind(rows: Iterable[Row]) -> dict[str, Timeline[Shares]]:
    shares: dict[tuple[str, DateRange], list[Share]] = defaultdict(list)
    for row in rows:
        share = Share(row["payer_id"], row["household_id"], row["share_basis_points"])
        shares[row["activity_kind"], read_range(row["during"])].append(share)
    kinds = {kind for kind, _ in shares}
    return {
        kind: Timeline.of((during, tuple(sorted(parts))) for (of, during), parts in shares.items() if of == kind)
        for kind in kinds
    }


TAKE_TURN_SQL = "select pg_advisory_xact_lock(hashtextextended('shares ' || $1::uuid, 0))"


async def take_turn(tx: Transaction, child_id: UUID) -> None:
    """Nobody else changes who shares this child's days until this transaction ends."""
    await tx.execute(TAKE_TURN_SQL, child_id)


FORGET_SHARES_SQL = "delete from payer_shares where child_id = $1 and activity_kind = $2"

ADD_SHARES_SQL = """
insert into payer_shares (child_id, activity_kind, during, payer_id, household_id, share_basis_points)
select $1, $2, * from unnest($3::daterange[], $4::uuid[], $5::uuid[], $6::integer[])
"""


async def save_shares(tx: Transaction, child_id: UUID, kind: str, timeline: Timeline[Shares]) -> None:
    """Write who shares the days of a child in activities of a kind; they are decided again."""
    rows = [(stored_range(item.during), share) for item in timeline for share in item.value]
    await tx.execute(FORGET_SHARES_SQL, child_id, kind)
    await tx.execute(
        ADD_SHARES_SQL,
        child_id,
        kind,
        [during for during, _ in rows],
        [share.payer_id for _, share in rows],
        [share.household_id for _, share in rows],
        [share.share_basis_points for _, share in rows],
    )
    await decide_again(tx, child_id)


SHARING_CHILDREN_SQL = """
select c.child_id, c.days from household_children c
where c.household_id = $1 and exists (
    select from payer_shares s where s.child_id = c.child_id and s.household_id = c.household_id)
order by c.child_id
"""


async def sharing_children(tx: Transaction, household_id: UUID) -> list[tuple[UUID, Days]]:
    """The children of a household of whose days a part is paid there, with their days in it."""
    rows = await tx.fetch(SHARING_CHILDREN_SQL, household_id)
    return [(row["child_id"], read_ranges(row["days"])) for row in rows]


@dataclass(frozen=True, slots=True)
class ChildDay:
    """A day of a child; its household is the one that booked it."""

    child_id: UUID
    day: ServiceDay


HOLD_SUBJECTS_SQL = """
select pg_advisory_xact_lock_shared(hashtextextended('deciding ' || subject_id, 0)) from unnest($1::uuid[]) as subject_id
"""


async def hold(tx: Transaction, subject_ids: Iterable[UUID]) -> None:
    """Nobody decides what changed of these households and children until this transaction ends: either it decides with that, or
    whoever does will find its days."""
    await tx.execute(HOLD_SUBJECTS_SQL, sorted(set(subject_ids)))


Rules = Mapping[UUID, ChildRules]


def _homes(days: Iterable[ChildDay], rules: Rules) -> set[UUID]:
    """The households where somebody may pay for these days."""
    sharing = {
        share.household_id
        for of_child in rules.values()
        for timeline in of_child.shares.values()
        for item in timeline
        for share in item.value
    }
    return {rules[day.child_id].home_of(day.day) for day in days} | sharing


async def hold_who_pays(tx: Transaction, days: Sequence[ChildDay]) -> list[Paying]:
    """`who_pays`, for days that this transaction decides. It locks their rows after this, or deciders would wait for each other."""
    booked_by = {day.day.household_id for day in days}
    # Most days are paid where they were booked: these households are held with the children, by one statement.
    await hold(tx, booked_by.union(day.child_id for day in days))
    rules = await rules_of(tx, {day.child_id for day in days})
    homes = _homes(days, rules)
    if elsewhere := homes - booked_by:
        await hold(tx, elsewhere)
    return await _paying(tx, days, rules, homes)


async def who_pays(queries: Queries, days: Sequence[ChildDay]) -> list[Paying]:
    """Who pays what part of each of these days, in the order given."""
    rules = await rules_of(queries, {day.child_id for day in days})
    return await _paying(queries, days, rules, _homes(days, rules))


PAYERS_OF_HOUSEHOLDS_SQL = """
select h.household_id, d.payer_id, d.during from households h left join payer_days d using (household_id)
where h.household_id = any($1::uuid[])
"""

KINDS_SQL = "select activity_id, kind from activities where activity_id = any($1::uuid[])"


async def _paying(queries: Queries, days: Sequence[ChildDay], rules: Rules, homes: Collection[UUID]) -> list[Paying]:
    slices: dict[UUID, list[tuple[DateRange, UUID]]] = {}
    for row in await queries.fetch(PAYERS_OF_HOUSEHOLDS_SQL, list(homes)):
        of_household = slices.setdefault(row["household_id"], [])
        if row["payer_id"]:
            of_household.append((read_range(row["during"]), row["payer_id"]))
    payers = {household_id: Timeline.of(of_household) for household_id, of_household in slices.items()}
    kinds = {}
    if any(of_child.shares for of_child in rules.values()):
        rows = await queries.fetch(KINDS_SQL, list({day.day.activity_id for day in days}))
        kinds = {row["activity_id"]: row["kind"] for row in rows}
    return [paying(day.day, kinds.get(day.day.activity_id, EVERY_KIND), rules[day.child_id], payers) for day in days]
