"""Storage of bookings, many at once: a batch of baskets costs as many statements as one basket does, and what is given back is
asked for and written only when a basket of the batch gives something back."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.clock import deadline
from chassis.data.database import Row, Transaction
from chassis.data.idempotency import KEPT_ANSWERS_SQL, Claim, KeptAnswer, kept_answer
from contracts.types import EnrollmentStatus

from ..calendar.domain import EnrollmentFacts
from .domain import BasketDecision, BookableChild, BookingFacts, Places, SlotFacts, WishedDay


@dataclass(frozen=True, slots=True)
class WishedLine:
    """A line as asked for. `guardian_id` is None when an agent asks."""

    booking_id: UUID
    guardian_id: UUID | None
    child_id: UUID
    slot_id: UUID


LINES_SQL = """
select c.child_id, c.household_id, c.first_name, c.birth_on,
       s.id as slot_id, s.service_on, s.activity_id, a.label as activity_label, a.age_min, a.age_max,
       a.cutoff_days_before, a.cutoff_at,
       e.status as enrollment_status, e.starts_on, e.ends_on
from unnest($1::uuid[], $2::uuid[], $3::uuid[]) with ordinality as line(guardian_id, child_id, slot_id, position)
left join lateral (
    select * from children
    where child_id = line.child_id and (line.guardian_id is null or exists (
        select from guardianships g
        where g.adult_id = line.guardian_id and g.child_id = line.child_id and g.household_id = children.household_id
          and g.days @> $4::date
    ))
    order by household_id limit 1
) c on true
left join slots s on s.id = line.slot_id
left join activities a on a.id = s.activity_id
left join lateral (
    select status, starts_on, ends_on from enrollments
    where child_id = c.child_id and activity_id = s.activity_id
    order by status in ('requested', 'validated') desc, requested_at desc limit 1
) e on true
order by position
"""


async def load_days(tx: Transaction, lines: Sequence[WishedLine], zone: ZoneInfo) -> list[WishedDay]:
    """What is known of each line, in the order given, without the places."""
    if not lines:
        return []
    rows = await tx.fetch(
        LINES_SQL,
        [line.guardian_id for line in lines],
        [line.child_id for line in lines],
        [line.slot_id for line in lines],
        await tx.today(),
    )
    slots: dict[UUID, SlotFacts] = {}
    return [_wished_day(line, row, slots, zone) for line, row in zip(lines, rows, strict=True)]


def _wished_day(line: WishedLine, row: Row, slots: dict[UUID, SlotFacts], zone: ZoneInfo) -> WishedDay:
    slot: SlotFacts | None = None
    if row["slot_id"] is not None and (slot := slots.get(line.slot_id)) is None:
        slot = slots[line.slot_id] = _slot(row, zone)
    child = None
    if row["child_id"] is not None:
        child = BookableChild(row["child_id"], row["household_id"], row["first_name"], row["birth_on"])
    enrollment = None
    if row["enrollment_status"] is not None:
        enrollment = EnrollmentFacts(EnrollmentStatus(row["enrollment_status"]), row["starts_on"], row["ends_on"])
    return WishedDay(line.booking_id, child, slot, enrollment)


def _slot(row: Row, zone: ZoneInfo) -> SlotFacts:
    return SlotFacts(
        slot_id=row["slot_id"],
        activity_id=row["activity_id"],
        activity_label=row["activity_label"],
        service_on=row["service_on"],
        cutoff=deadline(row["service_on"], row["cutoff_days_before"], row["cutoff_at"], zone),
        age_min=row["age_min"],
        age_max=row["age_max"],
    )


SLOTS_OF_SQL = "select distinct slot_id from bookings where id = any($1::uuid[])"


async def slots_of(tx: Transaction, booking_ids: Sequence[UUID]) -> set[UUID]:
    """The slots of bookings that are to be given back; a booking never changes its slot."""
    return {row["slot_id"] for row in await tx.fetch(SLOTS_OF_SQL, booking_ids)} if booking_ids else set()


LOCK_PLACES_SQL = """
select id, capacity, taken, closed_at is not null as is_closed from slots
where id = any($1::uuid[]) order by id for update
"""


async def lock_places(tx: Transaction, slot_ids: Sequence[UUID]) -> dict[UUID, Places]:
    """Lock slots, in the order of their ids as every transaction does, and read their places."""
    rows = await tx.fetch(LOCK_PLACES_SQL, slot_ids)
    return {row["id"]: Places(row["capacity"], row["taken"], row["is_closed"]) for row in rows}


# `offset 0` has each line looked up by itself: the index of live bookings alone would answer a join too, if read from end to end.
KNOWN_SQL = f"""
with kept as ({KEPT_ANSWERS_SQL}), booked as (
    select line.slot_id, line.child_id
    from unnest($3::uuid[], $4::uuid[]) as line(slot_id, child_id)
    cross join lateral (
        select from bookings where slot_id = line.slot_id and child_id = line.child_id and status = 'confirmed' offset 0
    ) b
)
select actor, key, fingerprint, response, null::uuid as slot_id, null::uuid as child_id from kept
union all
select null, null, null, null, slot_id, child_id from booked
"""  # noqa: S608 - it is put together from constants alone


async def known_of(
    tx: Transaction, claims: Sequence[Claim], lines: Sequence[WishedLine]
) -> tuple[list[KeptAnswer], set[tuple[UUID, UUID]]]:
    """The answers that were given to these claims before, and those (slot, child) of the lines that have a live booking.

    To be read once the slots are locked: what a transaction that held them before did is visible then.
    """
    rows = await tx.fetch(
        KNOWN_SQL,
        [claim.actor for claim in claims],
        [claim.key for claim in claims],
        [line.slot_id for line in lines],
        [line.child_id for line in lines],
    )
    kept = [kept_answer(dict(row)) for row in rows if row["slot_id"] is None]
    return kept, {(row["slot_id"], row["child_id"]) for row in rows if row["slot_id"] is not None}


GIVEN_BACK_SQL = """
select b.id as booking_id, b.basket_id, b.household_id, b.child_id, c.first_name, b.confirmed_at, b.cancelled_at,
       array(select g.adult_id from guardianships g
             where g.household_id = b.household_id and g.child_id = b.child_id and g.days @> $3::date) as guardian_ids,
       s.id as slot_id, s.service_on, s.activity_id, a.label as activity_label, a.age_min, a.age_max,
       a.cutoff_days_before, a.cutoff_at
from bookings b
join slots s on s.id = b.slot_id
join activities a on a.id = s.activity_id
left join children c on c.child_id = b.child_id and c.household_id = b.household_id
where b.id = any($1::uuid[]) and b.slot_id = any($2::uuid[])
"""


async def load_bookings(
    tx: Transaction, booking_ids: Sequence[UUID], locked: Collection[UUID], zone: ZoneInfo
) -> dict[UUID, BookingFacts]:
    """Those of these bookings that stand on the slots that are `locked`, whoever they belong to."""
    if not booking_ids:
        return {}
    return {
        row["booking_id"]: BookingFacts(
            booking_id=row["booking_id"],
            basket_id=row["basket_id"],
            household_id=row["household_id"],
            guardian_ids=frozenset(row["guardian_ids"]),
            child_id=row["child_id"],
            first_name=row["first_name"],
            slot=_slot(row, zone),
            confirmed_at=row["confirmed_at"],
            cancelled_at=row["cancelled_at"],
        )
        for row in await tx.fetch(GIVEN_BACK_SQL, booking_ids, list(locked), await tx.today())
    }


CANCEL_BOOKINGS_SQL = """
with freed as (
    update slots s set taken = s.taken - f.count
    from unnest($4::uuid[], $5::int[]) as f(slot_id, count) where s.id = f.slot_id
)
update bookings b set status = 'cancelled', cancelled_by = c.cancelled_by, cancelled_at = $3, attendance = null
from unnest($1::uuid[], $2::uuid[]) as c(booking_id, cancelled_by) where b.id = c.booking_id
"""


async def cancel_bookings(tx: Transaction, baskets: Sequence[tuple[BasketDecision, UUID]]) -> None:
    """Store what was given back, each with the account that did so, and free its places."""
    rows = [(booking, account_id) for basket, account_id in baskets for booking in basket.freed]
    if not rows:
        return
    counts = Counter(booking.slot.slot_id for booking, _ in rows)
    await tx.execute(
        CANCEL_BOOKINGS_SQL,
        [booking.booking_id for booking, _ in rows],
        [account_id for _, account_id in rows],
        await tx.now(),
        list(counts),
        list(counts.values()),
    )


INSERT_BOOKINGS_SQL = """
with occupied as (
    update slots s set taken = s.taken + o.count
    from unnest($8::uuid[], $9::int[]) as o(slot_id, count) where s.id = o.slot_id
)
insert into bookings (id, basket_id, household_id, child_id, activity_id, slot_id, service_on, status, booked_by,
                      confirmed_at)
select b.id, b.basket_id, b.household_id, b.child_id, s.activity_id, s.id, s.service_on, 'confirmed', b.booked_by, $7
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[])
    with ordinality as b(id, basket_id, household_id, child_id, slot_id, booked_by, position)
join slots s on s.id = b.slot_id
order by b.position
"""


async def insert_bookings(tx: Transaction, baskets: Sequence[tuple[BasketDecision, UUID]]) -> None:
    """Store what was decided, each basket with the account that asked for it, and occupy its places."""
    rows = [(basket, day, account_id) for basket, account_id in baskets for day in basket.days]
    if not rows:
        return
    counts = Counter(day.slot.slot_id for _, day, _ in rows)
    await tx.execute(
        INSERT_BOOKINGS_SQL,
        [day.booking_id for _, day, _ in rows],
        [basket.basket_id for basket, _, _ in rows],
        [basket.household_id for basket, _, _ in rows],
        [day.child.child_id for _, day, _ in rows],
        [day.slot.slot_id for _, day, _ in rows],
        [account_id for _, _, account_id in rows],
        await tx.now(),
        list(counts),
        list(counts.values()),
    )
