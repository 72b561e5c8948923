"""A draft is its household's: one adult at a time fills it in, and nothing that was typed is written over unread."""

from uuid import uuid4

import pytest

from tests.component.family.delegating import opened
from tests.component.family.desk import Desk
from tests.component.family.request_forms import CHANGE, RequestForms
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.fixture
async def requests(service: RunningService, desk: Desk) -> RequestForms:
    return RequestForms(await opened(service, desk))


async def test_both_adults_go_on_with_one_draft_and_whoever_sends_it_asks(requests: RequestForms) -> None:
    lea = requests.child()
    request_id = await requests.begun("creche_modification", person_id=lea)
    assert await requests.begun("creche_modification", requests.mother, lea) == request_id
    assert [item["status"] for item in await requests.own(requests.mother)] == ["draft"]
    await requests.fill(request_id, CHANGE, requests.mother)
    assert (await requests.send(request_id, requests.mother)).status_code == 200
    asked_by = await requests.service.db.fetchval("select asked_by from requests")
    assert asked_by == requests.home.mother_id


async def test_who_answers_for_no_child_of_it_has_no_part_in_a_draft(requests: RequestForms) -> None:
    lea = requests.child()
    request_id = await requests.begun("creche_modification", person_id=lea)
    await requests.home.answers_for(str(lea), requests.home.mother_id, "none", evidence="decision")
    requests.service.advance(days=1)
    assert (await requests.read(request_id, requests.mother)).status_code == 404
    assert (await requests.hold(request_id, requests.mother)).status_code == 404


async def test_a_second_adult_hears_who_fills_a_draft_in_and_since_when_and_takes_it_over(
    requests: RequestForms,
) -> None:
    request_id = await requests.begun("attestation_paiement")
    first = (await requests.hold(request_id)).json()
    requests.service.advance(minutes=3)
    assert (await requests.hold(request_id)).json()["begun_at"] == first["begun_at"], "they went on"
    second = (await requests.hold(request_id, requests.mother)).json()
    assert (second["is_own"], second["begun_at"]) == (False, first["begun_at"])
    assert second["name"].startswith("Éric ")
    taken = (await requests.hold(request_id, requests.mother, is_taking_over=True)).json()
    assert taken["is_own"]
    assert not (await requests.hold(request_id)).json()["is_own"]
    path = f"/requests/{request_id}/editor"
    for headers, has_it in ((requests.father, False), (requests.mother, True)):
        assert (await requests.client.delete(path, headers=headers)).status_code == 204
        assert (await requests.hold(request_id)).json()["is_own"] is has_it
    assert (
        await requests.client.put("/edited-forms/" + request_id, json={"form": "draft"}, headers=requests.agent())
    ).status_code == 404


async def test_what_was_kept_elsewhere_is_not_written_over_unread(requests: RequestForms) -> None:
    request_id = await requests.begun("attestation_paiement")
    one, other = str(uuid4()), str(uuid4())
    assert (await requests.press(request_id, 1, {"du": "2026-01"}, press=one)).status_code == 200
    late = await requests.press(request_id, 1, {"du": "2026-02"}, requests.mother, press=other)
    assert (late.status_code, late.json()["code"]) == (409, "step_outdated")
    same = await requests.press(request_id, 1, {"du": "2026-01"}, requests.mother, press=other)
    assert same.status_code == 200, "the same answers are no other ones"
    back = await requests.press(request_id, 1, {"du": "2026-03"}, press=one)
    assert back.json()["code"] == "step_outdated", "the other showing was kept since"
    again = await requests.press(request_id, 1, {"du": "2026-03"}, press=one, after=other)
    assert again.json()["presses"] == {"1": one}
    assert (await requests.press(request_id, 1, {"du": "2026-04"}, press=one)).status_code == 200, "Back, and again"
