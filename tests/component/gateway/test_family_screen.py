"""A family's file on one screen: what each role finds in its tabs, what is missing while a service is away, and how many calls it takes."""

import re
from collections import Counter
from typing import Any, Final

import httpx2
import pytest

from contracts.operation import Operation
from gateway.calls import Services
from tests.component.gateway.browser import Browser, words
from tests.component.gateway.filed import ACTIVITIES, EMERGENCY, FORBIDDEN, QUOTIENT_CENTS, Filed, filed
from tests.component.gateway.town import Town, household_body
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

TABS: Final = {
    "": "Vue d’ensemble",
    "/personnes": "Personnes",
    "/ressources": "Ressources",
    "/inscriptions": "Inscriptions",
    "/reservations": "Réservations",
    "/factures": "Factures",
    "/documents": "Documents",
    "/messages": "Messages",
    "/historique": "Historique",
    "/frise": "Frise",
}
OPEN: Final = {
    Role.DIRECTOR: set(TABS) - {"/factures"},
    Role.FRONT_DESK: set(TABS),
    Role.FINANCE: {"", "/personnes", "/factures", "/historique", "/frise"},
    Role.SITE: {"", "/inscriptions", "/reservations"},
}
CALLS_MAX: Final = 24
"""Of the overview of a family with two adults and one child of two homes; each further adult and each such child adds one."""
QUOTIENT: Final = f"{QUOTIENT_CENTS // 100},{QUOTIENT_CENTS % 100}"


@pytest.fixture(scope="module")
async def file(town: Town) -> Filed:
    return await filed(town)


async def agent_of(file: Filed, role: Role) -> Browser:
    """An agent of a role; one of a site works where the children come."""
    places = {"has_every_site": False, "sites": ["maison"]} if role is Role.SITE else {}
    return await file.agent(role, **places)


def tabs_of(page: httpx2.Response) -> list[str]:
    """The names of the tabs of a page, without what is counted beside them."""
    (nav,) = re.findall(r'<nav class="tabs.*?</nav>', page.text, re.DOTALL)
    return [name.strip() for name in re.findall(r"<a href=[^>]*>([^<]+)", nav)]


def current(page: httpx2.Response) -> list[str]:
    """The names of the tabs that are said to be the current one."""
    return [name.strip() for name in re.findall(r'aria-current="page">([^<]+)', page.text.partition('class="tabs')[2])]


@pytest.mark.parametrize("role", list(OPEN), ids=str)
async def test_each_role_has_its_tabs_and_each_tab_stands_alone(file: Filed, role: Role) -> None:
    agent = await agent_of(file, role)
    names = [name for path, name in TABS.items() if path in OPEN[role]]
    for path, name in TABS.items():
        page = await agent.get(file.path + path)
        assert page.status_code == (200 if path in OPEN[role] else 403), path
        if page.status_code == 200:
            assert tabs_of(page) == names, path
            assert current(page) == [name], path
            assert len(re.findall("<h1", page.text)) == 1
            assert "indisponible" not in words(page), path


async def test_the_direction_sees_all_that_nobody_may_miss(file: Filed) -> None:
    page = words(await (await agent_of(file, Role.DIRECTOR)).get(file.path))
    for warning in ("PAI : Noé", "Allergie : Noé", "Deux foyers : Lina", f"Ne pas remettre Lina à {FORBIDDEN} BRUN"):
        assert warning in page, warning
    assert "Quotient 742,17" in page
    assert "peanuts" not in page
    assert "Arachide" not in page
    assert "Stylo" not in page, "that there is a plan is said; what it says stands in the child's own file"


async def test_the_front_desk_sees_who_may_not_collect_and_no_health(file: Filed) -> None:
    page = words(await (await agent_of(file, Role.FRONT_DESK)).get(file.path))
    assert f"Ne pas remettre Lina à {FORBIDDEN} BRUN" in page
    assert f"{EMERGENCY} " in page
    assert "PAI" not in page
    assert "Allergie" not in page
    assert "4,20 € à payer, 1 facture" in page
    assert "Julien Petit" in page
    assert "Chaque foyer ne voit ni les factures ni les coordonnées de l’autre" in page


async def test_finance_sees_no_health_no_custody_and_nobody_around(file: Filed) -> None:
    agent = await agent_of(file, Role.FINANCE)
    for path in OPEN[Role.FINANCE]:
        page = words(await agent.get(file.path + path))
        for word in ("PAI", "Allergie", FORBIDDEN, EMERGENCY, "Deux foyers", "Julien", "JAF"):
            assert word not in page, (path, word)
        assert QUOTIENT in page, path
    page = words(await agent.get(file.path))
    assert "4,20 € à payer" in page
    assert not any(name in page for name in (ACTIVITIES[0], "Réserver", "Inscrire", "À traiter", "Jours à venir"))


async def test_a_site_sees_its_children_and_days_and_no_quotient_nor_adult(file: Filed) -> None:
    agent = await agent_of(file, Role.SITE)
    for path in OPEN[Role.SITE]:
        answer = await agent.get(file.path + path)
        page = words(answer)
        assert "Lina" in page, path
        for word in (QUOTIENT, "Quotient", "Amel", "à payer", "PAI", FORBIDDEN, file.household.reference):
            assert word not in page, (path, word)
        assert "€" not in page, path
        assert ACTIVITIES[0] in page, path


async def test_a_file_of_another_site_is_not_there(file: Filed) -> None:
    agent = await file.agent(Role.SITE, has_every_site=False, sites=["plateau"])
    for path in TABS:
        assert (await agent.get(file.path + path)).status_code == 403, path


async def test_an_unknown_file_is_not_there(file: Filed, town: Town) -> None:
    agent = await agent_of(file, Role.DIRECTOR)
    other = f"/agents/familles/{file.child_ids[0]}"
    for path in set(TABS) - {"/factures"}:
        assert (await agent.get(other + path)).status_code == 404, path


async def test_two_children_of_one_first_name_and_initial_bear_their_birth_dates_everywhere(town: Town) -> None:
    family = town.services["family"]
    body = household_body() | {
        "children": [
            {"first_name": "Emma", "last_name": "Martin", "birth_on": "2018-03-02"},
            {"first_name": "Emma", "last_name": "Moreau", "birth_on": "2018-09-14"},
        ]
    }
    headers = family.as_agent(Role.FRONT_DESK) | family.key()
    household = (await family.client.post("/households", json=body, headers=headers)).json()
    await town.settle()
    agent = await town.agent(Role.FRONT_DESK)
    for path in ("", "/personnes", "/inscrire", "/frise"):
        page = words(await agent.get(f"/agents/familles/{household['household_id']}{path}"))
        for name in ("Emma Martin (02/03/2018)", "Emma Moreau (14/09/2018)"):
            assert name in page, path


async def test_both_adults_are_invited_and_each_can_be_again(town: Town) -> None:
    family = town.services["family"]
    body = household_body()
    body["co_guardian"] = {**body["guardian"], "first_name": "Ana", "email": f"ana.{body['guardian']['email']}"}
    headers = family.as_agent(Role.FRONT_DESK) | family.key()
    household = (await family.client.post("/households", json=body, headers=headers)).json()
    await town.settle()
    path = f"/agents/familles/{household['household_id']}"
    page = await (await town.agent(Role.FRONT_DESK)).get(f"{path}/personnes")
    assert len(set(re.findall(rf'action="({path}/invitation/[^"]+)"', page.text))) == 2
    assert words(page).count("Invitation envoyée, pas encore utilisée") == 2


SHOWN: Final = {
    "family": ["Réservé", "4,20", ACTIVITIES[0]],
    "booking": ["Personnes et foyers", "Deux foyers", "4,20"],
    "billing": ["Personnes et foyers", "Réservé", ACTIVITIES[0]],
    "identity": ["Personnes et foyers", "Réservé", "4,20"],
    "notifications": ["Personnes et foyers", "Réservé", "4,20"],
}
MISSING: Final = {
    "family": ["Dossier famille : indisponible", "Une partie de l’historique ne répond pas", "Les alertes de santé ne répondent pas"],
    "booking": ["Inscriptions : indisponible", "Jours à venir : indisponible", "Une partie de l’historique ne répond pas"],
    "billing": ["Compte de facturation : indisponible", "Une partie de l’historique ne répond pas"],
    "identity": ["Une partie de l’historique ne répond pas"],
    "notifications": [],
}  # fmt: skip


@pytest.mark.parametrize("stopped", list(SHOWN))
async def test_a_card_is_missing_alone_and_the_others_are_there(file: Filed, town: Town, stopped: str) -> None:
    agent = await file.agent(Role.DIRECTOR, Role.FRONT_DESK)
    assert (await agent.get(file.path)).status_code == 200
    async with town.without(stopped):
        page = await agent.get(file.path)
    assert page.status_code == 200
    text = words(page)
    assert not [word for word in SHOWN[stopped] if word not in text], text
    assert not [word for word in MISSING[stopped] if word not in text], text
    assert text.count(": indisponible") == sum(": indisponible" in word for word in MISSING[stopped])
    assert ("Réessayer" in text) == any(MISSING[stopped]), text


async def test_the_number_of_calls_does_not_grow_with_children_and_enrollments(
    file: Filed, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = await file.agent(Role.DIRECTOR, Role.FRONT_DESK, Role.FINANCE)
    small, _ = await town.household()
    calls: Counter[str] = Counter()
    forward = Services.forward

    async def counting(services: Services, caller: Any, operation: Operation[..., Any], sent: Any) -> Any:
        if operation.name != "current_session":
            calls[operation.name] += 1
        return await forward(services, caller, operation, sent)

    monkeypatch.setattr(Services, "forward", counting)
    counted = {}
    for path in TABS:
        for name, where in (("large", file.path), ("small", f"/agents/familles/{small.household_id}")):
            await agent.get(where + path)
            calls.clear()
            assert (await agent.get(where + path)).status_code == 200
            counted[path, name] = calls.copy()
    assert counted["", "large"].total() <= CALLS_MAX, counted["", "large"]
    print({path or "/": counted[path, "large"].total() for path in TABS})
    for path in TABS:
        more = counted[path, "large"] - counted[path, "small"]
        allowed = {"list_accounts", "read_child_payers"}
        assert set(more) <= allowed, (path, more)
        assert counted[path, "large"].total() <= CALLS_MAX, path


async def test_the_years_of_a_file_are_lanes_by_period_of_a_child_or_of_a_year(file: Filed, town: Town) -> None:
    agent = await agent_of(file, Role.FRONT_DESK)
    page = await agent.get(f"{file.path}/frise")
    text = words(page)
    for part in (
        "Foyers",
        "Payeurs",
        "Quotient",
        "Inscriptions",
        "Factures",
        "Lina : Semaines paires",
        "Noé : ce foyer",
    ):
        assert part in text, part
    assert re.search(r"\d{4}-\d{6}, 4,20", text), "the invoice"
    assert '<svg class="lanes"' in page.text
    _, noe, _ = file.child_ids
    text = words(await agent.get(f"{file.path}/frise?enfant={noe}")).partition("Périodes pendant")[2]
    assert "Noé : " in text
    assert "Lina" not in text
    year = (await town.booking.today()).year
    text = words(await agent.get(f"{file.path}/frise?annee={year}"))
    assert f"Du 01/01/{year} au" in text
    assert f"31/12/{year}" in text
    assert "01/11/2018" not in text
    for nonsense in ("annee=9999", "annee=x", "enfant=x"):
        assert (await agent.get(f"{file.path}/frise?{nonsense}")).status_code == 200


async def test_a_week_leads_to_those_beside_it(file: Filed) -> None:
    agent = await agent_of(file, Role.FRONT_DESK)
    page = await agent.get(f"{file.path}?semaine=2027-03-03")
    assert "Semaine du 01/03/2027" in words(page)
    assert f'href="{file.path}?semaine=2027-02-22#jours"' in page.text
    assert f'href="{file.path}?semaine=2027-03-08#jours"' in page.text
    assert (await agent.get(f"{file.path}?semaine=nonsense")).status_code == 200
