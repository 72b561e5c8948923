"""An address that is secret from the start: however its file is opened, it is told never, not even once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.family.events import HouseholdState
from contracts.family.models import Household
from deploy.local.stack import TOWNS
from tests.component.family.desk import Desk
from tests.component.family.importing import HEADING, Importer
from tests.component.family.protecting import SECRET, STREET, Guard, tables_that_say, words_in
from tests.component.family.test_memberships import CHILDREN, CO_GUARDIAN
from tests.component.family.test_registrations import ask, asked, decide, waiting
from tests.component.family.test_splits import ADDRESS, Parting
from tests.support.applications import Applications
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

REASON = "Ordonnance de protection, TJ de Caen, 26/00043"
LINES = (
    f"{HEADING};Complément;Adresse protégée\n"
    f"200;payeur;Inès;Ferrand;;ines@courriel.example;;{STREET};29987;Ker-Ansquer;;;;Chez Mme Hérisson;{{reason}}\n"
    "200;enfant;Léa;Ferrand;14/09/2018;;;;;;;;;;\n"
)


@pytest.fixture
async def service(applications: Applications) -> AsyncIterator[RunningService]:
    """The service of a town where people ask for a space themselves, on 1 September 2026."""
    async with applications.lend("family", town_file=TOWNS / "structure" / "town.toml") as running:
        running.db.clock_offset = datetime(2026, 9, 1, 10, tzinfo=UTC) - await running.db.now()
        yield running


@pytest.fixture
def guard(service: RunningService, desk: Desk) -> Guard:
    return Guard(service, desk)


async def assert_never_told(guard: Guard, reason: str = REASON) -> None:
    """Nothing that was published or is kept says the address or why; whoever may see it does."""
    events = [event.model_dump_json() for event in await guard.service.outbox()]
    assert [text for text in events if words_in(text) or reason in text] == []
    assert await tables_that_say(guard.service) == []
    (item,) = (await guard.get("/protected-addresses")).json()["items"]
    assert (item["reason"], item["starts_on"], item["ends_on"]) == (reason, "2026-09-01", None)
    seen = await guard.see(item["household_id"], guard.headers)
    assert (seen.status_code, seen.json()["lines"]) == (200, [STREET, SECRET["complement"]])


async def test_the_control_an_address_that_is_not_secret_is_told(guard: Guard) -> None:
    await guard.open()
    assert any(words_in(event.model_dump_json()) for event in await guard.service.outbox())
    assert "households.city" in await tables_that_say(guard.service)


async def test_opened_at_the_desk(guard: Guard) -> None:
    """By whoever opens files: nobody opens one openly to wait for somebody who may protect it."""
    household = await guard.open(secret_reason=REASON)
    assert household.is_address_protected
    await assert_never_told(guard)
    own = guard.service.as_parent(household.adults[0].adult_id)
    history = await guard.get("/history", own)
    assert [entry["action"] for entry in history.json()["items"]][-1] == "household_opened"
    assert (words_in(history.text), REASON in history.text) == ([], False), "the family reads that it is, and not why"
    answer = await guard.end(household.household_id)
    assert answer.json()["address"]["lines"] == [STREET, SECRET["complement"]]


async def test_a_reason_that_says_nothing_is_refused(guard: Guard, desk: Desk) -> None:
    answer = await desk.post({**asked(), "secret_reason": " "})
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/secret_reason"]
    assert await guard.service.outbox() == []


async def test_imported(guard: Guard) -> None:
    """The report says nothing of it either, before as after; the same file again changes nothing."""
    importer = Importer(guard.service)
    for _ in range(2):
        run = await importer.proposed(LINES.format(reason=REASON).encode())
        report = await importer.report(run)
        assert (words_in(str(report)), REASON in str(report)) == ([], False)
        assert (await importer.confirm(run)).status_code == 200
        await importer.work()
        await assert_never_told(guard)
        assert words_in(str(await importer.report(run))) == []
    assert await importer.count("households") == 1


@pytest.mark.parametrize("is_worked_off", [False, True])
async def test_a_line_that_is_refused_keeps_no_secret_address(guard: Guard, is_worked_off: bool) -> None:
    """Neither in the report nor in the database, before it is confirmed as after; that the address is secret goes on being said."""
    importer = Importer(guard.service)
    bad = LINES.format(reason=REASON).replace("14/09/2018", "31/02/2018")
    run = await importer.proposed(bad.encode())
    if is_worked_off:
        assert (await importer.confirm(run)).status_code == 200
        await importer.work()
    report = await importer.report(run)
    assert [line["finding"] for line in report] == ["held", "refused"]
    assert (words_in(str(report)), REASON in str(report)) == ([], False)
    assert report[0]["cells"]["secret_reason"] == ""
    assert await tables_that_say(guard.service) == []
    assert await guard.service.db.fetchval("select count(*) from household_import_lines where sealed is not null") == 0


async def test_a_line_that_waits_has_its_secret_address_sealed(guard: Guard) -> None:
    importer = Importer(guard.service)
    await importer.send(LINES.format(reason=REASON).encode())
    assert await tables_that_say(guard.service) == []
    await importer.work()
    assert await tables_that_say(guard.service) == []
    assert await guard.service.db.fetchval("select count(*) from household_import_lines where sealed is not null") == 1


async def test_what_an_import_says_of_an_address_goes_when_the_address_is_protected(guard: Guard) -> None:
    """Lines that differ, lines that wait to be taken over, and those of a file that was sent before."""
    importer = Importer(guard.service)
    opened = LINES.format(reason="")
    await importer.done(opened.replace(STREET, "1 rue Connue").replace("Hérisson", "X").encode())
    differing = await importer.proposed(opened.encode())
    updating = await importer.proposed(opened.encode(), is_updating=True)
    assert [await importer.findings(run) for run in (differing, updating)] == [["differs"] * 2, ["to_update"] * 2]
    assert "household_import_lines.cells" in await tables_that_say(guard.service)
    household_id = await guard.service.db.fetchval("select household_id from households")
    assert (await guard.protect(household_id)).status_code == 200
    assert await tables_that_say(guard.service) == []
    assert (await importer.confirm(updating)).status_code == 200
    await importer.work()
    assert await importer.findings(updating) == ["unchanged"] * 2
    await importer.done(opened.replace("Inès", "Agnès").encode())
    assert await tables_that_say(guard.service) == []


async def test_a_file_does_not_move_a_household_that_should_be_protected(guard: Guard) -> None:
    """It was imported openly and should be secret by now: the new address is published by no import, and an agent is told."""
    importer = Importer(guard.service)
    await importer.done(LINES.format(reason="").replace(STREET, "1 rue Connue").replace("Hérisson", "X").encode())
    run = await importer.proposed(LINES.format(reason=REASON).encode(), is_updating=True)
    columns = {fault["column"] for line in await importer.report(run) for fault in line["faults"]}
    assert columns == {"secret_reason"}
    assert (await importer.confirm(run)).status_code == 200
    await importer.work()
    assert await guard.service.db.fetchval("select address_lines[1] from households") == "1 rue Connue"


async def test_asked_for_without_an_account(guard: Guard, desk: Desk) -> None:
    """Sealed while it waits, from the agent who decides too."""
    wanted = asked(address=SECRET, secret_reason=REASON)
    registration_id = await waiting(guard.service, desk, wanted)
    assert (await ask(guard.service, wanted)).status_code == 202, "the same request twice is one"
    assert await guard.service.db.fetchval("select count(*) from registrations") == 1
    assert await tables_that_say(guard.service) == []
    for path in ("/registrations", f"/registrations/{registration_id}"):
        answer = await guard.get(path, desk.headers)
        assert (answer.status_code, words_in(answer.text), REASON in answer.text) == (200, [], False)
    answer = await decide(guard.service, desk, registration_id, is_accepted=True)
    assert (answer.status_code, answer.json()["address"]) == (200, None)
    await assert_never_told(guard)
    assert await keys_of_requests(guard.service) == 0


async def test_a_request_that_is_refused_or_lapses_leaves_no_key(guard: Guard, desk: Desk) -> None:
    first = await waiting(guard.service, desk, asked(address=SECRET, secret_reason=REASON))
    assert await keys_of_requests(guard.service) == 1
    assert (await decide(guard.service, desk, first, is_accepted=False, reason="Il manque une pièce.")).is_success
    assert await keys_of_requests(guard.service) == 0
    await waiting(guard.service, desk, asked("autre@courriel.example", address=SECRET, secret_reason=REASON))
    guard.service.advance(days=91)
    await guard.service.run_job("purge_registrations")
    assert await keys_of_requests(guard.service) == 0
    assert await guard.service.db.fetchval("select count(*) from registrations") == 0


async def keys_of_requests(service: RunningService) -> int:
    """How many keys there are that are no household's."""
    count: int = await service.db.fetchval(
        "select count(*) from history_keys where owner not in (select household_id::text from households)"
    )
    return count


@pytest.fixture
async def parting(service: RunningService, desk: Desk) -> Parting:
    return Parting(service, desk, await desk.open(co_guardian=CO_GUARDIAN, children=CHILDREN))


async def test_taken_out_of_another_file(guard: Guard, parting: Parting) -> None:
    wish = {"address": SECRET, "secret_reason": REASON}
    assert (await parting.preview(parting.wish(**wish))).is_address_protected
    new = await parting.new(**wish)
    assert new.is_address_protected
    await assert_never_told(guard)
    own = guard.service.as_parent(parting.stays.adult_id)
    seen = await guard.see(new.household_id, own)
    assert seen.status_code == 404, "who stays never sees where who left lives"


@pytest.mark.parametrize("wish", [{}, {"secret_reason": REASON}])
async def test_taken_out_of_a_protected_file(guard: Guard, parting: Parting, wish: dict[str, Any]) -> None:
    """The new file is protected for the same reason, unless another one is said: nobody knows yet from whom who leaves is kept."""
    assert not (await parting.preview(parting.wish())).is_address_protected
    assert (await guard.protect(parting.file.household_id)).status_code == 200
    assert (await parting.preview(parting.wish(**wish))).is_address_protected
    new = await parting.new(address=SECRET, **wish)
    assert new.is_address_protected
    states = [event for event in await guard.service.outbox() if isinstance(event, HouseholdState)]
    assert {event.address for event in states if event.household_id == new.household_id} == {None}
    assert await tables_that_say(guard.service) == []
    listed = (await guard.get(f"/protected-addresses?household_id={new.household_id}")).json()["items"]
    assert [item["reason"] == REASON for item in listed] == [bool(wish)]
    seen = await guard.see(new.household_id, guard.headers)
    assert seen.json()["lines"][0] == STREET


async def test_a_split_that_was_shown_before_the_protection_is_shown_again(guard: Guard, parting: Parting) -> None:
    shown = (await parting.preview(parting.wish())).fingerprint
    await guard.protect(parting.file.household_id)
    refused = await parting.split(parting.wish(), fingerprint=shown)
    assert (refused.status_code, refused.json()["code"]) == (409, "split_outdated")
    answer = await parting.split(parting.wish(address=ADDRESS))
    assert Household.model_validate_json(answer.content).is_address_protected
