"""The history of a household tells an adult of the days of those of its children alone whose days they read."""

import pytest

from contracts.types import Authority
from tests.factories.booking import BookingTown
from tests.factories.households import responsibility

pytestmark = pytest.mark.anyio


async def test_whom_a_decision_keeps_from_a_child_reads_where_it_is_in_no_history(town: BookingTown) -> None:
    """Two guardians belong to the household; the authority of one was taken. What was done is there for both, and what it was for one."""
    family, activity_id = await town.family(guardians=2), await town.activity()
    await town.enroll(family, activity_id)
    (slot_id,) = await town.open(activity_id, 10)
    assert (await town.book(family, slot_id)).status_code == 201
    taken = responsibility(family.guardian_ids[1]).model_copy(update={"authority": Authority.NONE.value})
    await town.answer_for(family, responsibility(family.guardian_id), taken)
    texts = []
    for guardian in (0, 1):
        answer = await town.client.get("/history", headers=town.parent(family, guardian))
        assert answer.status_code == 200, answer.text
        texts.append([(item["action"], f"{item['before']} {item['after']}") for item in answer.json()["items"]])
    reading, kept = texts
    assert [action for action, _ in reading] == [action for action, _ in kept]
    assert any(str(family.child_id) in text for _, text in reading), "the control"
    assert {text for _, text in kept} == {"None None"}
