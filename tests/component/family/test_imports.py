"""Households imported from a file: what each line comes to, and that a household is opened once and whole, whatever happens."""

from pathlib import Path
from typing import Any

import pytest

from services.family.import_work import commands
from services.family.settings import FamilyPolicy, FamilyRules
from tests.component.family.desk import Desk
from tests.component.family.importing import Importer, home
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

EXAMPLE = Path(__file__).parents[3] / "examples" / "foyers.csv"


@pytest.fixture
def importer(service: RunningService) -> Importer:
    return Importer(service)


def count_of(run: Any, finding: str) -> int:
    return sum(item["household_count"] for item in run["findings"] if item["finding"] == finding)


async def test_the_example_of_the_documentation_is_imported_as_it_says(importer: Importer) -> None:
    run = await importer.proposed(EXAMPLE.read_bytes())
    assert run["status"] == "proposed"
    assert count_of(run, "to_open") == 3
    assert await importer.count("households") == 0
    assert (await importer.confirm(run)).status_code == 200
    await importer.work()
    run = await importer.read(run["run_id"])
    assert (run["status"], count_of(run, "opened")) == ("done", 3)
    report = await importer.report(run)
    assert [line["reference"] for line in report[:5]] == ["F-000001"] * 4 + ["F-000002"]
    assert not any(line["cells"] for line in report)
    assert await importer.count("children") == 3  # the child of two homes is one
    assert await importer.count("adults") == 4
    both = "select count(*) from household_members m join children c on c.child_id = m.person_id where c.first_name = 'Zoé'"
    assert await importer.service.db.fetchval(both) == 2
    quotient = await importer.service.db.fetchrow("select value_cents, source from quotients")
    assert tuple(quotient) == (85_050, "caf")
    assert await importer.service.db.fetchval("select phone from adults where last_name = 'Aubry'") == "+33231000000"


async def test_a_dry_run_writes_no_file_and_tells_nobody(importer: Importer) -> None:
    await importer.proposed(home("1") + home("2", "Martin"))
    for table in ("households", "adults", "children", "outbox", "imported_households"):
        assert await importer.count(table) == 0, table


async def test_the_same_file_again_changes_nothing_and_a_changed_line_is_said(importer: Importer) -> None:
    await importer.done(home("1") + home("2", "Martin"))
    events = await importer.count("outbox")
    again = await importer.done(home("1") + home("2", "Martin"))
    assert count_of(again, "unchanged") == 2
    changed = await importer.done(home("1", phone="07 00 00 00 01") + home("2", "Martin"))
    assert await importer.findings(changed) == ["differs", "differs", "unchanged", "unchanged"]
    [fault] = (await importer.report(changed))[0]["faults"]
    assert (fault["column"], fault["code"]) == ("phone", "import_differs")
    assert await importer.count("outbox") == events
    assert await importer.count("households") == 2


async def test_a_changed_line_is_taken_over_when_that_is_asked(importer: Importer) -> None:
    await importer.done(home("1") + home("2", "Martin"))
    lines = home("1", phone="07 00 00 00 01", street="3 rue Neuve", quotient="500;01/01/2026") + home(
        "2", "Martin", "Paul"
    )
    run = await importer.done(lines, is_updating=True)
    assert await importer.findings(run) == ["updated", "updated", "differs", "differs"]
    db = importer.service.db
    assert await db.fetchval("select phone from adults where last_name = 'Ferrand'") == "+33700000001"
    assert await db.fetchval("select address_lines from households where reference = 'F-000001'") == ["3 rue Neuve"]
    assert await db.fetchval("select value_cents from quotients") == 50_000
    assert await db.fetchval("select count(*) from children where first_name = 'Paul'") == 0
    actions = [row["action"] for row in await db.fetch("select action from history where household_id is not null")]
    assert sorted(actions) == ["contact_changed", "household_imported", "household_imported", "quotient_changed"]
    assert count_of(await importer.done(lines, is_updating=True), "unchanged") == 1


async def test_a_line_that_is_refused_holds_its_household_alone(importer: Importer) -> None:
    bad = (
        home("1").replace("14/09/2018", "31/02/2018")
        + home("2", "Martin", "=cmd|'/c calc'!A1")
        + home("3", "Petit", email="pas une adresse")
        + home("4", "Roux").replace("payeur", "voisin")
        + home("5", "Bon")
    )
    run = await importer.proposed(bad)
    lines_settled = [
        (line["finding"], [(fault["column"], fault["code"]) for fault in line["faults"]])
        for line in await importer.report(run)
    ]
    assert lines_settled == [
        ("held", []),
        ("refused", [("birth_on", "import_day_unreadable")]),
        ("held", []),
        ("refused", [("first_name", "import_formula")]),
        ("refused", [("email", "invalid")]),
        ("held", []),
        ("refused", [("role", "import_role_unknown")]),
        ("held", []),
        ("to_open", []),
        ("to_open", []),
    ]
    assert (await importer.report(run))[1]["cells"]["birth_on"] == "31/02/2018"
    await importer.confirm(run)
    await importer.work()
    assert await importer.count("households") == 1


async def test_nobody_is_invited_unless_that_is_asked(importer: Importer, desk: Desk) -> None:
    await importer.done(home("1"))
    invited = "select count(*) from adults where is_invited"
    assert await importer.service.db.fetchval(invited) == 0
    run = await importer.done(home("1") + home("2", "Martin"), is_inviting=True)
    assert await importer.findings(run) == ["invited", "invited", "opened", "opened"]
    assert await importer.service.db.fetchval(invited) == 2
    assert count_of(await importer.done(home("1"), is_inviting=True), "unchanged") == 1


async def test_the_desk_invites_whom_an_import_did_not(importer: Importer, desk: Desk) -> None:
    await importer.done(home("1", email="ines@courriel.example"))
    await desk.open(guardian={"first_name": "Inès", "last_name": "Ferrand", "email": "ines@courriel.example"})
    assert await importer.service.db.fetchval("select array_agg(is_invited) from adults") == [True]


async def test_a_family_that_the_desk_opened_meanwhile_is_refused_with_its_reference(
    importer: Importer, desk: Desk
) -> None:
    lines = home("1") + home("2", "Martin")
    run = await importer.proposed(lines)
    await importer.confirm(run)
    await desk.open(
        guardian={"first_name": "Inès", "last_name": "Ferrand"},
        children=[{"first_name": "Léa", "last_name": "Ferrand", "birth_on": "2018-09-14"}],
    )
    await importer.work()
    report = await importer.report(run)
    assert [line["finding"] for line in report] == ["refused", "held", "opened", "opened"]
    assert report[0]["faults"][0]["params"] == {"reference": "F-000001"}
    assert await importer.count("households") == 2
    known = await importer.proposed(home("3"))
    assert count_of(known, "refused") == 1


async def test_what_breaks_off_in_the_middle_goes_on_where_it_stopped(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await importer.proposed("".join(home(str(number), f"Nom{'abcde'[number]}") for number in range(5)))
    await importer.confirm(run)
    rules = FamilyRules(FamilyPolicy())
    await commands.work(importer.service.db, rules, 2)
    whole = commands.store.settle_lines

    async def killed(*_: Any) -> None:
        raise SystemExit

    monkeypatch.setattr(commands.store, "settle_lines", killed)
    with pytest.raises(SystemExit):  # the household is written, and its commit never comes
        await commands.work(importer.service.db, rules, 2)
    monkeypatch.setattr(commands.store, "settle_lines", whole)
    assert await importer.count("households") == 2
    await importer.work()
    assert count_of(await importer.read(run["run_id"]), "opened") == 5
    assert await importer.count("households") == 5
    assert await importer.count("history where action = 'household_imported'") == 5


async def test_one_import_works_at_a_time_and_who_runs_it_is_said(importer: Importer) -> None:
    first, second = await importer.proposed(home("1")), await importer.proposed(home("2", "Martin"))
    assert (await importer.confirm(first)).status_code == 200
    refused = await importer.confirm(second)
    assert (refused.status_code, refused.json()["code"]) == (409, "import_running")
    confirmed_by = (await importer.read(first["run_id"]))["confirmed_by"]
    assert refused.json()["params"] == {"label": "Reprise", "account_id": confirmed_by}
    assert (await importer.confirm(first)).status_code == 200  # pressed twice
    await importer.work()
    assert (await importer.confirm(second)).status_code == 200


async def test_a_file_is_not_confirmed_before_it_was_looked_at(importer: Importer) -> None:
    run = (await importer.send(home("1"))).json()
    assert (await importer.confirm(run)).json()["code"] == "import_examining"


async def test_an_import_waits_for_what_others_are_to_be_told(importer: Importer) -> None:
    run = await importer.proposed(home("1") + home("2", "Martin"))
    await importer.confirm(run)
    work = commands.ImportWork(FamilyRules(FamilyPolicy()), backlog_max=1, at_once=1, seconds=0.5)
    await work.run(importer.service.db)
    assert await importer.count("households") == 1
    await importer.service.db.execute("delete from outbox")
    await work.run(importer.service.db)
    assert await importer.count("households") == 2


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import_file_missing"),
        (b"PK\x03\x04", "import_is_a_workbook"),
        (b"Foyer;R\x00le", "import_encoding_unknown"),
        (b"Foyer;Nom\n1;Ferrand", "import_columns_unknown"),
        ("Foyer;Rôle;Prénom;Nom\n".encode() + b"x" * 200_000, "import_line_unreadable"),
        ("Foyer;Rôle;Prénom;Nom\n".encode() + b"x" * 3_000, "import_line_too_long"),
        ("Foyer;Rôle;Prénom;Nom\n".encode(), "import_empty"),
    ],
)
async def test_what_is_no_file_of_households_is_refused(importer: Importer, content: bytes, code: str) -> None:
    answer = await importer.send(content)
    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == [code]


async def test_a_key_that_names_two_children_is_refused(importer: Importer) -> None:
    lines = home("1", child_key="E1") + home("2", "Martin", child_key="E1")
    run = await importer.proposed(lines)
    assert await importer.findings(run) == ["to_open", "to_open", "held", "refused"]
    await importer.confirm(run)
    await importer.work()
    other = await importer.proposed(home("3", "Roux", child_key="E1"))
    assert (await importer.report(other))[1]["faults"][0]["code"] == "import_child_is_another"


async def test_imports_are_forgotten(importer: Importer) -> None:
    await importer.done(home("1"))
    await importer.service.run_job("forget_imports")
    assert await importer.count("household_imports") == 1
    importer.service.advance(days=31)
    await importer.service.run_job("forget_imports")
    assert await importer.count("household_import_lines") == 0
    assert await importer.count("imported_households") == 1


async def test_only_whoever_may_imports(importer: Importer) -> None:
    importer.headers = importer.service.as_agent(Role.FRONT_DESK)
    assert (await importer.send(home("1"))).status_code == 403
