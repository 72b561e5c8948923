"""What a merge of two files means for people whom other files and schools know: they are told, and nobody is left behind in a class."""

from typing import Any
from uuid import UUID

import pytest

from contracts.family.events import HouseholdState
from contracts.family.models import Household
from contracts.family.school_events import SchoolingState
from tests.component.family.desk import Desk
from tests.component.family.merging import Counter, child, person
from tests.component.family.school_office import SchoolOffice
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

TODAY, TOMORROW = "2026-09-01", "2026-09-02"
OWN, TYPED = "+33600000001", "+33600000002"
REASON = "Le premier dossier n’a pas été trouvé."


async def twice_typed(desk: Desk, **fields: Any) -> tuple[Household, Household]:
    """One family, two files."""
    kept = await desk.open(guardian=person("Anne", phone=OWN))
    former = await desk.open(
        guardian=person("Anne", email=None, phone=TYPED),
        **{"children": [child("Lea")], "twin_reason": REASON, **fields},
    )
    return kept, former


async def test_a_third_file_hears_of_contacts_that_a_merge_takes(counter: Counter, desk: Desk) -> None:
    """And of what they were again, once the files are two."""
    kept, former = await twice_typed(desk)
    adult_id = kept.adults[0].adult_id
    third = await desk.open(guardian=person("Luc"), children=[child("Zoé", "2019-01-02")])
    joined = await counter.service.client.put(
        f"/households/{third.household_id}/members/{adult_id}", json={"starts_on": TODAY}, headers=counter.headers
    )
    assert joined.status_code == 200, joined.text

    async def phones() -> list[str | None]:
        states = await counter.states()
        return [phone_in(states[file.household_id], adult_id) for file in (kept, third)]

    taken = {
        "person_id": str(former.adults[0].adult_id),
        "kept_person_id": str(adult_id),
        "is_phone_taken": True,
    }
    merge = await counter.merge(kept, former, matches=[taken])
    assert merge.status_code == 201, merge.text
    assert await phones() == [TYPED, TYPED]
    undone = await counter.undo(merge)
    assert undone.status_code == 200, undone.text
    assert await phones() == [OWN, OWN]


def phone_in(state: HouseholdState, adult_id: UUID) -> str | None:
    return next(adult.phone for adult in state.adults if adult.adult_id == adult_id)


async def test_a_child_goes_to_school_by_whom_it_is(service: RunningService, counter: Counter, desk: Desk) -> None:
    """The day that has begun stays as it was; undone, the class is that of the other file's child again."""
    office = SchoolOffice(service)
    await office.school()
    class_id = await office.open_class("CE2 A", ["ce2"])
    kept, former = await twice_typed(desk)
    stays, went = kept.children[0].child_id, former.children[0].child_id
    assert (await office.place(went, "ce2", class_id)).status_code == 200
    merge = await counter.merge(kept, former)
    assert merge.status_code == 201, merge.text
    assert await days_in_class(office, stays) == [(class_id, TOMORROW, "2027-08-31")]
    assert await days_in_class(office, went) == [(class_id, TODAY, TODAY)]
    assert [len((await published(service))[item].schoolings) for item in (stays, went)] == [1, 1]
    service.advance(days=1)
    assert await pupils(office) == [str(stays)]
    assert (await counter.undo(merge)).status_code == 200
    assert await days_in_class(office, stays) == []
    assert await pupils(office) == [str(went)]
    assert [len((await published(service))[item].schoolings) for item in (stays, went)] == [0, 1]


async def test_a_class_that_is_said_already_stays(service: RunningService, counter: Counter, desk: Desk) -> None:
    office = SchoolOffice(service)
    await office.school()
    right, wrong = [await office.open_class(label, ["ce2"]) for label in ("CE2 A", "CE2 B")]
    kept, former = await twice_typed(desk)
    stays = kept.children[0].child_id
    for child_id, class_id in ((stays, right), (former.children[0].child_id, wrong)):
        assert (await office.place(child_id, "ce2", class_id)).status_code == 200
    merge = await counter.merge(kept, former)
    assert await days_in_class(office, stays) == [(right, TODAY, "2027-08-31")]
    service.advance(days=1)
    assert await pupils(office) == [str(stays)]
    assert (await office.place(stays, "ce2", wrong, starts_on=TOMORROW)).status_code == 200
    refused = await counter.undo(merge)
    assert refused.json()["params"] == {"parts": ["schooling"]}, "what was said since is not lost"


async def days_in_class(office: SchoolOffice, child_id: UUID) -> list[tuple[str, str, str]]:
    items = (await office.read(f"/children/{child_id}/schooling"))["schoolings"]
    return [(item["class_id"], item["starts_on"], item["ends_on"]) for item in items]


async def pupils(office: SchoolOffice) -> list[str]:
    """Who is in the school today."""
    items = (await office.read("/schools/tilleuls/years/2026/pupils"))["items"]
    return [item["child_id"] for item in items]


async def published(service: RunningService) -> dict[UUID, SchoolingState]:
    _, events = await service.emitted(kind=SchoolingState)
    return {event.child_id: event for event in events if isinstance(event, SchoolingState)}


async def test_a_derogation_follows_the_child_and_opens(service: RunningService, counter: Counter, desk: Desk) -> None:
    """It was sealed with the key of the other file's child; undone, it is that one's again."""
    director = service.as_agent(Role.DIRECTOR)
    kept, former = await twice_typed(desk)
    stays, went = kept.children[0].child_id, former.children[0].child_id
    body = {"school_year": 2026, "school": "lilas", "reason": "sibling", "asked_on": TODAY, "note": "Livret vu"}
    path = f"/children/{went}/derogations"
    asked = await service.client.post(path, json=body, headers=director | service.key())
    assert asked.status_code == 201, asked.text

    async def notes(child_id: UUID) -> list[str]:
        answer = await service.client.get(f"/children/{child_id}/derogations", headers=director)
        return [item["note"] for item in answer.json()["items"]]

    merge = await counter.merge(kept, former)
    assert [await notes(stays), await notes(went)] == [["Livret vu"], []]
    assert (await counter.undo(merge)).status_code == 200
    assert [await notes(stays), await notes(went)] == [[], ["Livret vu"]]


async def test_a_file_that_is_put_aside_is_taken_up_before_it_is_merged(
    service: RunningService, counter: Counter, desk: Desk
) -> None:
    """Nobody belongs to it: whoever came would be in a file that is not in use, and whoever was in it would be left there."""
    kept = await desk.open(guardian=person("Anne"))
    former = await desk.open(guardian=person("Hugo"), children=[child("Noé", "2020-05-06")])
    service.advance(days=70)
    director = service.as_agent(Role.DIRECTOR)
    path = f"/households/{kept.household_id}"
    archived = await service.client.post(f"{path}/archive", json={"reason": "Parti"}, headers=director)
    assert archived.status_code == 200, archived.text
    for one, other in ((kept, former), (former, kept)):
        refused = await counter.merge(one, other)
        assert (refused.status_code, refused.json()["code"]) == (409, "household_archived")
        assert refused.json()["params"] == {"reference": kept.reference}
    assert (await service.client.post(f"{path}/reopening", headers=director)).status_code == 200
    assert (await counter.merge(kept, former)).status_code == 201
