"""Who acts by a delegation sees and books the days of its children as its parent could, until it ends, and nothing else."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.booking.events import BasketConfirmed
from contracts.family.events import HouseholdState
from contracts.types import ActorKind
from tests.factories.booking import BookingTown, Family, refusal_codes
from tests.factories.delegations import delegated
from tests.factories.households import KnownChild, adult, household_state, membership, responsibility
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.fixture
async def family(town: BookingTown) -> Family:
    """Two parents with two children."""
    return await town.family(children=2, guardians=2)


@pytest.fixture
async def activity_id(town: BookingTown, family: Family) -> UUID:
    """An activity that both children have joined."""
    activity_id = await town.activity()
    await town.enroll(family, activity_id)
    return activity_id


def refused(answer: Any) -> tuple[int, str, Any]:
    """How a request was refused: status, code, and what the refusal says was missing or ended it."""
    document = answer.json()
    params = document["params"]
    return answer.status_code, document["code"], params.get("end") or params.get("act")


async def test_a_delegate_sees_the_named_child_books_a_day_and_the_history_says_who(
    service: RunningService, town: BookingTown, family: Family, activity_id: UUID
) -> None:
    (slot_id,) = await town.open(activity_id, 10)
    delegate = await delegated(town, family)
    calendar = (await delegate.calendar()).json()
    assert [row["child_id"] for row in calendar["rows"]] == [str(family.child_id)]
    assert [row["child_name"] for row in calendar["rows"]] == ["Lina 1"]
    assert "Martin" not in str(calendar)

    answer = await delegate.book(slot_id)

    assert answer.status_code == 201, answer.text
    (basket,) = [event for event in await service.outbox() if isinstance(event, BasketConfirmed)]
    assert (basket.household_id, basket.guardian_id) == (family.household_id, None)
    assert basket.delegation_id == delegate.state.delegation_id
    history = (await town.client.get("/history", headers=town.parent(family, 1))).json()["items"]
    entry = next(item for item in history if item["action"] == "bookings_changed")
    assert (entry["actor_kind"], entry["actor_id"]) == ("delegate", str(delegate.state.delegation_id)), (
        "no id of theirs"
    )
    assert entry["after"]["days"][0]["child_id"] == str(family.child_id)
    cause = await service.db.fetchval("select actor from outbox where event_type = $1", basket.event_type)
    assert cause == f"delegate:{delegate.state.delegate_id}"


async def test_a_delegate_gives_back_what_a_parent_booked_and_a_parent_what_a_delegate_booked(
    town: BookingTown, family: Family, activity_id: UUID
) -> None:
    first, second = await town.open(activity_id, 10, 17)
    delegate = await delegated(town, family)
    by_parent = (await town.book(family, first)).json()["bookings"][0]["booking_id"]
    by_delegate = (await delegate.book(second)).json()["bookings"][0]["booking_id"]
    assert (await delegate.change(cancellations=[by_parent])).status_code == 201
    assert (await town.give_back(family, by_delegate)).status_code == 201


async def test_another_child_is_not_there(town: BookingTown, family: Family, activity_id: UUID) -> None:
    (slot_id,) = await town.open(activity_id, 10)
    other = await town.family("Zoé Petit")
    await town.enroll(other, activity_id)
    delegate = await delegated(town, family)
    sibling = (await town.book_lines(family, [(family.child_ids[1], slot_id)])).json()["bookings"][0]["booking_id"]
    foreign = (await town.book(other, slot_id)).json()["bookings"][0]["booking_id"]
    for child_id in (family.child_ids[1], other.child_id, uuid4()):
        answer = await delegate.book(slot_id, child_id=child_id)
        assert (answer.status_code, refusal_codes(answer)) == (404, [("/lines/0/child_id", "child_unknown")])
    for booking_id in (sibling, foreign, str(uuid4())):
        answer = await delegate.change(cancellations=[booking_id])
        assert (answer.status_code, refusal_codes(answer)) == (404, [("/cancellations/0", "booking_unknown")])
    mixed = await delegate.change([(family.child_id, slot_id), (other.child_id, slot_id)])
    assert refusal_codes(mixed) == [("/lines/1/child_id", "child_unknown")], "nothing of it is done"
    assert [cell["state"] for cell in await delegate.cells()] == ["bookable"]


async def test_another_household_is_not_there(town: BookingTown, family: Family, activity_id: UUID) -> None:
    (slot_id,) = await town.open(activity_id, 10)
    home = await town.second_home(family)
    delegate = await delegated(town, family)
    answer = await delegate.book(slot_id, household_id=home.household_id)
    assert refused(answer) == (404, "not_found", None)
    strange = await delegated(town, family, household_id=home.household_id)
    assert refused(await strange.book(slot_id)) == (403, "delegation_over", "authority_lost"), "its parent is not of it"


async def test_somebody_elses_delegation_is_not_there(town: BookingTown, family: Family, activity_id: UUID) -> None:
    (slot_id,) = await town.open(activity_id, 10)
    delegate, other = await delegated(town, family), await delegated(town, family)
    for headers in (other.headers, town.parent(family), town.service.as_parent(uuid4())):
        assert (await delegate.calendar(headers=headers)).status_code == 404
        assert (await delegate.book(slot_id, headers=headers)).status_code == 404
    agent = town.service.as_agent(*Role)
    assert (await delegate.book(slot_id, headers=agent)).status_code == 403
    assert (await delegate.calendar(headers=town.service.as_system())).status_code == 403
    nothing = other.state.model_copy(update={"delegation_id": uuid4()})
    path = f"/delegations/{nothing.delegation_id}/bookings"
    answer = await town.client.post(path, json={"lines": []}, headers=other.headers | town.service.key())
    assert answer.status_code in (404, 422)


async def test_the_routes_of_families_are_closed_to_who_only_helps(
    town: BookingTown, family: Family, activity_id: UUID
) -> None:
    (slot_id,) = await town.open(activity_id, 10)
    delegate = await delegated(town, family)
    line = {"child_id": str(family.child_id), "slot_id": str(slot_id)}
    wish = {"child_id": str(family.child_id), "activity_id": str(activity_id)}
    household = {"household_id": str(family.household_id)}
    period = {"from_on": str(await town.day(0)), "to_on": str(await town.day(20))}
    client, headers = town.client, delegate.headers | town.service.key()
    answers = [
        await client.post("/bookings", json={"lines": [line]}, headers=headers),
        await client.post("/enrollments", json=wish, headers=headers),
        await client.get("/calendar", params=period | household, headers=headers),
        await client.get("/bookings", params=period | household, headers=headers),
        await client.get("/enrollments", params=household, headers=headers),
        await client.get("/history", params=household, headers=headers),
    ]
    assert {answer.status_code for answer in answers} == {403}


async def test_an_adult_who_helps_acts_by_the_delegation_alone(
    town: BookingTown, family: Family, activity_id: UUID
) -> None:
    (slot_id,) = await town.open(activity_id, 10)
    neighbor = await town.family("Zoé Petit")
    delegate = await delegated(town, family, ActorKind.PARENT, delegate_id=neighbor.guardian_id)
    line = [(family.child_id, slot_id)]
    assert (await town.change(neighbor, line)).status_code == 404, "in their own name they do not reach the child"
    assert (await town.change(neighbor, line, household_id=family.household_id)).status_code == 404
    assert (await delegate.book(slot_id)).status_code == 201


async def test_an_act_that_was_not_given_is_refused_by_its_name(
    town: BookingTown, family: Family, activity_id: UUID
) -> None:
    (slot_id,) = await town.open(activity_id, 10)
    reader = await delegated(town, family, acts=("calendar.read",))
    assert (await reader.calendar()).status_code == 200
    assert refused(await reader.book(slot_id)) == (403, "act_not_delegated", "days.book")
    stranger = await delegated(town, family, acts=("invoices.read", "days.booked"))
    assert refused(await stranger.calendar()) == (403, "act_not_delegated", "calendar.read")
    assert refused(await stranger.book(slot_id)) == (403, "act_not_delegated", "days.book")


@pytest.mark.parametrize("end", ["revoked", "given_up", "ended_by_town", "a reason of tomorrow"])
async def test_what_ended_does_nothing_any_more_and_says_why(
    town: BookingTown, family: Family, activity_id: UUID, end: str
) -> None:
    first, second = await town.open(activity_id, 10, 17)
    delegate, key = await delegated(town, family), town.service.key()
    booked = await delegate.book(first, headers=key)
    ended = await delegate.becomes(end=end, ended_at=datetime.now(UTC))
    assert refused(await ended.calendar()) == (403, "delegation_over", end)
    assert refused(await ended.book(second)) == (403, "delegation_over", end)
    given_back = await ended.change(cancellations=[booked.json()["bookings"][0]["booking_id"]])
    assert refused(given_back) == (403, "delegation_over", end)
    again = await delegate.book(first, headers=key)
    assert refused(again) == (403, "delegation_over", end), "an answer that was given before is not given again"
    assert [cell["state"] for cell in await town.cells(family)].count("booked") == 1, "what was booked stays"


async def test_a_late_state_brings_nothing_back(service: RunningService, town: BookingTown, family: Family) -> None:
    delegate = await delegated(town, family)
    ended = await delegate.becomes(end="revoked", ended_at=datetime.now(UTC))
    await service.deliver(service.envelope(delegate.state, sequence=1))
    assert (await ended.calendar()).status_code == 403


async def test_the_last_day_counts_until_midnight_of_the_town(
    service: RunningService, town: BookingTown, family: Family, activity_id: UUID
) -> None:
    await town.open(activity_id, 10)
    midsummer = datetime(2027, 7, 1, 21, 59, 30, tzinfo=UTC)
    service.db.clock_offset += midsummer - await service.db.now()
    delegate = await delegated(town, family, ends_on=midsummer.date())
    assert (await delegate.calendar(0, 1)).status_code == 200, "23:59 in Paris"
    service.advance(minutes=1)
    assert refused(await delegate.calendar(0, 1)) == (403, "delegation_over", "expired")


async def test_days_after_the_last_one_are_not_there_to_see_or_to_book(
    town: BookingTown, family: Family, activity_id: UUID
) -> None:
    within, beyond = await town.open(activity_id, 10, 17)
    delegate = await delegated(town, family, ends_on=await town.day(10))
    assert [cell["slot_id"] for cell in await delegate.cells()] == [str(within)]
    answer = await delegate.book(within, beyond)
    assert refusal_codes(answer) == [("/lines/1/slot_id", "after_delegation")]
    by_parent = (await town.book(family, beyond)).json()["bookings"][0]["booking_id"]
    given_back = await delegate.change(cancellations=[by_parent])
    assert refusal_codes(given_back) == [("/cancellations/0", "after_delegation")]


async def test_who_may_not_fetch_a_child_any_more_is_not_entrusted_with_it(
    town: BookingTown, family: Family, activity_id: UUID
) -> None:
    """By what the child's file says today, whatever was delegated before."""
    (slot_id,) = await town.open(activity_id, 10)
    delegate = await delegated(town, family, child_ids=family.child_ids)
    kept_away = responsibility(delegate.state.delegate_id, role="forbidden_pickup")
    await town.answer_for(family, *(responsibility(adult_id) for adult_id in family.guardian_ids), kept_away)
    assert {row["child_id"] for row in (await delegate.calendar()).json()["rows"]} == {str(family.child_ids[1])}
    assert refusal_codes(await delegate.book(slot_id)) == [("/lines/0/child_id", "child_unknown")]
    alone = await (await delegated(town, family)).becomes(delegate_id=delegate.state.delegate_id)
    assert refused(await alone.book(slot_id)) == (403, "delegation_over", "authority_lost")


async def test_authority_that_was_lost_ends_it_before_anybody_says_so(
    town: BookingTown, family: Family, activity_id: UUID
) -> None:
    (slot_id,) = await town.open(activity_id, 10)
    delegate = await delegated(town, family, child_ids=family.child_ids)
    mother = responsibility(family.guardian_ids[1])
    await town.answer_for(family, mother)
    assert {row["child_id"] for row in (await delegate.calendar()).json()["rows"]} == {str(family.child_ids[1])}
    answer = await delegate.book(slot_id)
    assert refusal_codes(answer) == [("/lines/0/child_id", "child_unknown")]
    alone = await delegated(town, family)
    assert refused(await alone.book(slot_id)) == (403, "delegation_over", "authority_lost")


async def test_a_parent_or_child_who_leaves_ends_it(town: BookingTown, family: Family, activity_id: UUID) -> None:
    (slot_id,) = await town.open(activity_id, 10)
    delegate = await delegated(town, family)
    yesterday, children = await town.day(-1), [KnownChild(child_id) for child_id in family.child_ids]
    gone = _left(family, children, yesterday)
    await town.service.deliver(gone)
    assert refused(await delegate.book(slot_id)) == (403, "delegation_over", "authority_lost")


async def test_an_erased_household_lets_nobody_act(service: RunningService, town: BookingTown, family: Family) -> None:
    delegate = await delegated(town, family)
    state = household_state(family.household_id, [adult(family.guardian_id)], [])
    tombstone = service.envelope(state)
    await service.deliver(replace(tombstone, payload=None))
    assert (await delegate.calendar()).status_code == 404


async def test_a_basket_and_the_end_of_its_delegation_at_once_leave_one_of_both(
    service: RunningService, town: BookingTown, family: Family, activity_id: UUID
) -> None:
    slot_ids = await town.open(activity_id, *range(10, 18))
    delegate = await delegated(town, family)
    ended = delegate.state.model_copy(update={"end": "revoked", "ended_at": datetime.now(UTC)})
    baskets = [delegate.book(slot_id) for slot_id in slot_ids]
    *answers, _ = await asyncio.gather(*baskets, service.deliver(ended))
    assert {answer.status_code for answer in answers} <= {201, 403}
    live = await service.db.fetchval("select count(*) from bookings where status = 'confirmed'")
    assert live == sum(answer.status_code == 201 for answer in answers)
    assert refused(await delegate.book(slot_ids[0]))[:2] == (403, "delegation_over")


async def test_a_batch_judges_each_of_its_baskets_by_who_asks(
    town: BookingTown, family: Family, activity_id: UUID
) -> None:
    slot_ids = await town.open(activity_id, *range(10, 16))
    delegate = await delegated(town, family)
    over = await delegated(town, family, end="revoked", ended_at=datetime.now(UTC))
    answers = await asyncio.gather(
        delegate.book(slot_ids[0]),
        over.book(slot_ids[1]),
        town.book(family, slot_ids[2]),
        delegate.book(slot_ids[3], child_id=family.child_ids[1]),
        town.book_lines(family, [(family.child_ids[1], slot_ids[4])]),
        delegate.book(slot_ids[5], headers=town.parent(family)),
    )
    assert [answer.status_code for answer in answers] == [201, 403, 201, 404, 201, 404]


def _left(family: Family, children: list[KnownChild], last_on: date) -> HouseholdState:
    """The household after its children belonged to it until a day."""
    members = tuple(membership(child, ends_on=last_on) for child in children)
    adults = [adult(guardian_id) for guardian_id in family.guardian_ids]
    return household_state(family.household_id, adults, children, child_members=members)
