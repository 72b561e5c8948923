"""The class of a child on the sheets of its days, by the replica of where children go to school."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from contracts.event import Envelope
from contracts.family.school_events import Schooling, SchoolingState
from tests.component.booking.sheets import Sheet
from tests.factories.booking import BookingTown

pytestmark = pytest.mark.anyio


def schooling(label: str | None, starts_on: date, ends_on: date) -> Schooling:
    """A class of a school of the town."""
    return Schooling(
        level="ce1",
        school_code="tilleuls",
        school_label="École des Tilleuls",
        class_id=uuid4(),
        class_label=label,
        starts_on=starts_on,
        ends_on=ends_on,
    )


async def kept(town: BookingTown, child_id: UUID) -> list[str]:
    """The classes that the replica has of a child."""
    rows = await town.service.db.fetch(
        "select class_label from child_schoolings where child_id = $1 order by starts_on", child_id
    )
    return [row["class_label"] for row in rows]


async def test_a_sheet_shows_the_class_of_its_day(town: BookingTown) -> None:
    """Of a child who changes class between two days, each sheet has the one of its day; of one in none, nothing."""
    family = await town.family("Ada Martin", "Bea Martin")
    ada, _ = family.child_ids
    day, next_day = await town.day(10), await town.day(11)
    states = (schooling("CE1 A", date(2020, 1, 1), day), schooling("CE1 B", next_day, date(2099, 1, 1)))
    await town.service.deliver(SchoolingState(child_id=ada, schoolings=states))
    activity_id = await town.activity()
    await town.enroll(family, activity_id)
    slots = await town.open(activity_id, 10, 11)
    await town.book(family, *slots)
    shown = []
    for slot_id in slots:
        lines = (await Sheet(town, slot_id, [family], []).read())["lines"]
        shown.append([(line["child_first_name"], line["child_class"]) for line in lines])
    assert shown == [[("Ada", "CE1 A")], [("Ada", "CE1 B")]]


async def test_namesakes_are_told_apart_wherever_they_stand_on_a_sheet(town: BookingTown) -> None:
    """One is booked, the other only enrolled: the list to choose from has the birth date of each, and the sheet too."""
    first, second = await town.family("Emma M"), await town.family("Emma M")
    activity_id = await town.activity()
    for family in (first, second):
        await town.enroll(family, activity_id)
    (slot_id,) = await town.open(activity_id, 10)
    await town.book(first, slot_id)
    document = await Sheet(town, slot_id, [first], []).read()
    assert [line["child_birth_on"] is not None for line in (*document["lines"], *document["candidates"])] == [
        True,
        True,
    ]


async def test_the_newest_schooling_wins_and_a_tombstone_erases(town: BookingTown) -> None:
    service, child_id = town.service, uuid4()
    old = SchoolingState(child_id=child_id, schoolings=(schooling("CP", date(2025, 9, 1), date(2026, 8, 31)),))
    new = SchoolingState(child_id=child_id, schoolings=(schooling("CE1", date(2026, 9, 1), date(2027, 8, 31)),))
    envelopes = [service.envelope(old, sequence=1), service.envelope(new, sequence=2)]
    await service.deliver(envelopes[1], envelopes[0], envelopes[1])
    assert await kept(town, child_id) == ["CE1"]
    gone = Envelope(
        event_id=uuid4(),
        event_type=SchoolingState.event_type,
        source="/test",
        topic=SchoolingState.topic,
        key=str(child_id),
        sequence=3,
        time=datetime.now(UTC),
        payload=None,
    )
    await service.deliver(gone)
    assert await kept(town, child_id) == []
