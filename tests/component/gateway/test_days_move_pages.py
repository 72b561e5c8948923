"""All days of children who changed files follow them by one press, from a page that says what goes and who pays."""

import re
from datetime import timedelta

import pytest

from contracts.family.models import Household
from tests.component.gateway.browser import hidden, is_refused, words
from tests.component.gateway.town import Town, family_of, household_body
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

LIST = "/agents/journees-a-reprendre"


async def test_an_agent_sees_who_pays_and_has_all_of_it_follow(town: Town) -> None:
    _, first = await town.parent()
    child, family = first.children[0], town.services["family"]
    headers, today = family.as_agent(Role.FRONT_DESK), await family.db.today()
    for label, offset in (("Matin", 30), ("Soir", 33)):
        activity_id = await town.booking.activity(label=label)
        await town.booking.enroll(family_of(first), activity_id)
        slots = await town.booking.open(activity_id, offset)
        assert (await town.booking.book(family_of(first), *slots)).status_code == 201
    body = household_body() | {"children": [], "known_child_ids": [str(child.child_id)]}
    answer = await family.client.post("/households", json=body, headers=headers | family.key())
    second = Household.model_validate_json(answer.content)
    path = f"/households/{first.household_id}/members/{child.child_id}/end"
    last = today + timedelta(days=20)
    assert (await family.client.post(path, json={"ends_on": str(last)}, headers=headers)).status_code == 200
    await town.settle()
    agent = await town.agent(Role.FRONT_DESK)
    (url,) = set(re.findall(rf'href="({LIST}/[0-9a-f-]+/vers/[0-9a-f-]+)\?', (await agent.get(LIST)).text))
    late = words(await agent.get(url, params={"du": str(today + timedelta(days=400))}))
    assert "Rien à faire suivre" in late
    assert "Tout faire suivre" not in late, "where nothing goes, nothing is offered"
    shown = await agent.get(url, params={"du": str(last + timedelta(days=1))})
    for sentence in (
        "2 journées suivent",
        "Matin",
        "Soir",
        second.adults[0].last_name,
        "Aucun dans le nouveau dossier",
    ):
        assert sentence in words(shown), sentence
    typed = {"from_on": str(last + timedelta(days=1)), "fingerprint": hidden(shown, "fingerprint")}
    assert is_refused(await agent.submit(url, {**typed, "fingerprint": "0" * 64, "reason": "Séparation."}))
    done = await agent.landing(await agent.done(url, {**typed, "reason": "Séparation."}))
    assert "Toutes ces journées suivent" in words(done)
    moved = "select count(*) from bookings where household_id = $1 and status = 'confirmed'"
    assert await town.services["booking"].db.fetchval(moved, second.household_id) == 2
    assert "Rien à faire suivre" in words(await agent.get(url, params={"du": str(last + timedelta(days=1))}))
