"""Two files become one: what is enrolled and booked follows, whatever states are heard in whatever order, and goes back with them. Places are conserved."""

from datetime import timedelta
from itertools import permutations
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.event import Envelope
from contracts.family.events import FileMerged, SamePerson
from tests.factories.booking import BookingTown, Family
from tests.factories.households import LONG_AGO, KnownChild, adult, custody_state, household_state, membership
from tests.support.certificates import issued, listed, read
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

AGENT = uuid4()
PLACES_SQL = """
select p.taken, count(b.id) as live from pools p
left join slots s on p.id = any(s.pool_ids)
left join bookings b on b.slot_id = s.id and b.status in ('held', 'requested', 'confirmed')
group by p.id
"""


class Files:
    """The file of a child, and another one of the same child, or of nobody else's."""

    def __init__(self, town: BookingTown, former: Family, kept: Family, *, is_same: bool) -> None:
        self.town, self.former, self.kept = town, former, kept
        self.child = KnownChild(former.child_id)
        self.twin = KnownChild(kept.child_id) if is_same else self.child
        self.is_same = is_same
        self.agent = town.service.as_agent(Role.FRONT_DESK)

    async def merged(self) -> list[Envelope]:
        """The states that a merge publishes, today."""
        today = await self.town.today()
        people = {self.child.child_id: self.twin.child_id} if self.is_same else {}
        same = tuple(SamePerson(person_id=went, kept_person_id=stays) for went, stays in people.items())
        merged = FileMerged(
            household_id=self.kept.household_id, reference="F-000002", last_on=today, merged_by=AGENT, same_persons=same
        )
        along = [adult(self.kept.guardian_id), adult(self.former.guardian_id)]
        children = {known.child_id: known for known in (KnownChild(self.kept.child_id), self.twin)}
        tomorrow = today + timedelta(days=1)
        homes = custody_state(self.twin, [known.adult_id for known in along], [self.kept.household_id])
        return [
            self.town.service.envelope(event)
            for event in (
                household_state(
                    self.former.household_id,
                    [adult(self.former.guardian_id)],
                    [self.child],
                    child_members=(membership(self.child, ends_on=today),),
                    merged=merged,
                ),
                household_state(
                    self.kept.household_id,
                    along,
                    list(children.values()),
                    reference="F-000002",
                    child_members=tuple(
                        membership(known, starts_on=LONG_AGO if known.child_id == self.kept.child_id else tomorrow)
                        for known in children.values()
                    ),
                ),
                homes,
            )
        ]

    async def separated(self) -> list[Envelope]:
        """The states that its undoing publishes."""
        return [
            self.town.service.envelope(event)
            for event in (
                household_state(self.former.household_id, [adult(self.former.guardian_id)], [self.child]),
                household_state(
                    self.kept.household_id,
                    [adult(self.kept.guardian_id)],
                    [KnownChild(self.kept.child_id)],
                    reference="F-000002",
                ),
                custody_state(self.child, [self.former.guardian_id], [self.former.household_id]),
            )
        ]

    async def hear(self, *states: Envelope) -> None:
        """What the consumer and the job do."""
        for state in states:
            await self.town.service.deliver(state)
            await self.town.service.run_job("following")
            await self.conserved()

    async def conserved(self) -> None:
        """Every place is taken by one live booking, and none is lost."""
        rows = await self.town.service.db.fetch(PLACES_SQL)
        assert all(row["taken"] == row["live"] for row in rows), [tuple(row) for row in rows]

    async def days(self) -> list[tuple[UUID, UUID, int]]:
        """What is booked: for which household and child, so many days from today."""
        sql = """
select household_id, child_id, service_on from bookings where status = 'confirmed' order by service_on, household_id
"""
        today = await self.town.today()
        rows = await self.town.service.db.fetch(sql)
        return [(row["household_id"], row["child_id"], (row["service_on"] - today).days) for row in rows]

    def at_former(self, *offsets: int) -> list[tuple[UUID, UUID, int]]:
        return [(self.former.household_id, self.former.child_id, offset) for offset in offsets]

    def at_kept(self, *offsets: int) -> list[tuple[UUID, UUID, int]]:
        return [(self.kept.household_id, self.twin.child_id, offset) for offset in offsets]


async def files(town: BookingTown, *, is_same: bool) -> tuple[Files, UUID, list[UUID]]:
    """Two files; the child of the one that goes has days booked in 10, 30 and 40 days."""
    former, kept = await town.family(), await town.family()
    activity_id = await town.activity()
    await town.enroll(former, activity_id)
    slots = await town.open(activity_id, 10, 30, 40, capacity=2)
    booked = await town.book(former, *slots)
    assert booked.status_code == 201, booked.text
    return Files(town, former, kept, is_same=is_same), activity_id, slots


@pytest.mark.parametrize("is_same", [False, True])
@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_what_is_booked_follows_in_any_order_of_states(
    town: BookingTown, order: tuple[int, ...], is_same: bool
) -> None:
    """Heard once, twice, or late: the same, and each place is taken once."""
    two, _, _ = await files(town, is_same=is_same)
    states = await two.merged()
    await two.hear(*(states[place] for place in order))
    assert await two.days() == two.at_kept(10, 30, 40)
    emitted = len(await town.service.outbox())
    await two.hear(*states, *reversed(states))
    assert len(await town.service.outbox()) == emitted, "a replay repeats nothing"


@pytest.mark.parametrize("is_same", [False, True])
@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_what_followed_goes_back_when_they_are_two_again(
    town: BookingTown, order: tuple[int, ...], is_same: bool
) -> None:
    two, _, _ = await files(town, is_same=is_same)
    await two.hear(*await two.merged())
    town.service.advance(days=20)
    states = await two.separated()
    await two.hear(*(states[place] for place in order))
    assert await two.days() == two.at_kept(-10) + two.at_former(10, 20), "what was over stays where it was"
    rows = await town.service.db.fetch(
        "select status, lower(days) as first from enrollments where household_id = $1 and child_id = $2 order by days",
        two.former.household_id,
        two.former.child_id,
    )
    assert [row["status"] for row in rows] == ["validated", "validated"]


async def test_a_merge_and_its_undoing_heard_after_a_downtime_leave_all_as_it_was(town: BookingTown) -> None:
    """The newest state counts: what was never heard need not be undone."""
    two, _, _ = await files(town, is_same=True)
    merged, separated = await two.merged(), await two.separated()
    before = await two.days()
    await two.hear(*separated, *merged)
    assert await two.days() == before == two.at_former(10, 30, 40)


async def test_days_that_began_before_it_was_heard_stay(town: BookingTown) -> None:
    two, _, _ = await files(town, is_same=True)
    states = await two.merged()
    town.service.advance(days=20)
    await two.hear(*states)
    assert await two.days() == two.at_former(-10) + two.at_kept(10, 20)


async def test_a_child_enrolled_twice_is_left_to_an_agent(town: BookingTown) -> None:
    """One enrollment in one activity: nothing is lost, and the days left behind are listed until one of the two is ended."""
    two, activity_id, slots = await files(town, is_same=True)
    await town.enroll(two.kept, activity_id)
    assert (await town.book(two.kept, slots[1])).status_code == 201
    before = await two.days()
    await two.hear(*await two.merged())
    assert await two.days() == before
    strays = (await town.client.get("/stray-days", headers=two.agent)).json()["items"]
    assert [(stray["household_id"], stray["day_count"]) for stray in strays] == [(str(two.former.household_id), 3)]
    ended = {"from_on": str(await town.day(1)), "reason": "Inscription en double."}
    answer = await town.client.post(f"/enrollments/{strays[0]['enrollment_id']}/end", json=ended, headers=two.agent)
    assert answer.status_code == 200, answer.text
    await two.conserved()
    assert await two.days() == [(two.kept.household_id, two.kept.child_id, 30)]


async def test_a_family_reads_and_gives_back_what_followed(town: BookingTown) -> None:
    """The parent of the file that is kept, of the child that both are."""
    two, _, _ = await files(town, is_same=True)
    await two.hear(*await two.merged())
    query = f"from_on={await town.day(0)}&to_on={await town.day(60)}&household_id={two.kept.household_id}"
    read = await town.client.get(f"/bookings?{query}", headers=town.parent(two.kept))
    items = read.json()["items"]
    assert [item["service_on"] for item in items] == [str(await town.day(offset)) for offset in (10, 30, 40)]
    given = await town.give_back(two.kept, items[0]["booking_id"])
    assert given.status_code == 201, given.text
    await two.conserved()


@pytest.mark.parametrize("seed", range(6))
async def test_places_are_conserved_whatever_happens(town: BookingTown, seed: int) -> None:
    """Merges, undoings, bookings and days that pass, at random, with places for one child alone."""
    random = Random(seed)
    former, kept = await town.family(), await town.family()
    two = Files(town, former, kept, is_same=random.random() < 0.7)
    activities = [await town.activity(label=label) for label in ("Judo", "Poterie")]
    await town.enroll(former, activities[0])
    await town.enroll(kept, activities[1])
    slots = [
        slot
        for place, activity_id in enumerate(activities)
        for slot in await town.open(activity_id, *(range(20 + place, 60, 5 - place)), capacity=1)
    ]
    held: list[Envelope] = []

    async def act() -> Any:
        match random.randrange(4):
            case 0:
                held.extend(await (two.merged() if random.random() < 0.6 else two.separated()))
            case 1:
                town.service.advance(days=1)
            case 2:
                await town.book(random.choice((former, kept)), random.choice(slots))
            case _:
                known, held[:] = list(held), []
                random.shuffle(known)
                await two.hear(*known)

    for _ in range(25):
        await act()
        await two.conserved()
    await two.hear(*held)
    rows = await town.service.db.fetch(PLACES_SQL)
    assert {row["taken"] for row in rows} <= {0, 1}


@pytest.mark.parametrize("is_same", [False, True])
async def test_its_certificates_stand_in_the_file_that_is_kept(town: BookingTown, is_same: bool) -> None:
    two, _, _ = await files(town, is_same=is_same)
    certificate = await issued(town.service, town.parent(two.former), kind="registration", child_id=two.former.child_id)
    await two.hear(*await two.merged())
    town.service.advance(days=1)
    parent, stranger = town.parent(two.kept), town.parent(await town.family())
    of_file = {"household_id": two.kept.household_id}
    for headers in (parent, two.agent):
        (shown,) = (await listed(town.service, headers, **of_file))["issued"]
        assert (shown["number"], shown["child_id"]) == (certificate["number"], str(two.twin.child_id))
        assert (await read(town.service, headers, certificate)).status_code == 200
    assert (await read(town.service, stranger, certificate)).status_code == 404
    await two.hear(*await two.separated())
    assert (await listed(town.service, parent, **of_file))["issued"] == []
    assert (await read(town.service, parent, certificate)).status_code == 404
