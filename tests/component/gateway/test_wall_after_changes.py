"""The wall between homes after files were split, moved, put aside and taken up again, in any order: nothing of a home that is not theirs comes back."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

from contracts.family.models import Household
from tests.component.authorization.lifecycle import since_long
from tests.component.gateway.home_papers import sent_papers
from tests.component.gateway.home_plans import Plan
from tests.component.gateway.homes import Society, settled, token
from tests.component.gateway.test_wall_between_homes import leaks
from tests.component.gateway.town import Town, running_town
from tests.component.identity.walk import town_file
from tests.support.databases import Postgres
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

SEEDS: Final = range(3)
STEPS: Final = 4
PLAN: Final = Plan(
    {
        "first": (("mother", "stepfather"), ("shared", "step")),
        "second": (("father", "partner"), ("shared", "half", "small")),
    }
)


@pytest.fixture(scope="module")
async def town(postgres: Postgres, secrets_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A town where nothing asks for a proof."""
    file = town_file(tmp_path_factory.mktemp("town"), step_up={"asks": []})
    async with running_town(postgres, secrets_dir, file) as running:
        yield running


class Years:
    """What happens to the files of a society; `plan` follows, and each new home has words of its own."""

    def __init__(self, society: Society, random: Random) -> None:
        self.society, self.random = society, random
        self.family = society.town.services["family"]
        self.agent = self.family.as_agent(Role.FRONT_DESK)
        self.archived: set[str] = set()
        self.done: list[str] = []

    async def step(self) -> None:
        """One thing that may happen now."""
        steps: list[tuple[str, Callable[[], Awaitable[None]]]] = []
        for home in self.society.plan.homes:
            present = self.present(home)
            if home in self.archived:
                steps.append((f"reopen {home}", partial(self.reopen, home)))
            elif len(present) > 1:
                steps.append((f"split {home}", partial(self.split, home)))
            elif "'" in home:
                steps.append((f"archive {home}", partial(self.archive, home)))
        what, happen = self.random.choice(steps)
        self.done.append(what)
        await happen()
        await self.society.town.settle()

    def present(self, home: str) -> list[str]:
        return [name for name in self.society.plan.homes[home][0] if home in self.society.plan.homes_of(name)]

    async def split(self, home: str) -> None:
        """One of two adults leaves since yesterday, with some children that have no other home; their days follow."""
        society, plan = self.society, self.society.plan
        leaver, stays = self.random.sample(self.present(home), 2)
        shared = {child for other, (_, of) in plan.homes.items() if other != home for child in of}
        along = [child for child in plan.homes[home][1] if child not in shared and self.random.random() < 0.7]
        wish = await self._wish(home, leaver, stays, along)
        url = f"/households/{society.households[home].household_id}"
        shown = await self.family.client.post(f"{url}/split-previews", json=wish, headers=self.agent)
        assert shown.status_code == 200, shown.text
        made = await self.family.client.post(
            f"{url}/splits",
            json=wish | {"fingerprint": shown.json()["fingerprint"]},
            headers=self.agent | self.family.key(),
        )
        assert made.status_code == 201, made.text
        self._follow(home, leaver, along, Household.model_validate_json(made.content), wish["address"]["street"])
        await society.town.settle()
        await self._move_days()

    async def _wish(self, home: str, leaver: str, stays: str, along: list[str]) -> dict[str, Any]:
        society, yesterday = self.society, await self.family.db.today() - timedelta(days=1)
        adult = str(society.adults[leaver])
        return {
            "adult_ids": [adult],
            "children": [{"child_id": str(society.children[child]), "place": "new"} for child in along],
            "from_on": str(yesterday),
            "address": {"street": f"9 rue {token()}", "postal_code": "14000", "city": "Valmont-sur-Orne"},
            "payer_adult_id": adult,
            "former_payer_id": str(society.adults[stays]),
        }

    def _follow(self, home: str, leaver: str, along: list[str], new: Household, street: str) -> None:
        society, plan, name = self.society, self.society.plan, f"{home}'"
        adults, children = plan.homes[home]
        kept = tuple(child for child in children if child not in along)
        society.plan = replace(
            plan,
            homes={**plan.homes, home: (adults, kept), name: ((leaver,), tuple(along))},
            left=plan.left | {(leaver, home)},
        )
        society.households[name] = new
        society.ids["household_id"].append(new.household_id)
        names = {child.first_name: "other child" for child in new.children}
        own = {street: "address", new.reference: "reference", str(new.household_id): "id"}
        society.canaries[name] = own | names
        known = {child.last_name: "name" for child in new.children}
        if leaver == adults[0]:  # What they paid says what it was made of.
            known |= {
                word: what for word, what in society.canaries[home].items() if what not in ("phone", "e-mail", "name")
            }
        society.paid.setdefault(leaver, {}).update(known)

    async def _move_days(self) -> None:
        """An agent has what is booked follow the children."""
        booking = self.society.town.services["booking"]
        headers = booking.as_agent(Role.FRONT_DESK)
        for stray in (await booking.client.get("/stray-days", headers=headers)).json()["items"]:
            wish = {"household_id": stray["homes"][0]["household_id"], "from_on": stray["first_on"], "reason": "Suivi."}
            moved = await booking.client.post(f"/enrollments/{stray['enrollment_id']}/move", json=wish, headers=headers)
            assert moved.status_code == 200, moved.text

    async def archive(self, home: str) -> None:
        """Put a file aside, where nothing keeps it in use; its adults still know its number."""
        society, household = self.society, self.society.households[home]
        url = f"/households/{household.household_id}/archive"
        answer = await self.family.client.post(url, json={"reason": "Partis."}, headers=self.agent)
        if answer.status_code == 409:
            self.done[-1] += " (in use)"
            return
        assert answer.status_code == 200, answer.text
        self.archived.add(home)
        for adult in self.present(home):
            society.plan = replace(society.plan, left=society.plan.left | {(adult, home)})
            words = {household.reference: "reference", str(household.household_id): "id"}
            society.paid.setdefault(adult, {}).update(words)

    async def reopen(self, home: str) -> None:
        url = f"/households/{self.society.households[home].household_id}/reopening"
        answer = await self.family.client.post(url, headers=self.agent)
        assert answer.status_code == 200, answer.text
        self.archived.discard(home)
        back = {(adult, home) for adult in self.society.plan.homes[home][0]}
        self.society.plan = replace(self.society.plan, left=self.society.plan.left - back)


async def grown(town: Town) -> Society:
    """The society of the plan, whose people belong to their files since long ago."""
    society = await settled(town, PLAN)
    await sent_papers(society)
    for household in society.households.values():
        await since_long(town, household)
    await town.settle()
    return society


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_wall_holds_after_any_of_it(town: Town, seed: int) -> None:
    random = Random(seed)
    years = Years(await grown(town), random)
    for _ in range(STEPS):
        await years.step()
    faults = [leak for adult in years.society.plan.adults for leak in await leaks(years.society, adult, random)]
    assert not faults, f"{years.done}\n" + "\n".join(sorted(set(faults)))
    assert any(step.startswith("split") for step in years.done)


async def test_a_file_that_lets_its_leaver_in_is_seen(town: Town) -> None:
    """The control: whoever left is entered again, and the plan does not know."""
    random = Random(1)
    years = Years(await grown(town), random)
    await years.split("second")
    (leaver,) = years.present("second'")
    household = years.society.households["second"]
    url = f"/households/{household.household_id}/members/{years.society.adults[leaver]}"
    again = {"starts_on": str(await years.family.db.today())}
    assert (await years.family.client.put(url, json=again, headers=years.agent)).status_code == 200
    await town.settle()
    seen = await leaks(years.society, leaver, random)
    assert any(leak.endswith(" of second") for leak in seen)
