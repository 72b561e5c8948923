"""Where the children of a file of households go to school: what its lines mean among schools and classes, and what becomes of that."""

from datetime import date
from typing import Any

import pytest

from services.family.import_work import commands
from services.family.settings import FamilyPolicy, FamilyRules
from tests.component.family.importing import Importer
from tests.component.family.school_office import SchoolOffice
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

HEADING = (
    "Foyer;Rôle;Prénom;Nom;Date de naissance;Rue;Code postal;Ville;"
    "Clé de l'enfant;École;École hors commune;Niveau;Classe;Année scolaire"
)
PLACES_SQL = """
select c.first_name, s.school_code, s.elsewhere, s.level, k.label, s.school_year, lower(s.during) as starts_on
from schoolings s join children c using (child_id) left join classes k using (class_id) order by s.during, c.first_name
"""
OPENED_ON = date(2026, 11, 10)


def home(key: str, *pupils: str, name: str = "Ferrand") -> str:
    """A household whose children are said by the cells of their key and school."""
    parted = [pupil.partition(":") for pupil in pupils]
    children = [f"{key};enfant;{first};{name};14/09/2018;;;;{cells}\n" for first, _, cells in parted]
    return f"{key};payeur;Inès;{name};;12 rue des Tilleuls;14000;Valmont;;;;;;\n" + "".join(children)


@pytest.fixture
async def office(service: RunningService) -> SchoolOffice:
    """Two schools, of which one has two classes this year and one class the next."""
    office = SchoolOffice(service)
    office.be_on(OPENED_ON)
    await office.school()
    await office.school("marelle", "Marelle")
    await office.open_class("CE2 A", ["ce2"])
    await office.open_class("CE1-CE2", ["ce1", "ce2"])
    await office.open_class("CM1 A", ["cm1"], 2027)
    return office


@pytest.fixture
def importer(service: RunningService, office: SchoolOffice) -> Importer:
    return Importer(service)


async def places(importer: Importer) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await importer.service.db.fetch(PLACES_SQL)]


def file_of(*homes: str) -> bytes:
    return f"{HEADING}\n{''.join(homes)}".encode()


async def test_children_are_put_in_their_schools_and_classes_with_their_files(importer: Importer) -> None:
    content = file_of(
        home(
            "1",
            "Léa:;École des Tilleuls;;;CE2 A;2026-2027",
            "Noé:;tilleuls;;ce1;CE1-CE2;",
            "Zoé:;;Sainte-Anne;Petite section;;2026",
            "Ugo:;;;non scolarisé;;",
            "Eva:;;;;;2026-2027",
        )
    )
    run = await importer.done(content)
    assert set(await importer.findings(run)) == {"opened"}
    september = date(2026, 9, 1)
    assert await places(importer) == [
        ("Léa", "tilleuls", None, "ce2", "CE2 A", 2026, september),
        ("Noé", "tilleuls", None, "ce1", "CE1-CE2", 2026, september),
        ("Ugo", None, None, "out_of_school", None, 2026, september),
        ("Zoé", None, "Sainte-Anne", "ps", None, 2026, september),
    ]
    topic = "select count(*) from outbox where topic like '%schoolings%'"
    assert await importer.service.db.fetchval(topic) == 4
    again = await importer.done(content, is_updating=True)
    assert set(await importer.findings(again)) == {"unchanged"}


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        (";Lavoisier;;ce2;;", "school", "import_school_unknown"),
        (";tilleuls;;ce2;CE2 Z;", "school_class", "import_class_unknown"),
        (";tilleuls;;cm1;CM1 A;", "school_class", "import_class_unknown"),
        (";;;ce2;CE2 A;", "school_class", "import_class_without_school"),
        (";tilleuls;;cp;CE2 A;", "school_class", "level_not_of_class"),
        (";tilleuls;;tps;;", "level", "level_not_of_school"),
        (";tilleuls;;cours moyen;;", "level", "import_level_unknown"),
        (";tilleuls;;;CE1-CE2;", "level", "import_level_missing"),
        (";tilleuls;;ce2;;2019-2020", "school_year", "import_school_year_unknown"),
        (";tilleuls;;ce2;;2026-2028", "school_year", "import_school_year_unknown"),
        (";tilleuls;;ce2;;bientôt", "school_year", "import_school_year_unknown"),
        (";tilleuls;Sainte-Anne;ce2;;", "elsewhere", "school_named_twice"),
        (";;=1+1;ce2;;", "elsewhere", "import_formula"),
        (";;;ce2;;", "school", "school_missing"),
    ],
)
async def test_what_is_no_school_class_or_level_is_a_mistake_of_its_line(
    importer: Importer, cells: str, column: str, code: str
) -> None:
    run = await importer.proposed(file_of(home("1", f"Léa:{cells}"), home("2", "Tom:;;;;;", name="Martin")))
    report = await importer.report(run)
    assert [line["finding"] for line in report] == ["held", "refused", "to_open", "to_open"]
    assert [(fault["column"], fault["code"]) for fault in report[1]["faults"]] == [(column, code)]


async def test_a_name_that_two_schools_bear_is_refused_and_a_code_is_not(
    importer: Importer, office: SchoolOffice
) -> None:
    await office.school("marelle-2", "Marelle")
    content = file_of(home("1", "Léa:;Marelle;;ce2;;"), home("2", "Tom:;marelle-2;;ce2;;", name="Martin"))
    run = await importer.proposed(content)
    assert await importer.findings(run) == ["to_open"] * 4  # the code of one is the name of both
    await office.school("puits", "Le Puits")
    await office.school("puits-2", "Le Puits")
    run = await importer.proposed(file_of(home("3", "Léa:;Le Puits;;ce2;;", name="Roux")))
    assert (await importer.report(run))[1]["faults"][0]["code"] == "import_school_ambiguous"


async def test_another_class_is_taken_over_from_today_on_and_the_next_year_whole(importer: Importer) -> None:
    await importer.done(file_of(home("1", "Léa:;tilleuls;;ce2;CE2 A;")))
    lines = file_of(home("1", "Léa:;tilleuls;;ce2;CE1-CE2;"))
    kept = await importer.done(lines)
    assert await importer.findings(kept) == ["differs", "differs"]
    [fault] = (await importer.report(kept))[1]["faults"]
    assert (fault["column"], fault["code"]) == ("school", "import_differs")
    assert await importer.findings(await importer.done(lines, is_updating=True)) == ["updated", "updated"]
    following = file_of(home("1", "Léa:;tilleuls;;cm1;CM1 A;2027-2028"))
    assert await importer.findings(await importer.done(following, is_updating=True)) == ["updated", "updated"]
    assert [(row[4], row[6]) for row in await places(importer)] == [
        ("CE2 A", date(2026, 9, 1)),
        ("CE1-CE2", OPENED_ON),
        ("CM1 A", date(2027, 9, 1)),
    ]
    silent = file_of(home("1", "Léa:;tilleuls;;ce2;;"))
    assert set(await importer.findings(await importer.done(silent, is_updating=True))) == {"unchanged"}
    noted = "select count(*) from history where action = 'schooling_changed'"
    assert await importer.service.db.fetchval(noted) == 2


async def test_a_child_of_two_homes_stays_in_the_school_that_it_has(importer: Importer) -> None:
    first = home("1", "Léa:E1;tilleuls;;ce2;CE2 A;", "Noé:E2;;;;;")
    second = home("2", "Léa:E1;marelle;;ce2;;", "Noé:E2;marelle;;ce2;;", name="Martin")
    second = second.replace("enfant;Léa;Martin", "enfant;Léa;Ferrand").replace(
        "enfant;Noé;Martin", "enfant;Noé;Ferrand"
    )
    run = await importer.done(file_of(first, second))
    assert set(await importer.findings(run)) == {"opened"}
    assert [(row[0], row[1]) for row in await places(importer)] == [("Léa", "tilleuls"), ("Noé", "marelle")]
    faults = [[fault["code"] for fault in line["faults"]] for line in await importer.report(run)]
    assert faults == [[], [], [], [], ["import_differs_by_hand"], []]


async def test_what_breaks_off_in_the_middle_leaves_no_pupil_without_a_school(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = [home(str(at), f"Léa{'abcd'[at]}:;tilleuls;;ce2;CE2 A;", name=f"Nom{'abcd'[at]}") for at in range(4)]
    run = await importer.proposed(file_of(*homes))
    await importer.confirm(run)
    rules = FamilyRules(FamilyPolicy())
    await commands.work(importer.service.db, rules, 2)
    whole = commands.store.settle_lines

    async def killed(*_: Any) -> None:
        raise SystemExit

    monkeypatch.setattr(commands.store, "settle_lines", killed)
    with pytest.raises(SystemExit):
        await commands.work(importer.service.db, rules, 2)
    monkeypatch.setattr(commands.store, "settle_lines", whole)
    assert len(await places(importer)) == await importer.count("children") == 2
    await importer.work()
    assert len(await places(importer)) == await importer.count("children") == 4


async def test_a_class_that_closed_meanwhile_is_refused_where_its_pupil_would_be_put_in_it(
    importer: Importer, office: SchoolOffice
) -> None:
    run = await importer.proposed(file_of(home("1", "Léa:;tilleuls;;ce2;CE2 A;")))
    await importer.confirm(run)
    await importer.service.db.execute("update classes set is_closed = true")
    await importer.work()
    assert await importer.findings(run) == ["held", "refused"]
    assert await importer.count("households") == 0
