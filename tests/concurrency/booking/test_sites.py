"""A site that is named otherwise while an activity is created there: what is published of the activity bears one of its names."""

import asyncio

import pytest

from services.booking.catalog import store
from tests.concurrency.booking.conftest import Rush
from tests.support.locks import as_far_as_it_can

pytestmark = pytest.mark.anyio

UNGUARDED_SQL = "select code, label from sites where code = any($1::text[]) order by code"


async def renamed_while_created(rush: Rush) -> bool:
    """Whether a site gets its new name before somebody who read the old one for an activity is done."""
    town, db = rush.town, rush.service.db
    await town.site({"code": "nord", "label": "Nord"})
    async with db.transaction() as creating:
        assert await store.site_labels(creating, ["nord"]) == {"nord": "Nord"}
        renaming = asyncio.ensure_future(town.site({"code": "nord", "label": "Nord-Est"}))
        await as_far_as_it_can(db, renaming)
        is_renamed = renaming.done()
    await renaming
    return is_renamed


async def test_a_name_waits_for_the_activity_that_is_created_with_the_former(rush: Rush) -> None:
    assert not await renamed_while_created(rush)


async def test_without_the_lock_it_does_not(rush: Rush, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "SITES_OF_SQL", UNGUARDED_SQL)
    assert await renamed_while_created(rush)
