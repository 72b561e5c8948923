"""Documents that an activity asks for first: nothing is asked for or booked by a family without them, and an agent decides otherwise."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.family.document_events import DocumentState
from contracts.family.document_words import DocumentStatus
from tests.factories.booking import BookingTown, Family, refusal_codes
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("profile", ["tirelire"])]

SWIMMING, INSURANCE, RECORD = "aisance_aquatique", "assurance_scolaire", "livret_famille"
SWIMMING_LABEL = "Attestation d’aisance aquatique"


def document(family: Family, kind: str, **fields: Any) -> DocumentState:
    """A validated document of the first child, unless the fields say else."""
    known = {
        "document_id": uuid4(),
        "household_id": family.household_id,
        "person_id": family.child_id,
        "kind": kind,
        "status": DocumentStatus.VALIDATED,
        "ends_on": None,
    }
    return DocumentState.model_validate(known | fields)


async def cells(town: BookingTown, family: Family) -> list[tuple[Any, Any, Any]]:
    """State, reason and facts of the days of the family's calendar."""
    days = f"from_on={await town.today()}&to_on={await town.day(30)}"
    answer = await town.client.get(f"/calendar?{days}", headers=town.parent(family))
    assert answer.status_code == 200, answer.text
    (row,) = answer.json()["rows"]
    return [(cell["state"], cell["reason"], cell["params"]) for cell in row["cells"]]


async def offer(town: BookingTown, family: Family, activity_id: UUID) -> tuple[Any, Any]:
    answer = await town.client.get(f"/children/{family.child_id}/activities", headers=town.parent(family))
    (item,) = [item for item in answer.json()["items"] if item["activity"]["activity_id"] == str(activity_id)]
    return item["reason"], item["params"]


async def test_nothing_is_asked_for_without_the_document_of_the_activity(town: BookingTown) -> None:
    """The offer, the refusal and the agent's way past it follow one decision."""
    family, activity_id = await town.family(), await town.activity(required_documents=[SWIMMING])
    facts = {"documents": SWIMMING_LABEL}
    assert await offer(town, family, activity_id) == ("document_missing", facts)
    refused = await town.request_enrollment(family, activity_id)
    assert (refused.status_code, refused.json()["code"], refused.json()["params"]) == (409, "document_missing", facts)

    waiting = document(family, SWIMMING, status=DocumentStatus.SENT)
    await town.service.deliver(waiting)
    assert await offer(town, family, activity_id) == ("document_waiting", facts)
    assert (await town.request_enrollment(family, activity_id)).json()["code"] == "document_waiting"

    await town.service.deliver(waiting.model_copy(update={"status": DocumentStatus.REFUSED}))
    assert await offer(town, family, activity_id) == ("document_missing", facts)
    desk = town.service.as_agent(Role.FRONT_DESK) | town.service.key()
    body = {"child_id": str(family.child_id), "activity_id": str(activity_id), "household_id": str(family.household_id)}
    assert (await town.client.post("/enrollments", json=body, headers=desk)).status_code == 201


async def test_days_open_once_an_agent_validated_the_document_and_until_it_ends(town: BookingTown) -> None:
    """A cell of the calendar and a booking are decided alike, day by day."""
    family, activity_id = await town.family(), await town.activity(required_documents=[SWIMMING])
    held = document(family, SWIMMING, ends_on=await town.day(12))
    await town.service.deliver(held)
    await town.enroll(family, activity_id)
    before, after = await town.open(activity_id, 12, 13)
    facts = {"documents": SWIMMING_LABEL}
    assert await cells(town, family) == [("bookable", None, {}), ("closed", "document_missing", facts)]
    refused = await town.book(family, before, after)
    assert refusal_codes(refused) == [("/lines/1/slot_id", "document_missing")]
    assert (await town.book(family, before)).status_code == 201

    await town.service.deliver(document(family, SWIMMING, status=DocumentStatus.SENT))
    assert (await cells(town, family))[1] == ("closed", "document_waiting", facts)
    agent = town.service.as_agent(Role.FRONT_DESK) | town.service.key()
    assert (await town.book_lines(family, [(family.child_id, after)], agent)).status_code == 201
    await town.service.deliver(replace(town.service.envelope(held), payload=None))
    assert (await cells(town, family))[0][0] == "booked", "what is booked stays"


async def test_what_the_town_takes_unseen_counts_once_it_is_sent(town: BookingTown) -> None:
    family, activity_id = await town.family(), await town.activity(required_documents=[INSURANCE, RECORD])
    await town.service.deliver(document(family, INSURANCE, status=DocumentStatus.SENT, ends_on=await town.day(300)))
    assert await offer(town, family, activity_id) == ("document_missing", {"documents": "Livret de famille"})
    await town.service.deliver(document(family, RECORD, person_id=None))
    assert await offer(town, family, activity_id) == (None, {})


async def test_a_document_counts_for_whom_it_is(town: BookingTown) -> None:
    """A child's in each of its homes; a household's, or another child's, nowhere else."""
    family, activity_id = await town.family(children=2), await town.activity(required_documents=[SWIMMING])
    household_only = await town.activity(required_documents=[RECORD])
    home = await town.second_home(family)
    await town.service.deliver(document(family, SWIMMING, person_id=family.child_ids[1]))
    await town.service.deliver(document(family, RECORD, person_id=None))
    assert (await offer(town, family, activity_id))[0] == "document_missing"
    assert (await offer(town, family, household_only))[0] is None
    assert (await offer(town, home, household_only))[0] == "document_missing"
    await town.service.deliver(document(family, SWIMMING))
    assert (await offer(town, home, activity_id))[0] is None


async def test_an_activity_asks_for_kinds_of_children_and_households_alone(
    town: BookingTown, service: RunningService
) -> None:
    body = await town.activity_body(required_documents=["unheard_of", "piece_identite", SWIMMING, SWIMMING])
    answer = await town.client.post("/activities", json=body, headers=town.director)
    assert refusal_codes(answer) == [
        ("/required_documents/3", "code_repeated"),
        ("/required_documents/0", "document_kind_not_askable"),
        ("/required_documents/1", "document_kind_not_askable"),
    ]
    assert await service.db.fetchval("select count(*) from activities") == 0
