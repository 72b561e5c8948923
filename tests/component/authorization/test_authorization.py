"""Every cell of the authorization matrix, performed on the running services; and the check sees a check that is missing."""

from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from typing import Any, Final

import pytest

from chassis.data.database import Database, Row, Transaction
from contracts.operation import Operation
from deploy.local.child import ROOT
from services.booking.bookings.domain import BookingFacts
from tests.component.authorization.calls import answer_to, outcome
from tests.component.authorization.matrix import AGENTS, APPLICATIONS, DOCUMENT, SYSTEM, Cell, cells
from tests.component.authorization.world import World
from tools.contracts.openapi_documents import operations

pytestmark = pytest.mark.anyio


NOTED_ELSEWHERE: Final = {
    "ask_reopening": "tests/component/family/test_archives.py",
    "choose_person": "tests/component/identity/test_shared_accounts.py",
    "confirm_email": "tests/component/family/test_email_changes.py",
    "end_by_provider": "tests/component/identity/test_agent_leavers.py",
    "finish_franceconnect": "tests/component/identity/test_franceconnect_links.py",
    "finish_agent_sign_in": "tests/component/identity/test_agent_provider.py",
    "move_days": "tests/component/booking/test_days_moves.py",
    "move_enrollment": "tests/component/booking/test_moves.py",
    "link_franceconnect": "tests/component/identity/test_franceconnect_links.py",
    "unlink_agent": "tests/component/identity/test_agent_provider_rules.py",
    "unlink_franceconnect": "tests/component/identity/test_franceconnect_links.py",
}
"""Acts that take a secret which a mail or another provider brings, or an account of several adults, and where their notes are looked for."""

# Of households that one act concerns, each has a row of its own, and so has each child whose needs somebody looked at.
TRACES_SQL = """
select (select count(distinct (noted_at, action, case when action <> 'care_seen' then subject end)) from history) as notes, (select coalesce(max(id), 0) from outbox) as mark,
       (select count(*) from outbox where id > $1 and actor is null) as anonymous_events
"""


async def violations(world: World, wanted: Iterable[Cell]) -> list[str]:
    """The cells whose answer is not the expected one, or names people with whom the caller has nothing to do; and what is wrong
    with what they leave in the history."""
    faults, written = [], defaultdict[str, set[int]](set)
    for cell in wanted:
        is_noted = operation_named(cell.operation.application, cell.operation.name).is_noted
        db = world.town.services[cell.operation.application].db
        before: list[Row] = []
        response = await answer_to(world, cell, partial(note_traces, db, before))
        after = await traces(db, before[0]["mark"])
        what = f"{cell.operation.name}, {cell.actor}, {cell.about}"
        if (seen := outcome(response)) != cell.expected:
            faults.append(f"{what}: {seen} instead of {cell.expected}: {response.text[-500:]}")
        is_for_agents = response.is_success and cell.actor in (*AGENTS, SYSTEM)
        if not is_for_agents and any(name in response.text for name in world.strangers(cell.actor)):
            faults.append(f"{what}: names a stranger")
        count = after["notes"] - before[0]["notes"]
        if count > (is_noted and response.is_success):
            faults.append(f"{what}: {count} acts in the history")
        if count and after["anonymous_events"]:
            faults.append(f"{what}: {after['anonymous_events']} events do not say who acted")
        if is_noted and response.is_success:
            written[cell.operation.name].add(count)
    faults += [f"{name}: notes nothing in the history" for name, counts in written.items() if counts == {0}]
    return faults


async def traces(db: Database, mark: int) -> Row:
    """How many rows the history has, the newest event, and how many since another one do not say who acted."""
    row = await db.fetchrow(TRACES_SQL, mark)
    assert row is not None
    return row


async def note_traces(db: Database, seen: list[Row]) -> None:
    """What there is before a request."""
    seen.append(await traces(db, 0))


def operation_named(application: str, name: str) -> Operation[..., Any]:
    """An operation as its contract has it."""
    return next(operation for operation in operations(application) if operation.name == name)


@pytest.mark.parametrize("application", APPLICATIONS)
async def test_everybody_gets_what_the_matrix_says_and_nothing_else(world: World, application: str) -> None:
    wanted = [cell for cell in cells(DOCUMENT.read_text()) if cell.operation.application == application]
    assert wanted
    faults = await violations(world, wanted)
    assert not faults, "\n".join(faults)


async def test_a_missing_check_of_ownership_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def anybody(*_arguments: Any) -> bool:
        return True

    wanted = [
        cell
        for cell in cells(DOCUMENT.read_text())
        if (cell.operation.name, cell.names, cell.actor, cell.about)
        == ("change_bookings", "booking", "other_parent", "other")
    ]
    assert await violations(world, wanted) == []
    monkeypatch.setattr(BookingFacts, "is_for", anybody)
    assert len(await violations(world, wanted)) == 1


async def test_a_command_that_notes_nothing_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = [
        cell
        for cell in cells(DOCUMENT.read_text())
        if cell.operation.name == "open_household" and cell.actor == "front_desk"
    ]
    assert await violations(world, wanted) == []
    monkeypatch.setattr(Transaction, "note", lambda _transaction, _act: None)
    assert await violations(world, wanted) == ["open_household: notes nothing in the history"]


async def test_every_operation_that_acts_is_performed_and_its_note_looked_for() -> None:
    performed = {cell.operation.name for cell in cells(DOCUMENT.read_text()) if cell.expected == "ok"}
    noted = {item.name for application in APPLICATIONS for item in operations(application) if item.is_noted}
    assert noted - performed == set(NOTED_ELSEWHERE)
    for file in set(NOTED_ELSEWHERE.values()):
        assert "history" in (ROOT / file).read_text("utf-8"), file
    assert len(noted) > 15
