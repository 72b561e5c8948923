"""Storage of bookings, many at once: a batch of baskets costs as many statements as one basket does, and what is given back is
asked for and written only when a basket of the batch gives something back."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.data.database import Row, Transaction
from chassis.data.idempotency import KEPT_ANSWERS_SQL, Claim, KeptAnswer, kept_answer
from contracts.types import BookingStatus

from ..access import ACTS_FOR, ANSWERS_ON, CHILD_AT_SITE, GIVERS_OF_BOOKING
from ..calendar.domain import Standing
from ..documents.domain import DocumentRules
from ..documents.store import Asked, load_gaps
from ..enrollments.domain import Enrolled
from ..enrollments.store import ENROLLMENT_OF_DAY, enrollment_of
from ..places.domain import NEW, BookingFacts, Places, SlotFacts, Stay, given_back
from ..places.store import SHEET_COLUMNS, SLOT_COLUMNS, STAYS_ASKED, BookingKey, slot_of, stay_of
from .domain import BasketDecision, BookableChild, Day, WishedDay


@dataclass(frozen=True, slots=True)
class WishedLine:
    """A line as asked for. `guardian_id` is None when an agent asks, `household_id` when nobody said for whom, `sites` when it is
    somebody who acts everywhere."""

    booking_id: UUID
    guardian_id: UUID | None
    household_id: UUID | None
    child_id: UUID
    slot_id: UUID
    sites: Sequence[str] | None = None


LINE = {"adult": "line.guardian_id", "child": "line.child_id", "today": "$6::date"}
ACTS_FOR_LINE = ACTS_FOR.format(**LINE, household="k.household_id", on="@> s.service_on")
ANSWERS_FOR_LINE = ANSWERS_ON.format(**LINE, household="home.household_id", day="s.service_on")
CHILD_OF_LINE = CHILD_AT_SITE.format(**LINE, sites="string_to_array(line.sites, ' ')")

# `offset 0` has the homes of each line looked up by themselves: joined with all lines at once, indexes would be read whole. Where the
# child belongs to one of them on the day, the others are none.
LINES = f"""
select line.position, c.child_id, c.household_id, c.first_name, c.birth_on, {SLOT_COLUMNS},
       e.enrollment_status, e.days, e.is_in_group, c.is_member, c.is_answered_for
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[])
    with ordinality as line(guardian_id, household_id, child_id, slot_id, sites, position)
left join slots s on s.id = line.slot_id
left join lateral (
    select home.*, home.is_member and (line.guardian_id is null or {ANSWERS_FOR_LINE}) as is_answered_for
    from (
        select k.*, k.days @> s.service_on as is_member, bool_or(k.days @> s.service_on) over () as has_member
        from children k
        where k.child_id = line.child_id and (line.household_id is null or k.household_id = line.household_id)
          and (line.guardian_id is null or {ACTS_FOR_LINE})
          {{at_sites}}
    ) home
    where home.is_member or home.has_member is not true
    offset 0
) c on true
left join activities a on a.id = s.activity_id
left join units u on u.activity_id = s.activity_id and u.code = s.unit_code
left join lateral ({ENROLLMENT_OF_DAY}) e on true
order by line.position, c.household_id
"""  # noqa: S608 - it is put together from constants alone
LINES_SQL = LINES.format(at_sites="")
LINES_AT_SITES_SQL = LINES.format(at_sites=f"and (line.sites is null or {CHILD_OF_LINE})")
"""Apart, because to plan its conditions takes as long as to find the lines of a whole batch of families."""

REFERENCES_SQL = "select household_id, reference from households where household_id = any($1::uuid[])"


async def load_days(
    tx: Transaction, lines: Sequence[WishedLine], zone: ZoneInfo, rules: DocumentRules
) -> list[WishedDay]:
    """What is known of each line, in the order given, without the places. To be read once these are locked: a sheet that is
    closed, or an enrollment that is cut, by a transaction that held them before is visible then."""
    if not lines:
        return []
    rows = await tx.fetch(
        LINES_SQL if all(line.sites is None for line in lines) else LINES_AT_SITES_SQL,
        [line.guardian_id for line in lines],
        [line.household_id for line in lines],
        [line.child_id for line in lines],
        [line.slot_id for line in lines],
        [None if line.sites is None else " ".join(line.sites) for line in lines],
        await tx.today(),
    )
    slots: dict[UUID, SlotFacts] = {}
    homes = [list(group) for _, group in groupby(rows, key=lambda row: row["position"])]
    days = [_wished_day(line, own[0], slots, zone) for line, own in zip(lines, homes, strict=True)]
    gaps = await load_gaps(tx, rules, {n: asked for n, day in enumerate(days) if (asked := _asked(lines[n], day))})
    days = [replace(day, gap=gaps.get(number)) for number, day in enumerate(days)] if gaps else days
    if len(rows) == len(lines):
        return days
    several = [row["household_id"] for own in homes if len(own) > 1 for row in own]
    references = {row["household_id"]: row["reference"] for row in await tx.fetch(REFERENCES_SQL, several)}
    return [
        replace(day, homes={row["household_id"]: references[row["household_id"]] for row in own})
        if len(own) > 1
        else day
        for day, own in zip(days, homes, strict=True)
    ]


def _asked(line: WishedLine, day: WishedDay) -> Asked | None:
    """What a day asks of a family's documents, if anything; agents are asked for none."""
    if line.guardian_id is None or day.child is None or day.slot is None or not day.slot.required_documents:
        return None
    return Asked((day.child.child_id, day.child.household_id), day.slot.required_documents, day.slot.service_on)


def _wished_day(line: WishedLine, row: Row, slots: dict[UUID, SlotFacts], zone: ZoneInfo) -> WishedDay:
    """A line of its row."""
    slot: SlotFacts | None = None
    if row["slot_id"] is not None and (slot := slots.get(line.slot_id)) is None:
        slot = slots[line.slot_id] = slot_of(row, zone)
    child = None
    if row["child_id"] is not None:
        child = BookableChild(row["child_id"], row["household_id"], row["first_name"], row["birth_on"])
    standing = Standing(bool(row["is_member"]), bool(row["is_answered_for"]))
    return WishedDay(line.booking_id, child, slot, enrollment_of(row), standing=standing)


KNOWN_SQL = f"""
with kept as ({KEPT_ANSWERS_SQL}), asked as (select * from unnest($3::uuid[], $4::date[]) as a(child_id, service_on)),
stays as ({STAYS_ASKED})
select kept.*, stays.* from kept full join stays on false
"""  # noqa: S608 - it is put together from constants alone


async def known_of(
    tx: Transaction, claims: Sequence[Claim], days: Iterable[Day]
) -> tuple[list[KeptAnswer], dict[Day, list[Stay]]]:
    """The answers that were given to these claims before, and where these children are on these days.

    To be read once the places are locked: what a transaction that held them before did is visible then.
    """
    asked = list(dict.fromkeys(days))
    rows = await tx.fetch(
        KNOWN_SQL,
        [claim.actor for claim in claims],
        [claim.key for claim in claims],
        [child_id for child_id, _ in asked],
        [service_on for _, service_on in asked],
    )
    stays: dict[Day, list[Stay]] = defaultdict(list)
    for row in rows:
        if row["slot_id"] is not None:
            stays[row["child_id"], row["service_on"]].append(stay_of(row))
    return [kept_answer(dict(row)) for row in rows if row["slot_id"] is None], stays


BOOKING_COLUMNS = f"""
b.id as booking_id, b.basket_id, b.household_id, b.child_id, c.first_name, b.confirmed_at, b.status, b.cancelled_at,
{GIVERS_OF_BOOKING.format(today="$1::date")} as giver_ids, {SHEET_COLUMNS}, {SLOT_COLUMNS}
"""
"""What `booking_of` reads, of a booking `b`, its slot `s`, activity `a`, unit `u` and child `c`; the first parameter is the town's day."""

GIVEN_BACK_SQL = f"""
select {BOOKING_COLUMNS}
from unnest($2::date[], $3::uuid[]) as named(service_on, booking_id)
join bookings b on b.service_on = named.service_on and b.id = named.booking_id
join slots s on s.id = b.slot_id
join activities a on a.id = s.activity_id
join units u on u.activity_id = s.activity_id and u.code = s.unit_code
left join children c on c.child_id = b.child_id and c.household_id = b.household_id
"""  # noqa: S608 - it is put together from constants alone


async def load_bookings(
    tx: Transaction, named: Sequence[BookingKey], locked: Mapping[UUID, Places], zone: ZoneInfo
) -> dict[UUID, BookingFacts]:
    """Those of these bookings whose pools are `locked`, whoever they belong to."""
    if not named:
        return {}
    today, days, booking_ids = await tx.today(), [day for day, _ in named], [booking_id for _, booking_id in named]
    rows = await tx.fetch(GIVEN_BACK_SQL, today, days, booking_ids)
    return {row["booking_id"]: booking_of(row, zone) for row in rows if locked.keys() >= set(row["pool_ids"])}


BOOKINGS_BEYOND_SQL = f"""
select {BOOKING_COLUMNS}
from bookings b
join slots s on s.id = b.slot_id
join activities a on a.id = s.activity_id
join units u on u.activity_id = s.activity_id and u.code = s.unit_code
left join child_records c on c.child_id = b.child_id
where b.household_id = $2 and b.child_id = $3 and b.activity_id = $4 and b.service_on between $5 and $6
  and b.status in ('held', 'requested', 'confirmed')
order by b.service_on, b.id
"""  # noqa: S608 - it is put together from constants alone


async def load_bookings_beyond(
    tx: Transaction, enrollment: Enrolled, from_on: date, zone: ZoneInfo
) -> list[BookingFacts]:
    """What an enrolled child has booked on the days of its enrollment from one on, by date; to be read once its places are locked."""
    ids = (enrollment.household_id, enrollment.child_id, enrollment.activity_id)
    days = (max(from_on, enrollment.days.first), enrollment.days.last)
    rows = await tx.fetch(BOOKINGS_BEYOND_SQL, await tx.today(), *ids, *days)
    return [booking_of(row, zone) for row in rows]


def booking_of(row: Row, zone: ZoneInfo) -> BookingFacts:
    """A booking of the columns of `BOOKING_COLUMNS`."""
    return BookingFacts(
        booking_id=row["booking_id"],
        basket_id=row["basket_id"],
        household_id=row["household_id"],
        giver_ids=frozenset(row["giver_ids"]),
        child_id=row["child_id"],
        first_name=row["first_name"],
        slot=slot_of(row, zone),
        confirmed_at=row["confirmed_at"],
        status=BookingStatus(row["status"]),
        cancelled_at=row["cancelled_at"],
        is_recorded=row["is_recorded"],
        is_present=row["is_present"],
    )


CANCEL_BOOKINGS_SQL = """
with named as (
    select * from unnest($1::date[], $2::uuid[], $3::uuid[], $4::text[]) as c(service_on, booking_id, cancelled_by, status)
), freed as (
    update pools p set taken = p.taken - f.count
    from unnest($6::uuid[], $7::int[]) as f(pool_id, count) where p.id = f.pool_id
), unmarked as (
    delete from attendances m using named where m.service_on = named.service_on and m.booking_id = named.booking_id
)
update bookings b set status = named.status, cancelled_by = named.cancelled_by, cancelled_at = $5
from named where b.service_on = named.service_on and b.id = named.booking_id
"""


async def cancel_bookings(tx: Transaction, freed: Sequence[tuple[BookingFacts, UUID]]) -> None:
    """Store what was given back, each with the account that did so, free its places and forget what was marked of it."""
    if not freed:
        return
    counts = Counter(pool_id for booking, _ in freed for pool_id in booking.slot.pool_ids)
    await tx.execute(
        CANCEL_BOOKINGS_SQL,
        [booking.slot.service_on for booking, _ in freed],
        [booking.booking_id for booking, _ in freed],
        [account_id for _, account_id in freed],
        [given_back(booking.status).value for booking, _ in freed],
        await tx.now(),
        list(counts),
        list(counts.values()),
    )


INSERT_BOOKINGS_SQL = """
with occupied as (
    update pools p set taken = p.taken + o.count
    from unnest($13::uuid[], $14::int[]) as o(pool_id, count) where p.id = o.pool_id
)
insert into bookings (id, basket_id, household_id, child_id, activity_id, slot_id, service_on, span, booked_by, status,
                      confirmed_at)
select id, basket_id, household_id, child_id, activity_id, slot_id, service_on, int4range(begins, ends), booked_by, $11, $12
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::date[], $8::int[], $9::int[],
            $10::uuid[])
    as b(id, basket_id, household_id, child_id, activity_id, slot_id, service_on, begins, ends, booked_by)
"""


async def insert_bookings(tx: Transaction, baskets: Sequence[tuple[BasketDecision, UUID]]) -> None:
    """Store what was decided, each basket with the account that asked for it, and occupy its places."""
    rows = [(basket, day, account_id) for basket, account_id in baskets for day in basket.days]
    if not rows:
        return
    slots = [day.slot for _, day, _ in rows]
    counts = Counter(pool_id for slot in slots for pool_id in slot.pool_ids)
    await tx.execute(
        INSERT_BOOKINGS_SQL,
        [day.booking_id for _, day, _ in rows],
        [basket.basket_id for basket, _, _ in rows],
        [basket.household_id for basket, _, _ in rows],
        [day.child.child_id for _, day, _ in rows],
        [slot.activity_id for slot in slots],
        [slot.slot_id for slot in slots],
        [slot.service_on for slot in slots],
        [slot.unit.begins for slot in slots],
        [slot.unit.ends for slot in slots],
        [account_id for _, _, account_id in rows],
        NEW.value,
        await tx.now(),
        list(counts),
        list(counts.values()),
    )
