"""Every town of a guide starts and has people: each agent signs in to the work of their roles, each parent to a home, days and invoices;
roles, texts and settings are those of the town's file."""

import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest

from contracts.types import InvoiceRunStatus
from deploy.local.child import ROOT
from deploy.local.up import personas
from tests.component.gateway.browser import words
from tests.e2e.towns.town import GuideTown
from tools.seed.plan import Days

pytestmark = pytest.mark.anyio


async def test_a_parent_sees_home_days_and_invoices(town: GuideTown) -> None:
    """The town has people. The days are those around the town's today, which stands on a Wednesday."""
    parent = await town.parent()
    home = words(await parent.get("/mon-accueil"))
    for part in (town.family.address["street"], *(child.first_name for child in town.family.children)):
        assert part in home
    weeks = [await parent.get(f"/calendrier?semaine={town.today + timedelta(weeks=week)}") for week in range(2)]
    assert any('data-state="booked"' in week.text for week in weeks)
    invoices = await parent.get("/factures")
    assert len(set(re.findall(r'href="/factures/([0-9a-f-]{36})"', invoices.text))) == 1


async def test_agents_of_every_role_see_their_lists(town: GuideTown) -> None:
    """Each role of the town has somebody, who sees what it opens and nothing else."""
    roles = {body["name"]: set(body["permissions"]) for body in (await town.call("identity", "GET", "/roles"))["items"]}
    assert roles.keys() == {role for body in town.plan.agents for role in body["roles"]}
    doors = {
        "/agents/familles": "family.households.read",
        "/agents/inscriptions": "booking.enrollments.read",
        "/agents/pointage": "booking.slots.read",
        "/agents/facturation": "billing.runs.read",
        "/agents/exploitation/invariants": "booking.invariants.check",
    }
    for body in town.plan.agents:
        agent = await town.signed_in(body["username"])
        permissions = set().union(*(roles[role] for role in body["roles"]))
        seen = {path: (await agent.get(path)).status_code for path in doors}
        assert seen == {path: 200 if needed in permissions else 403 for path, needed in doors.items()}, body["username"]


async def test_the_counter_finds_every_household_and_what_awaits(town: GuideTown) -> None:
    desk = await town.agent("front_desk")
    for household in town.plan.households:
        name = household.guardian["last_name"]
        assert name.upper() in words(await desk.get("/agents/familles", params={"recherche": name})).upper()
    awaiting = words(await desk.get("/agents/inscriptions"))
    validated = words(await desk.get("/agents/inscriptions?etat=validated"))
    for household in town.plan.households:
        for row in household.enrollments:
            shown = {None: awaiting, True: validated}.get(row.is_validated)
            assert shown is None or f"{row.child} " in shown, row
    assert any(row.is_validated is None for household in town.plan.households for row in household.enrollments)


async def test_an_agent_of_one_site_sees_that_site_alone(town: GuideTown) -> None:
    (body,) = [body for body in town.plan.agents if body["roles"] == ["site"]]
    others = {site["label"] for site in town.plan.sites if site["code"] not in body["sites"]}
    agent = await town.signed_in(body["username"])
    page = words(await agent.get(f"/agents/pointage?semaine={town.today}"))
    assert [label for label in others if label in page] == []


async def test_last_month_is_issued_at_the_prices_of_the_town(town: GuideTown) -> None:
    """The invoice of the seed is of last month, at the bracket of the quotient that the file has."""
    (run,) = (await town.call("billing", "GET", "/invoice-runs"))["items"]
    assert (run["status"], run["period"]) == (InvoiceRunStatus.ISSUED, f"{Days(town.today).last_month[0]:%Y-%m}")
    households = (await town.call("family", "GET", f"/households?search={town.family.guardian['last_name']}"))["items"]
    invoices = await town.call("billing", "GET", f"/invoices?household_id={households[0]['household_id']}")
    (invoice,) = invoices["items"]
    rows = [(row, town.plan.activity(row.activity).body["tariff_code"]) for row in town.family.attended]
    assert invoice["total_cents"] == sum(row.days * _price(town, code) for row, code in rows)


async def test_every_list_of_the_household_file_shows_something_and_the_seed_may_run_again(town: GuideTown) -> None:
    """The seed has somebody for each page of agents: an address that is protected, a birth, a gap, a correction, documents, and sectors where the town has schools."""
    before = await _counts(town)
    assert all(before.values()), before
    subprocess.run(
        [sys.executable, "-m", "tools.seed"],
        env={**os.environ, **town.stack.tool_env()},
        cwd=ROOT,
        timeout=120,
        check=True,
    )
    assert await _counts(town) == before


async def _counts(town: GuideTown) -> dict[str, int]:
    """How much stands in each list of agents."""
    gaps = {item["kind"]: item["count"] for item in (await town.call("family", "GET", "/gaps"))["items"]}
    lists = {
        "households": "/households?limit=100",
        "protected": "/protected-addresses",
        "births": "/expected-children",
        "corrections": "/person-changes",
        "documents": "/documents?status=sent",
        "refused documents": "/documents?status=refused",
    }
    if town.plan.schools:
        lists |= {"schools": "/schools"}
    counts = {name: len((await town.call("family", "GET", path))["items"]) for name, path in lists.items()}
    counts |= {"children without a home": gaps["no_home"], "corrections that wait": gaps["change_waiting"]}
    return counts | ({"children without a class": gaps["no_class"]} if town.plan.schools else {})


def _price(town: GuideTown, code: str) -> int:
    """What the family's quotient pays for a day."""
    quotient = (town.family.quotient or {})["value_cents"]
    (tariff,) = [tariff for tariff in town.plan.tariffs if tariff.code == code]
    within = (
        row["price_cents"]
        for row in tariff.brackets
        if row["quotient_min_cents"] <= quotient < row.get("quotient_max_cents", quotient + 1)
    )
    return int(next(within))


async def test_a_child_of_two_homes_is_booked_by_each_for_itself(town: GuideTown) -> None:
    (second,) = [household for household in town.plan.households if household.shared]
    first = next(household for household in town.plan.households if household.key == second.shared[0].household)
    for household in (first, second):
        parent = await town.signed_in(str(household.login))
        home = words(await parent.get("/mon-accueil"))
        assert second.shared[0].child in home
        assert household.address["street"] in home


async def test_a_household_without_address_has_a_file_and_no_account(town: GuideTown) -> None:
    (alone,) = [household for household in town.plan.households if "email" not in household.guardian]
    desk = await town.agent("front_desk")
    page = await desk.get(
        "/agents/familles", params={"recherche": f"{alone.guardian['first_name']} {alone.guardian['last_name']}"}
    )
    (path,) = set(re.findall(r'href="(/agents/familles/[0-9a-f-]{36})"', page.text))
    file = words(await desk.get(f"{path}/personnes"))
    assert "sans adresse e-mail" in file
    assert "compte est en cours de création" not in file


async def test_texts_menus_and_roles_are_those_of_the_town(town: GuideTown) -> None:
    home = await town.browser().get("/")
    menu = [link["label"] for link in town.settings["portal"]["public_menu"]]
    assert all(label in words(home) for label in menu)
    assert town.settings["town"]["full_name"] in words(home)
    own = {name: role["label"] for name, role in town.settings.get("roles", {}).items()}
    roles = {role["name"]: role["label"] for role in (await town.call("identity", "GET", "/roles"))["items"]}
    assert own.items() <= roles.items()
    shown = {"information.help.title": "/aide", "sign_in.title": "/connexion"}
    for key, path in shown.items():
        if text := town.settings["portal"]["texts"].get(key):
            assert text in words(await town.browser().get(path))


async def test_make_up_prints_everybody_who_can_sign_in(town: GuideTown) -> None:
    table = "\n".join(personas(town.stack.plan.town_file.with_name("personas.toml")))
    logins = {body["username"] for body in town.plan.agents} | {
        household.login for household in town.plan.households if household.login
    }
    assert logins == {person["login"] for person in town.personas if person["password"]}
    assert all(f" {login} " in table for login in logins)
