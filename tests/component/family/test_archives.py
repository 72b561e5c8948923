"""Files that are put aside: what stands against it, what nobody does for one any more, and how it is taken up again."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.billing.events import InvoiceIssued, InvoicePaid
from contracts.booking.events import EnrollmentEnded, EnrollmentRequested, EnrollmentValidated
from contracts.event import Event
from contracts.family.archives import ArchiveStanding, ObstacleKind
from contracts.family.events import HouseholdState
from contracts.family.models import Household
from tests.component.authorization.departures import without_asking
from tests.component.family.desk import Desk
from tests.component.family.test_memberships import CHILDREN, CO_GUARDIAN
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

REASON = {"reason": "Famille partie de la ville."}
MOMENT = datetime(2026, 9, 1, 8, tzinfo=UTC)


class Shelf:
    """A file of two adults and two children, and what is done with it."""

    def __init__(self, service: RunningService, desk: Desk, file: Household) -> None:
        self.service, self.desk, self.file, self.headers = service, desk, file, desk.headers
        self.household_id = file.household_id
        self.adult = file.adults[0].adult_id
        self.parent = service.as_parent(self.adult)

    async def archive(self) -> Any:
        return await self._post("archive", REASON)

    async def archived(self) -> ArchiveStanding:
        answer = await self.archive()
        assert answer.status_code == 200, answer.text
        return ArchiveStanding.model_validate_json(answer.content)

    async def reopened(self) -> ArchiveStanding:
        answer = await self._post("reopening")
        assert answer.status_code == 200, answer.text
        return ArchiveStanding.model_validate_json(answer.content)

    async def standing(self) -> ArchiveStanding:
        answer = await self.get(f"/households/{self.household_id}/archive")
        return ArchiveStanding.model_validate_json(answer.content)

    async def obstacles(self) -> set[ObstacleKind]:
        return {obstacle.kind for obstacle in (await self.standing()).obstacles}

    async def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> Any:
        return await self.service.client.get(path, params=query, headers=headers or self.headers)

    async def references(self, **query: Any) -> list[str]:
        answer = await self.get("/households", **query)
        return [item["reference"] for item in answer.json()["items"]]

    async def _post(self, what: str, body: dict[str, str] | None = None) -> Any:
        path = f"/households/{self.household_id}/{what}"
        return await self.service.client.post(path, json=body, headers=self.headers)

    def enrollment(self, kind: type[Any], enrollment_id: UUID, ends_on: date | None, **fields: Any) -> Event:
        event: Event = kind(
            enrollment_id=enrollment_id,
            household_id=self.household_id,
            child_id=self.file.children[0].child_id,
            activity_id=UUID(int=1),
            starts_on=date(2026, 9, 1),
            ends_on=ends_on,
            **fields,
        )
        return event


@pytest.fixture
async def shelf(service: RunningService, desk: Desk) -> Shelf:
    file = await desk.open(co_guardian=CO_GUARDIAN, children=CHILDREN)
    service.advance(days=1)
    return Shelf(service, desk, file)


async def test_an_enrollment_keeps_a_file_in_use_and_some_weeks_after(shelf: Shelf) -> None:
    enrollment_id, last = uuid4(), date(2026, 12, 18)
    await shelf.service.deliver(shelf.enrollment(EnrollmentRequested, enrollment_id, last, requested_at=MOMENT))
    assert await shelf.obstacles() == {ObstacleKind.ENROLLMENT}
    await shelf.service.deliver(shelf.enrollment(EnrollmentValidated, enrollment_id, last, validated_at=MOMENT))
    refused = await shelf.archive()
    assert (refused.status_code, refused.json()["code"]) == (409, "household_in_use")
    ended = shelf.enrollment(EnrollmentEnded, enrollment_id, date(2026, 9, 11), cancelled_count=0, ended_at=MOMENT)
    await shelf.service.deliver(ended)
    shelf.service.advance(days=20)
    assert await shelf.obstacles() == {ObstacleKind.RECENT_ENROLLMENT}
    shelf.service.advance(days=60)
    assert await shelf.obstacles() == set()
    assert (await shelf.standing()).last_active_on == date(2026, 9, 11)
    await shelf.archived()


async def test_whoever_joins_today_keeps_it_in_use(service: RunningService, desk: Desk) -> None:
    shelf = Shelf(service, desk, await desk.open())
    assert await shelf.obstacles() == {ObstacleKind.NEW_MEMBER}
    service.advance(days=1)
    assert await shelf.obstacles() == set()


async def test_an_unpaid_invoice_keeps_a_file_in_use(shelf: Shelf) -> None:
    common = {"invoice_id": uuid4(), "payer_id": uuid4(), "household_id": shelf.household_id, "number": "2026-1"}
    issued = InvoiceIssued(
        **common,
        regie="centrale",
        period="2026-09",
        total_cents=1500,
        credit_cents=0,
        due_on=date(2026, 10, 31),
        issued_at=MOMENT,
    )
    await shelf.service.deliver(issued)
    assert await shelf.obstacles() == {ObstacleKind.INVOICE}
    await shelf.service.deliver(InvoicePaid(**common, total_cents=1500, paid_at=MOMENT))
    assert await shelf.obstacles() == set()


async def test_a_child_who_lives_in_two_homes_keeps_both_in_use(shelf: Shelf) -> None:
    child = shelf.file.children[0]
    await shelf.desk.open(
        guardian={"first_name": "Paul", "last_name": "Autre", "email": "paul@courriel.example"},
        children=[],
        known_child_ids=[str(child.child_id)],
    )
    assert await shelf.obstacles() == {ObstacleKind.CHILD_OF_TWO_HOMES}


async def test_a_file_that_is_put_aside_leaves_lists_and_acts(shelf: Shelf) -> None:
    """Nobody belongs to it any more, which is what every service goes by; agents find it where they ask for such files."""
    service, reference = shelf.service, shelf.file.reference
    standing = await shelf.archived()
    assert standing.archived_on == await service.db.today()
    assert standing.adult_names == ("Éric Le Goff-Œuvrard", "Anne Martin")
    assert await shelf.archived() == standing, "once"
    assert reference not in await shelf.references()
    assert reference not in await shelf.references(search="Le Goff")
    assert reference in await shelf.references(is_archived=True)
    assert reference in await shelf.references(search="Le Goff", is_archived=True)
    (state, *_) = [event for event in reversed(await service.outbox()) if isinstance(event, HouseholdState)]
    assert {member.ends_on for member in (*state.adult_members, *state.child_members)} == {date(2026, 9, 1)}
    for path in ("/me/household", f"/households/{shelf.household_id}", "/history", "/children-in-turns"):
        assert (await shelf.get(path, shelf.parent)).status_code == 404, path
    joined = await service.client.put(
        f"/households/{shelf.household_id}/members/{shelf.adult}",
        json={"starts_on": "2026-09-01"},
        headers=shelf.headers,
    )
    assert (joined.status_code, joined.json()["code"]) == (409, "household_archived")


async def test_it_is_taken_up_again_as_it_was(shelf: Shelf) -> None:
    service = shelf.service
    service.advance(days=30)
    before = (await shelf.get("/me/household", shelf.parent)).json()
    await shelf.archived()
    file = (await shelf.get(f"/households/{shelf.household_id}")).json()
    assert [adult["adult_id"] for adult in file["adults"]] == [adult["adult_id"] for adult in before["adults"]]
    assert len(file["children"]) == 2
    standing = await shelf.reopened()
    assert standing.archived_on is None
    assert (await shelf.get("/me/household", shelf.parent)).json() == before, "undone within the day, nothing shows"
    await shelf.archived()
    service.advance(days=100)
    await shelf.reopened()
    after = (await shelf.get("/me/household", shelf.parent)).json()
    today = str(await service.db.today())
    assert {adult["starts_on"] for adult in after["adults"]} == {today}, "what lay between was nobody's"
    assert after["payer_adult_id"] == before["payer_adult_id"]
    acts = await service.db.fetch("select action, count(*) as count from history group by action")
    assert {row["action"]: row["count"] for row in acts} | {"household_archived": 2, "household_reopened": 2} == {
        row["action"]: row["count"] for row in acts
    }


async def test_an_adult_of_it_asks_for_it(shelf: Shelf, desk: Desk) -> None:
    service = shelf.service
    stranger = await desk.open(
        guardian={"last_name": "Tiers", "email": "tiers@courriel.example"},
        children=[{"first_name": "Zoé", "last_name": "Tiers", "birth_on": "2019-01-01"}],
    )
    await shelf.archived()
    (own,) = (await shelf.get("/me/archived-households", shelf.parent)).json()["items"]
    assert (own["reference"], own["asked_at"]) == (shelf.file.reference, None)
    url = f"/me/archived-households/{shelf.household_id}/reopening"
    other = service.as_parent(stranger.adults[0].adult_id)
    assert (await service.client.post(url, headers=other)).status_code == 404
    assert (await shelf.get("/me/archived-households", other)).json()["items"] == []
    asked = [await service.client.post(url, headers=shelf.parent) for _ in range(2)]
    assert [answer.status_code for answer in asked] == [200, 200]
    assert asked[0].json() == asked[1].json()
    assert await service.db.fetchval("select count(*) from history where action = 'reopening_asked'") == 1
    (gap,) = (await shelf.get("/gaps/reopening_asked")).json()["items"]
    assert (gap["reference"], gap["person_name"]) == (shelf.file.reference, "Éric Le Goff-Œuvrard")
    await shelf.reopened()
    assert (await shelf.get("/gaps/reopening_asked")).json()["items"] == []


async def test_idle_files_are_listed_and_put_aside_together(shelf: Shelf, desk: Desk) -> None:
    service = shelf.service
    busy = await desk.open(
        guardian={"last_name": "Pris", "email": "pris@courriel.example"},
        children=[{"first_name": "Zoé", "last_name": "Pris", "birth_on": "2019-01-01"}],
    )
    service.advance(days=120)
    since = str(await service.db.today())
    listed = (await shelf.get("/idle-households", since_on=since)).json()["items"]
    assert {item["reference"] for item in listed} == {shelf.file.reference, busy.reference}
    one = (await shelf.get("/idle-households", since_on=since, limit=1)).json()
    two = (await shelf.get("/idle-households", since_on=since, limit=1, cursor=one["next_cursor"])).json()
    assert [one["items"][0], two["items"][0]] == listed
    assert (await shelf.get("/idle-households", since_on="2026-09-01")).json()["items"] == []
    taken = Shelf(service, desk, busy)
    await service.deliver(taken.enrollment(EnrollmentRequested, uuid4(), date(2027, 7, 2), requested_at=MOMENT))
    body = {"household_ids": [item["household_id"] for item in listed], "since_on": since, **REASON}
    answer = await service.client.post("/idle-households/archive", json=body, headers=shelf.headers)
    assert answer.json() == {"archived_count": 1, "in_use": [busy.reference]}
    assert await shelf.references() == [busy.reference]


async def test_what_comes_late_for_a_file_is_seen(shelf: Shelf) -> None:
    """Booking took an enrollment before it heard that the file was put aside."""
    await shelf.archived()
    late = shelf.enrollment(EnrollmentRequested, uuid4(), date(2027, 7, 2), requested_at=MOMENT)
    await shelf.service.deliver(late)
    (gap,) = (await shelf.get("/gaps/archived_in_use")).json()["items"]
    assert gap["reference"] == shelf.file.reference


async def test_an_enrollment_of_a_child_who_left_is_listed(shelf: Shelf) -> None:
    """Until it ends, whether or not days are booked: the file has nobody left whom it is of."""
    enrollment_id, child = uuid4(), shelf.file.children[0].child_id
    await shelf.service.deliver(
        shelf.enrollment(EnrollmentRequested, enrollment_id, date(2027, 7, 2), requested_at=MOMENT)
    )
    assert (await shelf.get("/gaps/enrollment_left")).json()["items"] == []
    url = f"/households/{shelf.household_id}/members/{child}/end"
    left = await shelf.service.client.post(url, json={"ends_on": "2026-09-02"}, headers=shelf.headers)
    assert left.status_code == 200, left.text
    shelf.service.advance(days=2)
    (gap,) = (await shelf.get("/gaps/enrollment_left")).json()["items"]
    assert (gap["reference"], gap["person_id"], gap["since_on"]) == (shelf.file.reference, str(child), "2026-09-03")
    await shelf.service.deliver(
        shelf.enrollment(EnrollmentEnded, enrollment_id, date(2026, 9, 2), cancelled_count=0, ended_at=MOMENT)
    )
    assert (await shelf.get("/gaps/enrollment_left")).json()["items"] == []


async def test_a_file_that_is_put_aside_is_erased_whole(shelf: Shelf) -> None:
    """Who belonged to it only before is forgotten with it, and what was known of its use."""
    enrollment_id = uuid4()
    await shelf.service.deliver(
        shelf.enrollment(EnrollmentRequested, enrollment_id, date(2026, 9, 11), requested_at=MOMENT)
    )
    shelf.service.advance(days=100)
    await shelf.archived()
    await without_asking(shelf.service, shelf.household_id)
    for table in ("households", "household_archives", "archived_members", "household_enrollments", "persons"):
        assert await shelf.service.db.fetchval(f"select count(*) from {table}") == 0, table
