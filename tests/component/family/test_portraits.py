"""A picture of who may collect a child: made anew and small, seen by those who answer for the child and by its site, and deleted for good."""

import io
from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import OKPKey
from PIL import Image

from tests.component.family.child_files import File
from tests.component.family.delegating import OTHERS, codes, opened
from tests.component.family.desk import Desk
from tests.component.family.papers import jpeg, pdf
from tests.component.family.test_entourage import GRANDMOTHER, Around
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

COLLECTOR = {**GRANDMOTHER, "kind": "pickup"}
KEYS = "select count(*) from history_keys where owner = $1"


class Portrayed(Around):
    """Somebody who may collect a child, and pictures of them."""

    async def keep(self, known: Any, content: bytes | None = None, headers: dict[str, str] | None = None) -> Any:
        body = {"content": b64encode(jpeg(900, 1200) if content is None else content).decode()}
        path = f"/entourage/{known['contact_id']}/portrait"
        return await self.client.put(path, json=body, headers=headers or self.file.father)

    async def picture(self, known: Any, headers: dict[str, str] | None = None) -> Any:
        path = f"/entourage/{known['contact_id']}/portrait"
        return await self.client.get(path, headers=headers or self.file.mother)

    async def remove(self, known: Any, headers: dict[str, str] | None = None) -> Any:
        path = f"/entourage/{known['contact_id']}/portrait"
        return await self.client.delete(path, headers=headers or self.file.father)

    async def left(self, known: Any) -> tuple[int, int]:
        """How many pictures there are, and keys of one."""
        db = self.service.db
        return await db.fetchval("select count(*) from portraits"), await db.fetchval(KEYS, known["contact_id"])


@pytest.fixture
async def around(service: RunningService, desk: Desk) -> Portrayed:
    return Portrayed(File(await opened(service, desk)))


async def test_a_picture_is_made_anew_small_and_seen_by_both_parents_and_agents(around: Portrayed) -> None:
    known = await around.added(around.file.father, **COLLECTOR)
    assert known["has_portrait"] is False
    photograph = jpeg(900, 1200, exif=Image.Exif().tobytes() + b"GPS Quetzalcanari")
    assert (await around.keep(known, photograph)).status_code == 204
    for headers in (around.file.mother, around.service.as_agent(Role.FRONT_DESK)):
        seen = await around.picture(known, headers)
        assert (seen.status_code, seen.headers["content-type"]) == (200, "image/jpeg")
        assert seen.headers["cache-control"] == "private, no-store"
        assert Image.open(io.BytesIO(seen.content)).size == (180, 240)
        assert b"Quetzal" not in seen.content
    (person,) = await around.seen(around.file.mother)
    assert (person["has_portrait"], person["version"]) == (True, known["version"])
    assert (await around.keep(known, photograph)).status_code == 204
    acts = [entry["action"] for entry in await around.file.looks(around.file.mother)]
    assert acts == ["portrait_kept", "entourage_added"], "the same picture again is no news"
    changed = await around.change(around.file.mother, person, relation="Mamie")
    assert changed.json()["has_portrait"] is True


async def test_nobody_else_sees_keeps_or_deletes_it(around: Portrayed, desk: Desk) -> None:
    known = await around.added(around.file.father, **COLLECTOR)
    await around.keep(known)
    stranger = around.service.as_parent((await desk.open(**OTHERS)).adults[0].adult_id)
    for headers, status in ((stranger, 404), (around.service.as_agent(Role.SITE), 403)):
        answers = [
            await around.picture(known, headers),
            await around.keep(known, headers=headers),
            await around.remove(known, headers),
        ]
        assert [answer.status_code for answer in answers] == [status] * 3
    assert await around.left(known) == (1, 1)


@pytest.mark.parametrize(
    ("content", "code"),
    [(pdf("one"), "content_no_picture"), (b"MZ no picture", "content_unknown"), (b"", "content_missing")],
)
async def test_what_is_no_picture_is_refused(around: Portrayed, content: bytes, code: str) -> None:
    known = await around.added(around.file.father, **COLLECTOR)
    answer = await around.keep(known, content)
    assert (answer.status_code, codes(answer)) == (422, [("/content", code)])
    assert (await around.picture(known)).status_code == 404


async def test_only_of_who_may_collect_and_only_by_who_names_them(around: Portrayed) -> None:
    called = await around.added(around.file.father, **GRANDMOTHER)
    assert codes(await around.keep(called)) == [("/content", "portrait_of_others")]
    desk = around.service.as_agent(Role.FRONT_DESK)
    decided = {"decision": "JAF 26/1", "decided_on": "2026-06-12"}
    trusted = await around.added(desk, **{**GRANDMOTHER, "kind": "trusted", **decided})
    assert (await around.keep(trusted)).json()["code"] == "entourage_kept_by_town"
    assert (await around.keep(trusted, headers=desk)).status_code == 204
    assert (await around.picture(trusted)).status_code == 200


async def test_the_site_has_it_as_long_as_it_is_there(around: Portrayed) -> None:
    key = OKPKey.generate_key("X25519")
    await around.file.read_by(key)
    known = await around.added(around.file.father, **COLLECTOR)
    assert [person.portrait for person in (await around.file.cared(key)).people] == [None]
    await around.keep(known)
    (person,) = (await around.file.cared(key)).people
    assert person.portrait == (await around.picture(known)).content
    assert str(person.contact_id) == known["contact_id"]
    assert (await around.remove(known)).status_code == 204
    (person,) = (await around.file.cared(key)).people
    assert (person.portrait, person.contact_id) == (None, None)
    assert await around.left(known) == (0, 0)
    assert (await around.remove(known)).status_code == 204, "gone already"
    assert (await around.picture(known)).status_code == 404


async def test_it_goes_with_the_person_and_not_before(around: Portrayed) -> None:
    """Who is around two children has one picture, which stays until the last of them is taken off."""
    both = around.child_ids[:2]
    known = await around.added(around.file.father, **{**COLLECTOR, "child_ids": both})
    await around.keep(known)
    one = (await around.change(around.file.father, known, child_ids=both[:1])).json()
    assert await around.left(known) == (1, 1)
    one = (await around.change(around.file.father, one, child_ids=both[1:])).json()
    assert (one["has_portrait"], await around.left(known)) == (True, (1, 1)), (
        "nor when one child takes the other's place"
    )
    assert (await around.end(around.file.father, one)).is_success
    assert await around.left(known) == (0, 0)


async def test_it_goes_with_the_child_s_file(around: Portrayed) -> None:
    known = await around.added(around.file.father, **COLLECTOR)
    await around.keep(known)
    around.service.db.clock_offset += timedelta(days=366 * 18)
    await around.service.run_job("forget_child_files")
    assert await around.left(known) == (0, 0)
