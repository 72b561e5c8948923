"""What a town lets families do with each field of a civil status: not see it, see it, correct it at once, or ask for it; and with children to be added."""

from pathlib import Path
from typing import Any

import pytest

from services.family.settings import AdultRules, ChildRules
from tests.component.family.delegating import codes, opened
from tests.component.family.desk import Desk
from tests.component.family.test_changes import Asking
from tests.support.applications import Applications
from tests.support.services import write_town

pytestmark = pytest.mark.anyio

WANTED: dict[str, str] = {
    "civility": "none",
    "first_name": "Camille",
    "last_name": "Autrement",
    "birth_on": "2019-01-02",
}
FIELDS = [("child", name) for name in ChildRules.model_fields] + [("adult", name) for name in AdultRules.model_fields]


async def outcomes(asking: Asking, rule: str) -> dict[tuple[str, str], Any]:
    """What becomes of a correction of each field alone, and what its family reads of it before."""
    home, seen = asking.home, {}
    people = {"child": home.child_ids[0], "adult": str(home.father_id)}
    for kind, name in FIELDS:
        known = (await asking.read(asking.father, people[kind])).json()
        assert known["rules"][name] == rule
        answer = await asking.correct(asking.father, people[kind], **{name: WANTED[name]})
        after = (await asking.read(asking.father, people[kind])).json()
        waiting = await asking.listed(asking.desk)
        seen[kind, name] = (
            known[name] is not None,
            [] if answer.is_success else codes(answer),
            after[name] == WANTED[name],
            [item["after"][name] for item in waiting],
        )
        for item in waiting:
            assert (await asking.decide(item["change_id"])).status_code == 204
        if rule == "request":
            decided = (await asking.read(asking.father, people[kind])).json()
            assert decided[name] == WANTED[name], "an agent's yes carries it out"
    return seen


@pytest.mark.parametrize("rule", ["hidden", "read_only", "at_once", "request"])
async def test_each_field_follows_each_rule(applications: Applications, tmp_path: Path, rule: str) -> None:
    """Shown or not; refused at its field; carried out; or waiting for an agent."""
    fields = {kind: {name: rule for of, name in FIELDS if of == kind} for kind in ("child", "adult")}
    town = write_town(tmp_path, family={"fields": {"add_child": rule, **fields}})
    async with applications.lend("family", town_file=town) as running:
        asking = Asking(await opened(running, Desk(running)))
        expected = {
            (kind, name): {
                "hidden": (False, [(f"/{name}", "field_kept_by_town")], False, []),
                "read_only": (True, [(f"/{name}", "field_kept_by_town")], False, []),
                "at_once": (True, [], True, []),
                "request": (True, [], False, [WANTED[name]]),
            }[rule]
            for kind, name in FIELDS
        }
        assert await outcomes(asking, rule) == expected
        before = len(await asking.names())
        answer = await asking.add(asking.father)
        assert answer.status_code == (201 if rule in ("at_once", "request") else 422), answer.text
        assert len(await asking.names()) == before + (rule == "at_once")
        assert len(await asking.listed(asking.desk)) == (rule == "request")


async def test_what_became_of_a_request_is_forgotten_in_time_and_one_that_waits_is_not(
    applications: Applications,
) -> None:
    async with applications.lend("family") as running:
        asking = Asking(await opened(running, Desk(running)))
        first, second = asking.home.child_ids
        for child_id in (first, second):
            assert (await asking.correct(asking.father, child_id, first_name="Lia")).is_success
        change_id = next(item["change_id"] for item in await asking.listed(asking.desk) if item["person_id"] == first)
        assert (await asking.decide(change_id, is_accepted=False, reason="Il manque une pièce.")).is_success
        running.advance(days=89, hours=23)
        await running.run_job("forget_person_changes")
        assert len(await asking.listed(asking.father)) == 2
        running.advance(hours=1)
        await running.run_job("forget_person_changes")
        (left,) = await asking.listed(asking.father)
        assert (left["person_id"], left["status"]) == (second, "waiting")
