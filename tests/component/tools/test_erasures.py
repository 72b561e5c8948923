"""What was erased after a backup is erased again after a restore, under the rules that stand then."""

import pytest

from contracts.family.erasure import ErasureStage
from contracts.family.erasure_events import ErasureAsked
from services.family.settings import FamilyPolicy, FamilyRules
from tests.component.family.conftest import desk, service
from tests.component.family.desk import Desk
from tests.component.family.test_erasures import Shredder
from tests.support.services import RunningService
from tools.erasures.__main__ import listed, read, repeat
from tools.operating import OperatorError

__all__ = ["desk", "service"]

pytestmark = pytest.mark.anyio

RULES = FamilyRules(FamilyPolicy())


async def test_whoever_came_back_is_asked_for_again_or_named(service: RunningService, desk: Desk) -> None:
    gone, back, used = [
        Shredder(service, desk, await desk.open(guardian={"last_name": name, "email": f"{name}@famille.example"}))
        for name in ("Martin", "Roux", "Zola")
    ]
    service.advance(days=1)
    await back.archived()
    asked = await gone.asked()
    await service.deliver(gone.judged(asked))
    assert await listed(service.db) == [gone.household_id]
    erased = read([f"{item.household_id}\n" for item in (gone, back, used)])
    for _ in range(2):
        assert await repeat(service.db, RULES, erased) == {used.household_id: "household_still_used"}
    assert (await back.erasure()).stage is ErasureStage.ASKED
    assert [event.household_id for event in await back.events(ErasureAsked)] == [gone.household_id, back.household_id]


async def test_a_file_that_became_part_of_another_one_is_listed_with_it(service: RunningService, desk: Desk) -> None:
    """A backup of before the merge has it as a file of its own."""
    kept = Shredder(service, desk, await desk.open())
    former = await desk.open(guardian={"last_name": "Roux", "email": "roux@famille.example"})
    service.advance(days=1)
    merged = "update households set merged_into = $2 where household_id = $1"
    await service.db.execute(merged, former.household_id, kept.household_id)
    await service.deliver(kept.judged(await kept.asked()))
    assert set(await listed(service.db)) == {kept.household_id, former.household_id}


def test_another_file_is_no_list() -> None:
    with pytest.raises(OperatorError, match="line 2"):
        read(["0198f7b0-0000-7000-8000-000000000000", "household_id"])
