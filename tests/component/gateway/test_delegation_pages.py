"""A parent lets somebody act, who gets an account, acts for the child and for nothing else, until it is taken back; on the pages of each."""

import re
from uuid import uuid4

import pytest

from portal.family import FAMILY
from tests.component.gateway.browser import hidden, is_refused, words
from tests.component.gateway.helping import FORM, LIST, SUMMARY, Home, opened
from tests.component.gateway.town import Town, family_of
from tests.support.roles import Role

pytestmark = pytest.mark.anyio


@pytest.fixture
async def home(town: Town) -> Home:
    """A household of a parent and two children."""
    return await opened(town)


async def test_from_the_form_to_a_booked_day_and_to_its_end(home: Home) -> None:
    page = await home.typed()
    assert "Rien n’est encore enregistré" in words(page)
    assert "Voir le calendrier, Réserver et annuler des jours" in words(page)
    page = await home.given()
    assert "Jeanne LEFORT" in words(page)
    assert "Mettre fin à l’aide de Jeanne" in words(page)

    jeanne = await home.delegate()
    page = await jeanne.landing(await jeanne.get("/espace"))
    assert page.url.path == "/enfants-confies"
    address = await home.entrusted(jeanne)
    page = await jeanne.get(f"{address}?semaine={home.week}")
    assert re.search(r"Vous agissez pour Lina a, jusqu’au .+ inclus, à la demande de Dominique", words(page))
    assert home.household.adults[0].last_name.lower() not in page.text.lower()
    assert "€" not in words(page)
    assert "Lina b" not in words(page)
    key = hidden(page, "idempotency_key")
    fields = {"week": home.week, "slot": home.control, "step": "confirm", "idempotency_key": key}
    page = await jeanne.submit(address, fields)
    assert "La réservation est faite : 1 jour" in words(page)

    await home.town.settle()
    page = await home.parent.get("/historique")
    assert "Jeanne Lefort, personne de confiance" in words(page)
    assert "Personne de confiance désignée" in words(page)

    page = await home.parent.get(LIST)
    match = re.search(rf'action="({LIST}/[0-9a-f-]{{36}}/fin)"', page.text)
    assert match
    page = await home.parent.submit(match[1])
    assert "plus rien n’est possible" in words(page)
    assert "Retirée par un parent" in words(page)

    page = await jeanne.submit(address, {**fields, "idempotency_key": str(uuid4())})
    assert "Un parent a mis fin à cette aide" in words(page), "the open page says what ended"
    assert "demandez à Dominique" in words(page)
    page = await jeanne.get("/enfants-confies")
    assert "Aucun enfant ne vous est confié" in words(page)
    cells = await home.town.booking.cells(family_of(home.household))
    assert [cell["state"] for cell in cells if cell["slot_id"] == str(home.slot_id)].count("booked") == 1


async def test_a_refused_form_keeps_what_was_typed_and_says_what_is_wrong(home: Home) -> None:
    page = await home.typed(email="jeanne", first_name="")
    assert is_refused(page)
    assert "Indiquez une adresse e-mail complète" in words(page)
    assert 'value="Lefort"' in page.text
    page = await home.given(email=str(home.household.adults[0].email))
    assert is_refused(page), "what the service alone knows is said on the form too"
    assert "C’est votre propre adresse e-mail" in words(page)
    page = await home.given(ends_on="2099-01-01")
    assert "La date de fin doit être comprise entre" in words(page)
    page = await home.given(child_ids=str(uuid4()))
    assert "Vous ne pouvez confier que les enfants" in words(page)


async def test_a_summary_is_corrected_and_is_not_there_without_a_form(home: Home) -> None:
    page = await home.typed()
    kept = {name: hidden(page, name) for name in ("first_name", "last_name", "email", "ends_on", "child_ids", "acts")}
    page = await home.parent.submit(SUMMARY, {**kept, "step": "correct"})
    assert page.url.path == FORM
    assert home.email in page.text
    assert (await home.parent.landing(await home.parent.get(SUMMARY))).url.path == FORM
    assert "Personne n’agit pour vos enfants" in words(await home.parent.get(LIST))


async def test_pages_of_families_and_agents_do_not_exist_for_who_only_helps(home: Home) -> None:
    await home.given()
    jeanne = await home.delegate()
    starts = {"/mon-accueil", "/calendrier"}
    for path in starts:
        assert (await jeanne.get(path)).headers["location"] == "/enfants-confies", path
    own = {page.path for page in FAMILY.pages if page.method == "GET"} - starts
    for path in (*(path for path in own if "{" not in path), "/agents", "/agents/familles"):
        answer = await jeanne.get(path)
        assert (answer.status_code, "Cette page n’existe pas" in answer.text) == (404, True), path
    for path in ("/mes-identifiants", "/enfants-confies"):
        assert (await jeanne.get(path)).status_code == 200, path
    assert (await jeanne.get(f"/enfants-confies/{uuid4()}")).status_code == 404
    page = await jeanne.get("/enfants-confies")
    assert 'href="/mon-accueil"' not in page.text
    answer = await jeanne.post("/calendrier", {"slot": home.control, "step": "confirm"})
    assert answer.status_code == 404


async def test_somebody_elses_children_are_not_there(home: Home) -> None:
    await home.given()
    address = await home.entrusted(await home.delegate())
    other, _ = await home.town.parent()
    assert (await other.get(address)).status_code == 404
    assert (await home.parent.get(address)).status_code == 404, "nor for the parent, who has a calendar of their own"


async def test_a_neighbor_with_a_family_finds_the_child_beside_their_own_file(home: Home) -> None:
    neighbor, household = await home.town.parent()
    await home.given(email=str(household.adults[0].email))
    await home.town.settle()
    page = await neighbor.get("/mon-accueil")
    assert "Enfants qui me sont confiés" in words(page)
    address = await home.entrusted(neighbor)
    assert address in page.text
    page = await neighbor.get(f"{address}?semaine={home.week}")
    fields = {"week": home.week, "slot": home.control, "step": "confirm"}
    page = await neighbor.submit(address, {**fields, "idempotency_key": hidden(page, "idempotency_key")})
    assert "La réservation est faite" in words(page)
    assert "Lina a" not in words(await neighbor.get("/historique")), "their own household has another history"
    await home.town.settle()
    page = words(await home.parent.get("/historique"))
    assert "Jeanne Lefort, personne de confiance" in page, "by the name that the household gave, whoever it is"


async def test_who_may_only_look_is_offered_nothing_to_change(home: Home) -> None:
    await home.given(acts="calendar.read")
    jeanne = await home.delegate()
    address = await home.entrusted(jeanne)
    page = await jeanne.get(f"{address}?semaine={home.week}")
    assert 'name="slot"' not in page.text
    assert 'value="confirm"' not in page.text
    assert "ne vous a pas confié cette action" in words(page)
    answer = await jeanne.submit(address, {"week": home.week, "slot": home.control, "step": "confirm"})
    assert "ne vous a pas confié cette action" in words(answer)
    cells = await home.town.booking.cells(family_of(home.household))
    assert {cell["state"] for cell in cells if cell["slot_id"] == str(home.slot_id)} == {"bookable"}


async def test_choices_travel_from_week_to_week_and_nothing_is_booked_before(home: Home) -> None:
    await home.given()
    jeanne = await home.delegate()
    address = await home.entrusted(jeanne)
    await jeanne.get(address)
    page = await jeanne.submit(
        address, {"week": home.week, "slot": home.control, "go": str(await home.town.booking.day(14))}
    )
    assert f'value="{home.control}"' in page.text
    page = await jeanne.submit(address, {"week": home.week, "step": "confirm"})
    assert "Choisissez au moins un jour" in words(page)


async def test_giving_up_ends_it_for_both(home: Home) -> None:
    await home.given()
    jeanne = await home.delegate()
    address = await home.entrusted(jeanne)
    await jeanne.get(address)
    page = await jeanne.submit(f"{address}/renoncer")
    assert "Vous avez renoncé à cette aide" in words(page)
    assert "La personne y a renoncé" in words(await home.parent.get(LIST))


async def test_agents_see_it_on_the_households_page_and_end_it_with_a_reason(home: Home) -> None:
    await home.given()
    agent = await home.town.agent(Role.FRONT_DESK)
    household = f"/agents/familles/{home.household.household_id}"
    page = await agent.get(f"{household}/personnes")
    assert "Jeanne LEFORT" in words(page)
    match = re.search(rf'href="({household}/personnes-de-confiance/[0-9a-f-]{{36}})"', page.text)
    assert match
    await agent.get(match[1])
    page = await agent.submit(match[1], {"reason": ""})
    assert is_refused(page)
    page = await agent.submit(match[1], {"reason": "Décision du juge."})
    assert "La famille en est prévenue" in words(page)
    page = await home.parent.get(LIST)
    assert "Motif donné par la mairie : Décision du juge." in words(page).replace("\xa0", " ")
    other = f"/agents/familles/{uuid4()}/personnes-de-confiance/{match[1].rpartition('/')[2]}"
    assert (await agent.get(other)).status_code == 404


async def test_agents_see_the_account_of_who_helps_and_end_its_sessions(home: Home) -> None:
    await home.given()
    agent = await home.town.agent(Role.FRONT_DESK)
    household = f"/agents/familles/{home.household.household_id}"
    link = f'href="({household}/personnes-de-confiance/[0-9a-f-]{{36}})"'
    match = re.search(link, (await agent.get(f"{household}/personnes")).text)
    assert match
    assert "n’a pas de compte" in words(await agent.get(match[1])), "nothing was handed over yet"
    jeanne = await home.delegate()
    page = await agent.get(match[1])
    assert "Actif" in words(page)
    path = f"{match[1]}/connexions"
    assert f'href="{path}"' in page.text
    assert "Son mot de passe ne change pas" in words(await agent.get(path))
    assert is_refused(await agent.submit(path, {"reason": " "}))
    assert (await jeanne.get("/enfants-confies")).status_code == 200, "nothing ended yet"
    done = await agent.submit(path, {"reason": "Téléphone perdu."})
    assert "Toutes les connexions de ce compte sont fermées" in words(done)
    assert (await jeanne.get("/enfants-confies")).status_code == 401

    other, _ = await home.town.household()
    elsewhere = path.replace(str(home.household.household_id), str(other.household_id))
    assert (await agent.get(elsewhere)).status_code == 404
    assert (await agent.post(elsewhere, {"reason": "Téléphone perdu."})).status_code == 404
    finance = await home.town.agent(Role.FINANCE)
    assert f'href="{path}"' not in (await finance.get(match[1])).text
    assert (await finance.post(path, {"reason": "Téléphone perdu."})).status_code == 403


async def test_the_child_whom_its_file_keeps_from_who_helps_leaves_the_pages_with_a_word(home: Home) -> None:
    neighbor, household = await home.town.parent()
    await home.given(email=str(household.adults[0].email))
    await home.town.settle()
    address = await home.entrusted(neighbor)
    family = home.town.services["family"]
    (first, _), adult_id = home.household.children, household.adults[0].adult_id
    tie = {"role": "forbidden_pickup", "authority": "none", "starts_on": str(await family.db.today())}
    path = f"/children/{first.child_id}/responsibilities/{adult_id}"
    answer = await family.client.put(path, json=tie, headers=family.as_agent(Role.FRONT_DESK))
    assert answer.status_code == 200, answer.text
    await family.run_job("follow_people")
    await home.town.settle()
    page = words(await neighbor.get(address))
    assert "Le dossier de ces enfants ne permet plus cette aide" in page
    assert "demandez à Dominique" not in page, "nobody is sent to a parent whom a decision keeps them from"
    assert "cette personne ne peut plus agir pour eux" in words(await home.parent.get(LIST))
    agent = await home.town.agent(Role.FRONT_DESK)
    file = words(await agent.get(f"/agents/familles/{home.household.household_id}/personnes"))
    assert "cette personne ne peut plus agir pour eux" in file
