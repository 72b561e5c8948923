"""Booking and giving back: a basket gets all of its days or none, and says why by line."""

import asyncio
from uuid import UUID, uuid4

import pytest

from chassis.data.paging import cursor_of
from contracts.booking.events import BasketConfirmed, BookingCancelled, BookingConfirmed
from tests.factories.booking import BookingTown, refusal_codes
from tests.support.roles import Role
from tests.support.services import RunningService
from tests.support.towns import also_under

pytestmark = pytest.mark.anyio


async def taken(service: RunningService, slot_id: UUID) -> tuple[int, int]:
    """The counter of a slot's only pool and the count of its live bookings, which must agree."""
    row = await service.db.fetchrow(
        "select taken, (select count(*) from bookings where slot_id = s.id and status = 'confirmed') as live "
        "from slots s join pools p on p.id = any(s.pool_ids) where s.id = $1",
        slot_id,
    )
    assert row is not None
    return row["taken"], row["live"]


async def test_a_basket_for_two_children_is_booked_together(service: RunningService, town: BookingTown) -> None:
    family = await town.family(children=2)
    activity_id = await town.activity()
    first, second = await town.open(activity_id, 10, 17)
    await town.enroll(family, activity_id)
    lines = [(child_id, slot_id) for child_id in family.child_ids for slot_id in (first, second)]

    answer = await town.book_lines(family, lines)

    assert answer.status_code == 201, answer.text
    booked = answer.json()["bookings"]
    assert [(UUID(b["child_id"]), UUID(b["slot_id"])) for b in booked] == lines
    assert {b["child_first_name"] for b in booked} == {"Lina 1", "Lina 2"}
    assert {b["activity_label"] for b in booked} == {"Centre de loisirs"}
    assert await taken(service, first) == await taken(service, second) == (2, 2)
    events = (await service.outbox())[-5:]
    assert [type(event) for event in events] == [BookingConfirmed] * 4 + [BasketConfirmed]
    basket = events[-1]
    assert isinstance(basket, BasketConfirmed)
    assert basket.guardian_id == family.guardian_id
    assert [str(line.booking_id) for line in basket.lines] == [b["booking_id"] for b in booked]


async def test_one_refused_line_refuses_the_basket_and_names_itself(service: RunningService, town: BookingTown) -> None:
    family, other = await town.family(), await town.family()
    activity_id = await town.activity()
    free, full = await town.open(activity_id, 10, 17, capacity=1)
    for household in (family, other):
        await town.enroll(household, activity_id)
    assert (await town.book(other, full)).status_code == 201

    answer = await town.book(family, free, full)

    assert answer.status_code == 409
    assert answer.json()["code"] == "basket_refused"
    assert refusal_codes(answer) == [("/lines/1/slot_id", "slot_full")]
    assert answer.json()["errors"][0]["params"]["activity"] == "Centre de loisirs"
    assert await taken(service, free) == (0, 0)


@also_under("belfort", "structure")
async def test_nothing_is_booked_before_the_enrollment_is_validated(town: BookingTown) -> None:
    family = await town.family()
    activity_id = await town.activity()
    (slot_id,) = await town.open(activity_id, 10)
    assert refusal_codes(await town.book(family, slot_id)) == [("/lines/0/slot_id", "not_enrolled")]

    enrollment_id = (await town.request_enrollment(family, activity_id)).json()["enrollment_id"]
    assert refusal_codes(await town.book(family, slot_id)) == [("/lines/0/slot_id", "enrollment_not_validated")]

    await town.decide(enrollment_id, is_validated=True)
    assert (await town.book(family, slot_id)).status_code == 201


async def test_a_refused_enrollment_opens_nothing(town: BookingTown) -> None:
    family = await town.family()
    activity_id = await town.activity()
    (slot_id,) = await town.open(activity_id, 10)
    enrollment_id = (await town.request_enrollment(family, activity_id)).json()["enrollment_id"]
    await town.decide(enrollment_id, is_validated=False, reason="Dossier incomplet.")
    assert refusal_codes(await town.book(family, slot_id)) == [("/lines/0/slot_id", "enrollment_refused")]


async def test_a_day_outside_the_enrollment_is_refused_with_its_dates(town: BookingTown) -> None:
    family = await town.family()
    activity_id = await town.activity()
    (slot_id,) = await town.open(activity_id, 30)
    await town.enroll(family, activity_id, ends_on=str(await town.day(20)))
    answer = await town.book(family, slot_id)
    assert refusal_codes(answer) == [("/lines/0/slot_id", "outside_enrollment")]
    assert answer.json()["errors"][0]["params"]["ends_on"] == str(await town.day(20))


async def test_after_the_cutoff_neither_booking_nor_cancelling(service: RunningService, town: BookingTown) -> None:
    family = await town.family()
    activity_id = await town.activity()
    booked, wished = await town.open(activity_id, 10, 11)
    await town.enroll(family, activity_id)
    booking_id = (await town.book(family, booked)).json()["bookings"][0]["booking_id"]
    service.advance(days=10)

    late = await town.book(family, wished)
    assert refusal_codes(late) == [("/lines/0/slot_id", "cutoff_passed")]
    assert "until" in late.json()["errors"][0]["params"]
    answer = await town.give_back(family, booking_id)
    assert answer.status_code == 409
    assert refusal_codes(answer) == [("/cancellations/0", "cutoff_passed")]
    assert {"until", "service_on", "activity"} <= answer.json()["errors"][0]["params"].keys()
    assert await taken(service, booked) == (1, 1)


async def test_a_place_given_back_is_free_again_and_twice_changes_nothing(
    service: RunningService, town: BookingTown
) -> None:
    family = await town.family()
    activity_id = await town.activity()
    (slot_id,) = await town.open(activity_id, 10, capacity=1)
    await town.enroll(family, activity_id)
    booking_id = (await town.book(family, slot_id)).json()["bookings"][0]["booking_id"]
    for _ in range(2):
        answer = await town.give_back(family, booking_id)
        assert answer.status_code == 201
        assert [given["status"] for given in answer.json()["cancelled"]] == ["cancelled"]
        assert (answer.json()["basket_id"], answer.json()["bookings"]) == (None, [])
    assert await taken(service, slot_id) == (0, 0)
    cancelled = [event for event in await service.outbox() if isinstance(event, BookingCancelled)]
    assert [str(event.booking_id) for event in cancelled] == [booking_id]
    assert not cancelled[0].is_chargeable
    assert (await town.book(family, slot_id)).status_code == 201


async def test_a_day_is_booked_once_for_a_child(town: BookingTown) -> None:
    family = await town.family(guardians=2)
    activity_id = await town.activity()
    first, second = await town.open(activity_id, 10, 17)
    await town.enroll(family, activity_id)
    assert (await town.book(family, first)).status_code == 201
    again = await town.book(family, first, headers=town.parent(family, guardian=1))
    assert refusal_codes(again) == [("/lines/0/slot_id", "already_booked")]
    twice = await town.book(family, second, second)
    assert refusal_codes(twice) == [("/lines/1/slot_id", "already_booked")]


async def test_what_belongs_to_others_is_not_there(town: BookingTown) -> None:
    family, other = await town.family(), await town.family()
    activity_id = await town.activity()
    (slot_id,) = await town.open(activity_id, 10)
    for household in (family, other):
        await town.enroll(household, activity_id)
    booking_id = (await town.book(family, slot_id)).json()["bookings"][0]["booking_id"]

    foreign = await town.book_lines(other, [(family.child_id, slot_id)])
    made_up = await town.book_lines(other, [(uuid4(), slot_id), (other.child_id, uuid4())])
    assert foreign.status_code == made_up.status_code == 404
    assert refusal_codes(foreign) == [("/lines/0/child_id", "child_unknown")]
    assert refusal_codes(made_up) == [("/lines/0/child_id", "child_unknown"), ("/lines/1/slot_id", "slot_unknown")]
    for target in (booking_id, uuid4()):
        answer = await town.change(other, [(other.child_id, slot_id)], [target])
        assert (answer.status_code, refusal_codes(answer)) == (404, [("/cancellations/0", "booking_unknown")])
    assert {cell["state"] for cell in await town.cells(other)} == {"bookable"}


async def test_an_agent_books_at_the_counter_for_one_household(service: RunningService, town: BookingTown) -> None:
    family, other = await town.family(), await town.family()
    activity_id = await town.activity()
    (slot_id,) = await town.open(activity_id, 10)
    for household in (family, other):
        await town.enroll(household, activity_id)
    agent = service.as_agent(Role.FRONT_DESK)
    both = await town.book_lines(family, [(family.child_id, slot_id), (other.child_id, slot_id)], agent)
    assert refusal_codes(both) == [("/lines/1/child_id", "other_household")]
    answer = await town.book(family, slot_id, headers=agent)
    assert answer.status_code == 201
    assert answer.json()["bookings"][0]["household_id"] == str(family.household_id)
    basket = (await service.outbox())[-1]
    assert isinstance(basket, BasketConfirmed)
    assert basket.guardian_id is None


async def test_a_repeated_key_gets_the_first_answer(service: RunningService, town: BookingTown) -> None:
    family = await town.family()
    activity_id = await town.activity()
    first, second = await town.open(activity_id, 10, 17)
    await town.enroll(family, activity_id)
    key = service.key()
    # A double click: the two are decided in one batch, or one after the other.
    clicks = await asyncio.gather(*(town.book(family, first, headers=key) for _ in range(2)))
    again = await town.book(family, first, headers=key)
    assert {answer.status_code for answer in (*clicks, again)} == {201}
    assert clicks[0].json() == clicks[1].json() == again.json()
    assert await taken(service, first) == (1, 1)
    reused = await town.book(family, second, headers=key)
    assert reused.status_code == 422
    assert reused.json()["code"] == "idempotency_key_reused"


async def test_a_refused_key_is_judged_afresh(service: RunningService, town: BookingTown) -> None:
    family = await town.family()
    activity_id = await town.activity()
    (slot_id,) = await town.open(activity_id, 10)
    key = service.key()
    assert (await town.book(family, slot_id, headers=key)).status_code == 409
    await town.enroll(family, activity_id)
    assert (await town.book(family, slot_id, headers=key)).status_code == 201


async def test_a_key_is_needed(town: BookingTown) -> None:
    family = await town.family()
    answer = await town.client.post(
        "/bookings",
        json={"lines": [{"child_id": str(family.child_id), "slot_id": str(uuid4())}]},
        headers=town.parent(family),
    )
    assert answer.status_code == 400
    assert answer.json()["code"] == "idempotency_key_missing"


@pytest.mark.parametrize(
    "body",
    [
        {"lines": []},
        {"lines": [{"child_id": "x", "slot_id": str(uuid4())}]},
        {"lines": [{"child_id": str(uuid4()), "slot_id": str(uuid4()), "price_cents": 1}]},
        {"lines": [{"child_id": str(uuid4()), "slot_id": str(uuid4())}] * 101},
        {"lines": [], "cancellations": []},
        {"cancellations": [{"booking_id": str(uuid4()), "service_on": "2026-09-02"}] * 101},
        {"cancellations": ["x"]},
        {"cancellations": [{"booking_id": str(uuid4())}]},
        {},
        [],
    ],
)
async def test_a_malformed_basket_is_refused(town: BookingTown, body: object) -> None:
    family = await town.family()
    headers = town.parent(family) | town.service.key()
    answer = await town.client.post("/bookings", json=body, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid"


async def test_a_family_lists_its_own_bookings_by_date(town: BookingTown) -> None:
    family, other = await town.family(), await town.family()
    activity_id = await town.activity()
    slot_ids = await town.open(activity_id, 24, 10, 17)
    for household in (family, other):
        await town.enroll(household, activity_id)
        assert (await town.book(household, *slot_ids)).status_code == 201
    params = {"from_on": str(await town.day(0)), "to_on": str(await town.day(17))}
    answer = await town.client.get("/bookings", params=params, headers=town.parent(family))
    items = answer.json()["items"]
    assert [(item["household_id"], item["service_on"]) for item in items] == [
        (str(family.household_id), str(await town.day(offset))) for offset in (10, 17)
    ]
    rest = await town.client.get(
        "/bookings",
        params={**params, "cursor": cursor_of([items[0]["service_on"], items[0]["booking_id"]])},
        headers=town.parent(family),
    )
    assert [item["booking_id"] for item in rest.json()["items"]] == [items[1]["booking_id"]]
    stolen = await town.client.get(
        "/bookings", params={**params, "household_id": str(other.household_id)}, headers=town.parent(family)
    )
    assert stolen.status_code == 404


async def test_each_basket_of_a_batch_leads_back_to_its_own_request(service: RunningService, town: BookingTown) -> None:
    activity_id = await town.activity()
    (slot_id,) = await town.open(activity_id, 10)
    families = [await town.family() for _ in range(3)]
    for family in families:
        await town.enroll(family, activity_id)
    traces = {str(family.household_id): f"{number:032x}" for number, family in enumerate(families, 1)}
    await asyncio.gather(
        *(
            town.book(
                family, slot_id, headers={"traceparent": f"00-{traces[str(family.household_id)]}-00000000000000aa-01"}
            )
            for family in families
        )
    )
    rows = await service.db.fetch(
        "select key, trace ->> 'traceparent' as parent from outbox where topic = 'booking.bookings'"
    )
    assert len(rows) == 6
    assert {(row["key"], row["parent"].split("-")[1]) for row in rows} == set(traces.items())
