"""What becomes of the FranceConnect identity that opened an account which was merged into another one."""

import pytest

from contracts.identity.events import SecurityChanged
from tests.component.identity.federation import Visitor
from tests.component.identity.merges import Desk, twice
from tests.component.identity.walk import problem
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def test_an_identity_is_dropped_and_two_are_of_two_people(federated: RunningService, visitor: Visitor) -> None:
    """Whoever linked theirs to the account that closes is not let into the other one by it: its holder hears of that, and has it back when the
    merge is undone."""
    desk, people = Desk(visitor.walk), twice()
    first, second = await desk.settled(*people)
    kept, merged = [await desk.account_of(person) for person in people]
    visitor.session = second
    await visitor.linked("angela")
    preview = (await desk.preview(kept, merged)).json()
    assert (preview["is_franceconnect_dropped"], preview["has_franceconnect"]) == (True, False)
    linked = "select account_id, subject, linked_at, counts_from from franceconnect_links"
    before = await federated.db.fetch(linked)
    merge_id = (await desk.merge(kept, merged)).json()["merge_id"]
    assert await federated.db.fetch(linked) == []
    news = [event for event in await federated.outbox() if isinstance(event, SecurityChanged)]
    assert (news[-1].account_id, news[-1].change) == (merged, "franceconnect_unlinked")
    visitor.session = None
    assert (await visitor.go()).json()["session"] is None
    await desk.undo(merge_id)
    assert await federated.db.fetch(linked) == before
    assert await federated.db.fetchval("select dropped_subject from account_merges") is None

    await federated.db.execute(
        "insert into franceconnect_links (account_id, subject, linked_at, counts_from) values ($1, 'another', now(), now())",
        kept,
    )
    assert problem(await desk.preview(kept, merged), 409) == "accounts_of_two_identities"
    assert problem(await desk.merge(kept, merged, "0" * 64), 409) == "accounts_of_two_identities"
    assert await desk.walk.session(first), "nothing was done"


async def test_an_identity_that_its_holder_linked_anew_stays_there(federated: RunningService, visitor: Visitor) -> None:
    """And of one that a merge dropped nothing is kept once it cannot be undone."""
    desk, people = Desk(visitor.walk), twice()
    first, second = await desk.settled(*people)
    kept, merged = [await desk.account_of(person) for person in people]
    visitor.session = second
    await visitor.linked("angela")
    merge_id = (await desk.merge(kept, merged)).json()["merge_id"]
    visitor.session = first
    await visitor.linked("angela")
    linked = "select account_id from franceconnect_links"
    assert await federated.db.fetchval(linked) == kept
    await desk.undo(merge_id)
    assert [row["account_id"] for row in await federated.db.fetch(linked)] == [kept]

    await federated.db.execute("update franceconnect_links set account_id = $1", merged)
    assert (await desk.merge(kept, merged)).status_code == 201
    dropped = "select count(*) from account_merges where dropped_subject is not null"
    assert await federated.db.fetchval(dropped) == 1
    federated.advance(days=15)
    await federated.run_job("purge")
    assert await federated.db.fetchval(dropped) == 0
