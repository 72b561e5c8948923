"""A town for measures: one activity with many days, households with one child each, enrolled, and a tariff by quotient.

Everything goes in through the services' own commands and event handlers; only enrollments are stored as rows, because two
transactions for each child would take longer than the measure.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.events.applying import Applier, ReceivedRecord, Subscriptions
from contracts.billing.models import Bracket, TariffChange
from contracts.booking.catalog import ActivityCreate, Cutoff, Site, SlotsOpen, Unit
from contracts.event import Envelope, Event
from contracts.family.events import (
    Address,
    Adult,
    ChildMembership,
    ChildState,
    HouseholdPayer,
    HouseholdState,
    Membership,
    Quotient,
    QuotientState,
    Responsibility,
    ResponsibilityState,
)
from contracts.types import ActivityKind, ActorKind, Civility, QuotientSource
from services.billing.directory import consumers as billing_directory
from services.billing.tariffs.commands import change_tariff
from services.booking.catalog.commands import create_activity, create_site, open_slots
from services.booking.directory import consumers as booking_directory
from services.booking.documents.domain import DocumentRules

SYSTEM = Actor(UUID(int=0), ActorKind.SYSTEM)
TARIFF = "bench"
SITE = Site(code="tilleuls", label="Les Tilleuls")
APPLIED_AT_ONCE = 500

ENROLL_SQL = """
with enrolled as (
    insert into enrollments (id, household_id, child_id, activity_id, status, days, requested_by, requested_at)
    select gen_random_uuid(), c.household_id, c.child_id, a.id, 'validated', daterange(a.starts_on, a.ends_on, '[]'),
           c.child_id, now()
    from children c cross join activities a where a.id = $1
    returning id, days
)
insert into placements (id, enrollment_id, group_id, during)
select gen_random_uuid(), e.id, g.id, e.days from enrolled e, groups g where g.activity_id = $1 and g.is_default
"""


@dataclass(frozen=True, slots=True)
class Family:
    """A household with one guardian and one child."""

    household_id: UUID
    guardian_id: UUID
    child_id: UUID

    @property
    def actor(self) -> Actor:
        """The guardian, as one who acts."""
        return Actor(self.guardian_id, ActorKind.PARENT, guardian_id=self.guardian_id)


async def open_activity(booking: Database, days: int, capacity: int) -> tuple[UUID, tuple[UUID, ...]]:
    """An activity whose slots are the `days` (366 at most) that begin in ten days."""
    starts_on = datetime.now(UTC).date() + timedelta(days=10)
    dates = tuple(starts_on + timedelta(days=number) for number in range(days))
    wanted = ActivityCreate(
        kind=ActivityKind.LUNCH,
        label="Restauration",
        site_codes=(SITE.code,),
        units=(Unit(code="lunch", label="Repas", starts_at=time(11, 30), ends_at=time(13, 30)),),
        tariff_code=TARIFF,
        age_min=3,
        age_max=12,
        starts_on=dates[0],
        ends_on=dates[-1],
        cutoff=Cutoff(days_before=1, at=time(20)),
    )
    await create_site(booking, SYSTEM, SITE)
    activity = await create_activity(booking, SYSTEM, DocumentRules(), wanted)
    slots = await open_slots(booking, SYSTEM, activity.activity_id, SlotsOpen(days=dates, capacity=capacity))
    return activity.activity_id, tuple(slot.slot_id for slot in slots)


async def settle(booking: Database, count: int, activity_id: UUID, billing: Database | None = None) -> list[Family]:
    """New households, as both services would learn of them, with every child enrolled in the activity."""
    families = [Family(uuid4(), uuid4(), uuid4()) for _ in range(count)]
    published = [event for family in families for event in _published(family)]
    await _apply(booking, booking_directory.subscribe, published)
    await booking.execute(ENROLL_SQL, activity_id)
    if billing is not None:
        households = [event for event in published if isinstance(event, HouseholdState)]
        await _apply(billing, billing_directory.subscribe, households)
        await _apply(billing, billing_directory.subscribe, [_quotients(family) for family in families])
    return families


async def publish_tariff(billing: Database) -> None:
    """The grid of the activity: two brackets, in force since long."""
    brackets = (
        Bracket(label="Tranche 1", quotient_min_cents=0, quotient_max_cents=60_000, price_cents=120),
        Bracket(label="Tranche 2", quotient_min_cents=60_000, quotient_max_cents=None, price_cents=380),
    )
    await change_tariff(
        billing, SYSTEM, TARIFF, TariffChange(label="Repas", effective_on=date(2020, 1, 1), brackets=brackets)
    )


def _published(family: Family) -> tuple[Event, ...]:
    since, born = date(2020, 1, 1), datetime.now(UTC).date() - timedelta(days=7 * 365)
    child_id, household_id, adult_id = family.child_id, family.household_id, family.guardian_id
    claude = Adult(
        adult_id=adult_id,
        civility=Civility.MADAME,
        first_name="Claude",
        last_name="Essai",
        email=f"{adult_id.hex}@example.org",
        phone=None,
        is_invited=True,
        revision=1,
        is_email_confirmed=False,
    )
    household = HouseholdState(
        household_id=household_id,
        reference=household_id.hex[:8],
        address=Address(lines=("1 rue des Tilleuls",), postal_code="14000", city="Valmont-sur-Orne"),
        adults=(claude,),
        adult_members=(Membership(person_id=adult_id, starts_on=since, ends_on=None),),
        child_members=(ChildMembership(person_id=child_id, name="Sacha", starts_on=since, ends_on=None),),
        payers=(HouseholdPayer(adult_id=adult_id, starts_on=since, ends_on=None),),
        created_at=datetime.now(UTC),
    )
    guardian = Responsibility(adult_id=adult_id, role="guardian", authority="joint", starts_on=since, ends_on=None)
    return (
        household,
        ChildState(child_id=child_id, first_name="Sacha", last_name="Essai", birth_on=born),
        ResponsibilityState(child_id=child_id, responsibilities=(guardian,), residences=()),
    )


def _quotients(family: Family) -> QuotientState:
    known = Quotient(value_cents=75_000, effective_on=date(2020, 1, 1), source=QuotientSource.AGENT)
    return QuotientState(household_id=family.household_id, quotients=(known,))


async def _apply(db: Database, subscribe: Callable[[Subscriptions], None], events: Sequence[Event]) -> None:
    subscriptions = Subscriptions()
    subscribe(subscriptions)
    received = [ReceivedRecord(0, offset, event.key, _envelope(event)) for offset, event in enumerate(events)]
    for topic in dict.fromkeys(event.topic for event in events):
        of_topic = [record for record, event in zip(received, events, strict=True) if event.topic == topic]
        for start in range(0, len(of_topic), APPLIED_AT_ONCE):
            await Applier(db, subscriptions).apply(topic, of_topic[start : start + APPLIED_AT_ONCE])


def _envelope(event: Event) -> Envelope:
    return Envelope(
        event_id=uuid4(),
        event_type=event.event_type,
        source="/portail-famille/bench",
        topic=event.topic,
        key=event.key,
        sequence=1,
        time=datetime.now(UTC),
        payload=event.payload(),
    )
