"""Whole files of adults: one that cannot be made holds up no other one, they are few, and nobody takes away what they may not read any more."""

import io
import json
import zipfile
from base64 import b64encode
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from chassis.sealing import SharedSeal
from contracts.family.exports import place_of
from contracts.types import SERVICES
from tests.component.family.delegating import OTHERS, Home, opened
from tests.component.family.desk import Desk
from tests.component.family.protecting import Guard
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

PART = b'{"sections": []}'


class Exports:
    """What the adults of a home take away."""

    def __init__(self, home: Home, seal: SharedSeal) -> None:
        self.seal = seal
        self.home, self.service, self.client = home, home.service, home.service.client
        self.father, self.mother = (self.service.as_parent(item) for item in (home.father_id, home.mother_id))

    async def gathered(self, headers: dict[str, str]) -> str:
        """An export whose parts are all there."""
        begun = await self.client.post("/exports", json={}, headers=headers | self.service.key())
        assert begun.status_code == 201, begun.text
        path = f"/exports/{begun.json()['export_id']}"
        for name in SERVICES:
            part = await self.give(path, name, headers, self.sealed(path, name))
            assert part.status_code == 200, part.text
        return path

    def sealed(self, path: str, name: str, seal: SharedSeal | None = None) -> dict[str, str]:
        """A part as the gateway closes it, or whoever has another seal."""
        place = place_of(UUID(path.rpartition("/")[2]), name)
        return {"sealed": b64encode((seal or self.seal).close(PART, place)).decode()}

    async def give(self, path: str, name: str, headers: dict[str, str], body: object) -> Any:
        return await self.client.put(f"{path}/parts/{name}", json=body, headers=headers)

    async def made(self, headers: dict[str, str]) -> str:
        path = await self.gathered(headers)
        await self.service.run_job("make_exports")
        return path

    async def take(self, path: str, headers: dict[str, str]) -> Any:
        return await self.client.get(f"{path}/archive", headers=headers)

    async def left(self) -> int:
        count: int = await self.service.db.fetchval("select count(*) from exports")
        return count

    async def leave(self, adult_id: object) -> None:
        """An adult belongs to the home no more, from tomorrow on, which is today by then."""
        until = "update household_members set during = daterange(lower(during), $1) where person_id = $2"
        await self.service.db.execute(until, await self.service.db.today() + timedelta(days=1), adult_id)
        self.service.advance(days=1)


@pytest.fixture
async def exports(service: RunningService, desk: Desk, secrets_dir: Path) -> Exports:
    return Exports(await opened(service, desk), SharedSeal.of((secrets_dir / "export_seal").read_text()))


async def test_an_adult_makes_up_no_part_of_their_own_file(exports: Exports) -> None:
    """Neither in the open, nor under a seal of theirs, nor with what the gateway gathered for another service, or before."""
    before = await exports.made(exports.father)
    begun = await exports.client.post("/exports", json={}, headers=exports.father | exports.service.key())
    path = f"/exports/{begun.json()['export_id']}"
    in_the_open = await exports.give(path, "billing", exports.father, json.loads(PART))
    assert in_the_open.status_code == 422, in_the_open.text
    for forged in (
        exports.sealed(path, "billing", SharedSeal.of("mine")),
        exports.sealed(path, "booking"),
        exports.sealed(before, "billing"),
    ):
        assert (await exports.give(path, "billing", exports.father, forged)).status_code == 403
    (listed, _) = (await exports.client.get("/me/exports", headers=exports.father)).json()["items"]
    assert listed["services"] == []


async def test_one_that_cannot_be_made_holds_up_no_other_one(exports: Exports, desk: Desk) -> None:
    lost = await exports.gathered(exports.father)
    await exports.leave(exports.home.father_id)
    path = await exports.made(exports.mother)
    archive = zipfile.ZipFile(io.BytesIO((await exports.take(path, exports.mother)).content))
    assert archive.namelist() == ["donnees.json", "dossier.pdf", "schema.json"]
    assert (await exports.take(lost, exports.father)).status_code == 404
    assert await exports.left() == 1


async def test_who_left_the_household_takes_nothing_of_it_away(exports: Exports, desk: Desk) -> None:
    path = await exports.made(exports.father)
    stranger = exports.service.as_parent((await desk.open(**OTHERS)).adults[0].adult_id)
    assert (await exports.take(path, stranger)).status_code == 404
    assert (await exports.take(path, exports.father)).status_code == 200
    await exports.leave(exports.home.father_id)
    assert (await exports.take(path, exports.father)).status_code == 404
    assert (await exports.client.get("/me/exports", headers=exports.father)).json()["items"] == []


async def test_a_decision_on_a_child_removes_what_was_made_before_it(exports: Exports) -> None:
    path, child_id = await exports.made(exports.father), exports.home.child_ids[0]
    decision = {
        "role": "guardian",
        "authority": "none",
        "evidence_kind": "judgment",
        "evidence": "JAF 26/1",
        "evidence_on": "2026-06-12",
        "starts_on": str(await exports.service.db.today()),
    }
    answer = await exports.client.put(
        f"/children/{child_id}/responsibilities/{exports.home.father_id}",
        json=decision,
        headers=exports.service.as_agent(Role.FRONT_DESK),
    )
    assert answer.status_code == 200, answer.text
    assert (await exports.take(path, exports.father)).status_code == 404
    assert await exports.left() == 0


async def test_an_address_that_is_protected_is_in_no_archive(exports: Exports, desk: Desk) -> None:
    path = await exports.made(exports.father)
    answer = await Guard(exports.service, desk).protect(exports.home.household.household_id)
    assert answer.status_code == 200, answer.text
    assert (await exports.take(path, exports.father)).status_code == 404


async def test_an_adult_has_three_at_most(exports: Exports) -> None:
    paths = [await exports.made(exports.father) for _ in range(4)]
    statuses = [(await exports.take(path, exports.father)).status_code for path in paths]
    assert statuses == [404, 200, 200, 200]
