"""Lists of households whose adults share an account: one invitation for everybody of an address, at the time that the town says."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.component.identity.lists import Desk
from tests.component.identity.walk import Walk, guardian, town_file
from tests.support.applications import Applications

pytestmark = pytest.mark.anyio

SHARED = "ensemble@famille.example"


@pytest.fixture
async def waiting(applications: Applications, tmp_path: Path, secrets_dir: Path) -> AsyncIterator[Desk]:
    """In a town whose agents invite when it is ready."""
    town = town_file(tmp_path, invitation={"is_automatic": False})
    async with applications.lend("identity", town_file=town) as service:
        yield Desk(service, Walk(service, secrets_dir))


async def test_everybody_of_an_address_is_invited_once(waiting: Desk) -> None:
    """Two parents of a file, and somebody of another one: each further line names the same account."""
    await waiting.household(1, guardian(SHARED), guardian(SHARED.upper(), first_name="Claude"))
    await waiting.household(2, guardian(SHARED, first_name="Camille"))
    run = await waiting.proposed(f"F-000001;{SHARED}\nF-000001;{SHARED}\nF-000001;\nF-000002;{SHARED}\n")
    report = await waiting.report(run)
    assert [(line["line_number"], line["finding"], line["same_as_line"]) for line in report] == [
        (1, "to_invite", None),
        (2, "duplicate", 1),
        (3, "duplicate", 1),
        (4, "duplicate", 1),
    ]
    await waiting.confirm(run)
    await waiting.work()
    assert len(await waiting.issued()) == 1
    assert await waiting.findings(await waiting.proposed("F-000002")) == [(1, "invited")]


async def test_a_choice_names_an_account_of_several_once(waiting: Desk) -> None:
    await waiting.household(1, guardian(SHARED), guardian(SHARED, first_name="Claude"))
    await waiting.household(2, guardian("seul@famille.example"))
    run = await waiting.proposed(choice="never_invited")
    assert [line["reference"] for line in await waiting.report(run)] == ["F-000001", "F-000002"]


async def test_who_leaves_an_account_that_nobody_invited_waits_for_the_town_too(waiting: Desk) -> None:
    both = guardian(SHARED), guardian(SHARED, first_name="Claude")
    await waiting.household(1, *both)
    moved = both[1].model_copy(update={"email": "claude@famille.example", "revision": 1})
    await waiting.household(1, both[0], moved)
    await waiting.work()
    assert not await waiting.issued()
    assert len(await waiting.report(await waiting.proposed(choice="never_invited"))) == 2


async def test_who_leaves_an_account_that_was_invited_is_invited_at_the_new_address(waiting: Desk) -> None:
    both = guardian(SHARED), guardian(SHARED, first_name="Claude")
    await waiting.household(1, *both)
    await waiting.confirmed(1)
    await waiting.work()
    moved = both[1].model_copy(update={"email": "claude@famille.example", "revision": 1})
    await waiting.household(1, both[0], moved)
    await waiting.work()
    ids = [mailed.account_id for mailed in await waiting.issued()]
    rows = await waiting.service.db.fetch("select account_id, email from accounts")
    emails = {row["account_id"]: row["email"] for row in rows}
    assert [emails[account_id] for account_id in ids] == [SHARED, "claude@famille.example"]


async def test_a_line_may_say_the_address_of_the_file_after_a_merge(waiting: Desk) -> None:
    """Who came to an account by a merge has the address of their file still, which a list says."""
    await waiting.household(1, guardian("un@famille.example"))
    two = guardian("deux@famille.example")
    await waiting.household(2, two)
    db = waiting.service.db
    kept = await db.fetchval("select account_id from accounts where email = 'un@famille.example'")
    await db.execute(
        "update account_persons set account_id = $2, is_merged = true where guardian_id = $1", two.adult_id, kept
    )
    lines = "F-000002;deux@famille.example\nF-000002;un@famille.example\nF-000002;trois@famille.example\n"
    report = await waiting.report(await waiting.proposed(lines))
    assert [line["finding"] for line in report] == ["to_invite", "duplicate", "address_differs"]


async def test_an_address_that_the_file_changed_since_is_told_and_not_invited(waiting: Desk) -> None:
    """Neither the line that says the former one; one that says none means whoever the file names."""
    people = [guardian(f"n{number}@famille.example") for number in (1, 2)]
    for number, person in enumerate(people, start=1):
        await waiting.household(number, person)
    run = await waiting.proposed("F-000001;n1@famille.example\nF-000002\n")
    await waiting.confirm(run)
    for number, person in enumerate(people, start=1):
        corrected = person.model_copy(update={"email": f"corrige{number}@famille.example", "revision": 2})
        await waiting.household(number, corrected)
    await waiting.household(3, guardian("n1@famille.example", first_name="Autre"))
    await waiting.work()
    assert await waiting.findings(run) == [(1, "address_differs"), (2, "requested")]
    assert (await waiting.run(run))["status"] == "done"
    (issued,) = await waiting.issued()
    invited = "select email from accounts where account_id = $1"
    assert await waiting.service.db.fetchval(invited, issued.account_id) == "corrige2@famille.example"


async def test_an_account_that_became_other_peoples_is_told_and_not_invited(waiting: Desk) -> None:
    """A line means the people of its file: those of another one who are left at the address are not invited by it."""
    leaves, stays = guardian(SHARED), guardian(SHARED, first_name="Camille")
    await waiting.household(1, leaves)
    await waiting.household(2, stays)
    run = await waiting.confirmed(1)
    moved = leaves.model_copy(update={"email": "seul@famille.example", "revision": 2})
    await waiting.household(1, moved)
    await waiting.work()
    assert await waiting.findings(run) == [(1, "address_differs")]
    assert not await waiting.issued()


async def test_a_file_that_has_no_address_any_more_is_told(waiting: Desk) -> None:
    """The account is another file's too, so that it is open still."""
    person = guardian(SHARED)
    await waiting.household(1, person)
    await waiting.household(2, person)
    run = await waiting.confirmed(1)
    await waiting.household(1)
    await waiting.work()
    assert await waiting.findings(run) == [(1, "address_missing")]
    assert not await waiting.issued()
