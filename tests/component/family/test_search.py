"""Finding a file by whatever somebody says at the counter: in any spelling, with a typing error, by number, mail or birth; the best answers first."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.family.search.domain import steps_of, terms_of
from services.family.search.queries import FIND_SQL
from tests.component.family.desk import Desk
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

PEOPLE = (
    ("L'Héritier", "Jean-Pierre", "Anaïs", "2018-09-14", "06 12 34 56 78"),
    ("Le Goff", "Éric", "Léa", "2018-03-04", "+33 (0)2 31 00 00 01"),
    ("O’Neill", "Siobhán", "Cian", "2019-01-31", "+353 1 234 5678"),
    ("de La Fontaine", "Œdipe", "Zoé", "2020-02-29", "06 90 12 34 56"),
    ("Saint-Étienne", "Paul", "Emma", "2018-03-02", None),
    ("I\u011fd\u0131r", "Ay\u015fe", "Emma", "2018-09-14", None),
)
SPELLINGS = (
    ("lheritier", "L'Héritier"),
    ("l'heritier", "L'Héritier"),
    ("héritier", "L'Héritier"),
    ("LHERITIER jeanpierre", "L'Héritier"),
    ("jeanpierre", "L'Héritier"),
    ("jean pierre lheritier", "L'Héritier"),
    ("lheriter", "L'Héritier"),
    ("lherotier", "L'Héritier"),
    ("lehritier", "L'Héritier"),
    ("lherittier", "L'Héritier"),
    ("lher", "L'Héritier"),
    ("legoff", "Le Goff"),
    ("le gof", "Le Goff"),
    ("lea goff", "Le Goff"),
    ("goff éric", "Le Goff"),
    ("oneill", "O’Neill"),
    ("o'neil", "O’Neill"),
    ("O Neill", "O’Neill"),
    ("cian oneil", "O’Neill"),
    ("delafontaine", "de La Fontaine"),
    ("lafontaine", "de La Fontaine"),
    ("de la fontaine", "de La Fontaine"),
    ("fontaine oedipe", "de La Fontaine"),
    ("œdipe", "de La Fontaine"),
    ("saintetienne", "Saint-Étienne"),
    ("saint etienne", "Saint-Étienne"),
    ("SAINT-ETIENE", "Saint-Étienne"),
    ("igdir", "I\u011fd\u0131r"),
    ("i\u011fd\u0131r", "I\u011fd\u0131r"),
    ("\u0130\u011eDIR", "I\u011fd\u0131r"),
    ("0612345678", "L'Héritier"),
    ("06 12 34 56 78", "L'Héritier"),
    ("06.12.34.56.78", "L'Héritier"),
    ("06\u00a012\u202f34", "L'Héritier"),
    ("+33 6 12 34 56 78", "L'Héritier"),
    ("+33 (0)6 12 34", "L'Héritier"),
    ("0033612345678", "L'Héritier"),
    ("héritier 0612", "L'Héritier"),
    ("0231000001", "Le Goff"),
    ("+353 1 234", "O’Neill"),
    ("0690123456", "de La Fontaine"),
    ("+590 690 12 34 56", "de La Fontaine"),
    ("04/03/2018", "Le Goff"),
    ("4/3/2018", "Le Goff"),
    ("2018-03-04", "Le Goff"),
    ("4 mars 2018", "Le Goff"),
    ("04.03.2018 goff", "Le Goff"),
    ("31 janv. 2019", "O’Neill"),
    ("29 FÉVRIER 2020", "de La Fontaine"),
    ("14 sept 2018 emma", "I\u011fd\u0131r"),
    ("emma 02/03/2018", "Saint-Étienne"),
    ("siobhan@", "O’Neill"),
    ("siobhan@courriel.example", "O’Neill"),
)
NOTHING = (
    "lherotierr zz",
    "legoff anais",
    "emma 04/03/2018",
    "31/02/2018",
    "0612345679",
    "lhxxitier",
    "%",
    "' | !:*&(",
    "~0~",
    "=",
    "valmont",
    "tilleuls",
    "14000",
)


class Files:
    """What an agent's search answers."""

    def __init__(self, service: RunningService, role: Role = Role.FINANCE) -> None:
        self._service = service
        self._headers = service.as_agent(role)

    async def page(self, search: str, **params: Any) -> dict[str, Any]:
        response = await self._service.client.get(
            "/households", params={"search": search, **params}, headers=self._headers
        )
        assert response.status_code == 200, response.text
        page: dict[str, Any] = response.json()
        return page

    async def references(self, search: str) -> list[str]:
        return [item["reference"] for item in (await self.page(search))["items"]]


@pytest.fixture
async def opened(desk: Desk) -> dict[str, str]:
    """The reference of each family's file."""
    references = {}
    for last_name, first_name, child, birth_on, phone in PEOPLE:
        file = await desk.open(
            guardian={
                "first_name": first_name,
                "last_name": last_name,
                "email": "siobhan@courriel.example" if phone and phone.startswith("+353") else None,
                "phone": phone,
            },
            children=[{"first_name": child, "last_name": last_name, "birth_on": birth_on}],
        )
        references[last_name] = file.reference
    return references


async def test_a_family_is_found_in_any_spelling(service: RunningService, opened: dict[str, str]) -> None:
    """Every spelling of the list, one after the other, finds the one family; what nobody has finds none."""
    files = Files(service)
    references = {typed: await files.references(typed) for typed, _ in SPELLINGS}
    assert references == {typed: [opened[last_name]] for typed, last_name in SPELLINGS}
    assert {typed: await files.references(typed) for typed in NOTHING} == {typed: [] for typed in NOTHING}
    assert await files.references("14/09/2018") == [opened["I\u011fd\u0131r"], opened["L'Héritier"]]


async def test_a_reference_comes_first_whatever_else_begins_like_it(service: RunningService, desk: Desk) -> None:
    """For `12` the file of that number comes first."""
    references = [(await desk.open(guardian={"last_name": f"Zola{place}", "email": None})).reference for place in "abc"]
    number = references[1].removeprefix("F-").lstrip("0")
    other = await desk.open(guardian={"last_name": f"Aa {number}", "email": None})
    files = Files(service)
    for typed in (references[1], references[1].lower(), number, f"f{number}", f"F {number}", number.zfill(6)):
        assert (await files.references(typed))[0] == references[1], typed
    assert await files.references(number) == [references[1], other.reference]


async def test_whole_names_come_before_beginnings_and_those_before_near_ones(
    service: RunningService, desk: Desk
) -> None:
    """Each step in the order of the payers' names, over pages of one: no gap, no repeat, also where a step ends with a page."""
    names = ("Martinez", "Marin", "Martin", "Martin-Zola", "Mertin", "Marti", "Durand")
    opened = {
        name: (await desk.open(guardian={"last_name": name, "email": None}, children=child_of(name))).reference
        for name in names
    }
    files, seen, cursor = Files(service), [], None
    for _ in names:
        page = await files.page("martin", limit=1, **({"cursor": cursor} if cursor else {}))
        seen += [item["reference"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    ranked = ("Martin", "Martin-Zola", "Martinez", "Marin", "Marti", "Mertin")
    assert seen == [opened[name] for name in ranked] == await files.references("martin")


def child_of(name: str) -> list[dict[str, str]]:
    return [{"first_name": "Lou", "last_name": f"X{name[0]}", "birth_on": "2020-01-31"}]


async def test_what_of_a_file_answers_is_said(service: RunningService, opened: dict[str, str]) -> None:
    files = Files(service)
    for typed, expected in (
        ("lheritier 0612345678", [("phone", "+33612345678", False), ("adult", "Jean-Pierre L'Héritier", False)]),
        ("lherotier", [("adult", "Jean-Pierre L'Héritier", True), ("child", "Anaïs L'Héritier", True)]),
        ("emma 14/09/2018", [("birth_on", "Emma I\u011fd\u0131r", False), ("child", None, False)]),
        ("siobhan@courriel.example", [("adult", None, False), ("email", "siobhan@courriel.example", False)]),
        (opened["Le Goff"], [("reference", opened["Le Goff"], False)]),
    ):
        (item,) = (await files.page(typed))["items"]
        matches = [(match["kind"], match["text"], match["is_near"]) for match in item["matches"]]
        assert [(kind, is_near) for kind, _, is_near in matches][: len(expected)] == [
            (kind, is_near) for kind, _, is_near in expected
        ], (typed, matches)
        for (_, text, _), (_, wanted, _) in zip(matches, expected, strict=False):
            assert wanted is None or text == wanted


async def test_namesakes_are_told_apart_by_their_births(service: RunningService, opened: dict[str, str]) -> None:
    items = (await Files(service).page("emma"))["items"]
    births = {item["children"][0]["birth_on"] for item in items}
    assert len(items) == 2
    assert births == {"2018-03-02", "2018-09-14"}


async def test_a_correction_is_found_at_once_and_what_was_is_not(service: RunningService, desk: Desk) -> None:
    """The index is written with the file: a number that was corrected finds it, the former one does not."""
    household = await desk.open()
    adult = household.adults[0]
    agent = service.as_agent(Role.FRONT_DESK, Role.DIRECTOR)
    contact = (await service.client.get(f"/adults/{adult.adult_id}/contact", headers=agent)).json()
    body = {"version": contact["version"], "phone": "07 99 00 11 22"}
    answer = await service.client.put(f"/adults/{adult.adult_id}/contact", json=body, headers=agent)
    assert answer.status_code == 200, answer.text
    files = Files(service)
    assert await files.references("0799001122") == [household.reference]
    assert await files.references("0612345678") == []


async def test_who_may_not_read_files_finds_none(service: RunningService, opened: dict[str, str]) -> None:
    for headers in (service.as_agent(Role.SITE), {}):
        answer = await service.client.get("/households", params={"search": "legoff"}, headers=headers)
        assert answer.status_code in (401, 403)
        assert "Goff" not in answer.text


async def test_what_was_typed_is_in_no_log(
    service: RunningService, opened: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    files = Files(service)
    await files.references("lheritier 0612345678")
    bad = await service.client.get(
        "/households", params={"search": "lheritier 0612345678" * 9}, headers=service.as_agent(Role.FINANCE)
    )
    assert bad.status_code == 422
    printed = "".join(capsys.readouterr())
    assert "lheritier" not in printed + bad.text
    assert "0612345678" not in printed + bad.text


FILL_SQL = """
insert into households (household_id, reference, address_lines, postal_code, city, payer_key, search_marks, created_at, created_by)
select gen_random_uuid(), 'T-' || n, array[repeat('x', 1500)], '14000', 'Valmont', 'nom' || n,
       array_to_tsvector(array['nom' || n, '=' || n, '+06' || lpad(n::text, 8, '0'), 'lou' || n % 50]), now(), gen_random_uuid()
from generate_series(1, 20000) n
"""


async def test_no_search_reads_every_file(service: RunningService) -> None:
    """The plan of each step for 20,000 files that are as wide as files with all of their marks: the index of marks finds. A table that is read whole would be seen."""
    await service.alter(FILL_SQL)
    await service.alter("analyze households")
    for typed in ("nom123", "nomm123", "123", "0600000123", "14/09/2018", "lou7", "lou7 nom9", "jean pierre le goff"):
        for query in steps_of(terms_of(typed)):
            plan = await plan_of(service, FIND_SQL, query)
            assert '"Index Name": "households_by_mark"' in plan, (typed, query, plan)
            assert '"Seq Scan"' not in plan, (typed, query, plan)
    unindexed = FIND_SQL.replace("h.search_marks @@ $4::text::tsquery", "h.city = $4")
    assert '"Seq Scan"' in await plan_of(service, unindexed, "Valmont")


async def plan_of(service: RunningService, statement: str, query: str) -> str:
    parameters = (None, None, date(2026, 9, 9), query, "", UUID(int=0), None, False, 26)
    return str(await service.db.fetchval(f"explain (format json) {statement}", *parameters))
