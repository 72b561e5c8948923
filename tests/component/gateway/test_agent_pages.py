"""The agents' back office as an agent uses it: plain pages and forms, from a new family to a closed sheet."""

import re
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from tests.component.gateway.browser import Browser, is_refused, shown_on, words
from tests.component.gateway.town import UNTIL_MIDNIGHT, Town, family_of
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

NEW_FAMILY = "/agents/familles/nouvelle"


@pytest.fixture
async def agent(town: Town) -> Browser:
    """An agent with every role."""
    return await town.agent(*Role)


def family_form(**fields: str) -> dict[str, Any]:
    """What an agent types to open a file, with changes by field name (`__` for the dot)."""
    last_name = uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))
    return {
        "step": "create",
        "child_count": "1",
        "guardian.civility": "madame",
        "guardian.first_name": "Ana",
        "guardian.last_name": last_name,
        "guardian.email": f"{last_name}@famille.example",
        "address.street": "12 rue des Tilleuls",
        "address.postal_code": "14000",
        "address.city": "Valmont-sur-Orne",
        "children.0.first_name": "Lina",
        "children.0.last_name": last_name,
        "children.0.birth_on": "2019-03-04",
        **{name.replace("__", "."): value for name, value in fields.items()},
    }


def field_errors(page: httpx2.Response) -> set[str]:
    """The fields that the summary of a refused form links to, each of which is on the page."""
    targets = set(re.findall(r'<a href="#(champ-[^"]+)"', page.text))
    assert all(f'id="{target}"' in page.text for target in targets), targets
    return {target.removeprefix("champ-") for target in targets}


async def test_new_family_is_opened_found_and_invited(agent: Browser, town: Town) -> None:
    await agent.get(NEW_FAMILY)
    form = family_form(quotient__value_cents="652,50", co_guardian__civility="monsieur", co_guardian__first_name="Paul")
    answer = await agent.done(NEW_FAMILY, form | {"co_guardian.last_name": "Durand"})
    page = await agent.landing(answer)
    assert "Le dossier est créé" in words(page)
    assert f"Famille {form['guardian.last_name'].upper()}" in words(page)
    assert "652,50\u00a0€" in page.text
    assert "Paul DURAND" in words(page)
    await town.settle()
    page = await agent.get(f"{answer.headers['location']}/personnes")
    assert "Monsieur Paul DURAND" in words(page)
    assert "Invitation envoyée" in words(page)
    results = await agent.get("/agents/familles", params={"recherche": form["guardian.last_name"]})
    assert f'href="{answer.headers["location"]}"' in results.text


async def test_a_file_that_looks_like_another_is_opened_with_a_reason(agent: Browser) -> None:
    """The warning names the other file and leads to it; the reason stands in the history."""
    await agent.get(NEW_FAMILY)
    first = await agent.landing(await agent.done(NEW_FAMILY, form := family_form(guardian__last_name="Le Gallou")))
    (reference,) = re.findall(r"F-[0-9]{6}", words(first))[:1]
    again = form | {"guardian.last_name": "legallou", "guardian.email": ""}
    await agent.get(NEW_FAMILY)
    page = await agent.submit(NEW_FAMILY, again)
    assert is_refused(page)
    assert reference in words(page)
    assert f'href="/agents/familles?recherche={reference}"' in page.text
    assert (await agent.get(f"/agents/familles?recherche={reference}")).headers["location"] == first.url.path
    assert 'name="twin_reason"' in page.text
    reason = "Homonymes, livrets de famille vérifiés"
    opened = await agent.landing(await agent.done(NEW_FAMILY, again | {"twin_reason": reason}))
    assert f"Motif : {reason}" in words(opened)
    page = await agent.get("/agents/familles", params={"recherche": "legalou"})
    assert words(page).count("adulte Ana legallou (orthographe proche)") == 1


async def test_wrong_fields_are_named_and_what_was_typed_is_kept(agent: Browser) -> None:
    await agent.get(NEW_FAMILY)
    form = family_form(
        guardian__email="ana(at)famille.example",
        address__postal_code="1400",
        quotient__value_cents="beaucoup",
        children__0__birth_on="2099-01-01",
        child_count="3",
        children__2__first_name="Sacha",
    )
    page = await agent.submit(NEW_FAMILY, form)
    assert is_refused(page)
    # The third child of the form is the second one typed: it comes back as the second, with its own errors.
    assert field_errors(page) == {
        "guardian-email",
        "address-postal_code",
        "quotient-value_cents",
        "children-1-last_name",
        "children-1-birth_on",
    }
    assert "Enfant 2 : Indiquez le nom, en 80 caractères au plus." in words(page)
    for typed in ("ana(at)famille.example", "1400", "beaucoup", "Sacha", "2099-01-01"):
        assert f'value="{typed}"' in page.text
    form = family_form(children__0__birth_on="2099-01-01")
    assert field_errors(await agent.submit(NEW_FAMILY, form)) == {"children-0-birth_on"}


async def test_blank_form_names_every_missing_field(agent: Browser) -> None:
    await agent.get(NEW_FAMILY)
    page = await agent.submit(NEW_FAMILY, {"step": "create", "child_count": "1"})
    assert is_refused(page)
    assert field_errors(page) == {
        *(f"guardian-{name}" for name in ("civility", "first_name", "last_name")),
        *(f"address-{name}" for name in ("street", "postal_code", "city")),
        *(f"children-0-{name}" for name in ("first_name", "last_name", "birth_on")),
    }


async def test_child_is_added_to_the_form_without_losing_anything(agent: Browser) -> None:
    await agent.get(NEW_FAMILY)
    form = family_form(step="add_child")
    page = await agent.submit(NEW_FAMILY, form)
    assert page.status_code == 200
    assert not is_refused(page)
    assert 'name="children.1.first_name"' in page.text
    assert f'value="{form["guardian.email"]}"' in page.text
    page = await agent.submit(NEW_FAMILY, form | {"child_count": "15"})
    assert 'name="children.15.first_name"' not in page.text
    assert 'value="add_child"' not in page.text


async def test_file_is_opened_once_however_often_the_button_is_pressed(agent: Browser) -> None:
    page = await agent.get(NEW_FAMILY)
    (key,) = re.findall(r'name="idempotency_key" value="([^"]+)"', page.text)
    form = family_form(idempotency_key=key)
    first, again = [await agent.post(NEW_FAMILY, form) for _ in range(2)]
    assert first.headers["location"] == again.headers["location"]
    assert is_refused(await agent.submit(NEW_FAMILY, form | {"idempotency_key": str(uuid4())}))


async def test_quotient_is_noted_or_refused_beside_its_field(agent: Browser, town: Town) -> None:
    household, _ = await town.household()
    path = f"/agents/familles/{household.household_id}"
    await agent.get(f"{path}/personnes")
    page = await agent.submit(f"{path}/quotient", {"value_cents": "x", "effective_on": "", "source": "caf"})
    assert (is_refused(page), field_errors(page)) == (True, {"value_cents", "effective_on"})
    for amount in ("1.000", "850.000", "+850", "1_000", "-0", "١٢", "8,505"):
        form = {"value_cents": amount, "effective_on": "2026-01-01", "source": "caf"}
        assert field_errors(await agent.submit(f"{path}/quotient", form)) == {"value_cents"}, amount
    page = await agent.submit(f"{path}/quotient", {"value_cents": "700", "effective_on": "1950-01-01", "source": "caf"})
    assert (is_refused(page), field_errors(page)) == (True, {"effective_on"})
    today = str(await town.booking.today())
    answer = await agent.post(f"{path}/quotient", {"value_cents": "700", "effective_on": today, "source": "caf"})
    assert "700,00 €" in words(await agent.landing(answer)).replace("\u00a0", " ")


async def test_invitation_is_sent_again(agent: Browser, town: Town) -> None:
    household, former = await town.household()
    path = f"/agents/familles/{household.household_id}"
    page = await agent.get(f"{path}/personnes")
    (action,) = re.findall(rf'action="({path}/invitation/[^"]+)"', page.text)
    page = await agent.submit(action)
    assert "L’ancien lien ne fonctionne plus" in words(page)
    await town.settle()
    assert (await town.credential()).activation_token != former.activation_token


async def test_refusal_of_an_enrollment_needs_a_reason(agent: Browser, town: Town) -> None:
    enrollment_id = await requested(town)
    path, field = f"/agents/inscriptions/{enrollment_id}/decision", f"reason.{enrollment_id}"
    page = await agent.get("/agents/inscriptions")
    assert f'action="{path}"' in page.text
    page = await agent.submit(path, {"decision": "refuse", field: "  "})
    assert (is_refused(page), field_errors(page)) == (True, {f"reason-{enrollment_id}"})
    page = await agent.submit(path, {"decision": "refuse", field: "Le groupe est complet."})
    assert "L’inscription est refusée" in words(page)
    assert "Le groupe est complet." in (await agent.get("/agents/inscriptions?etat=refused")).text
    page = await agent.submit(path, {"decision": "validate"})
    assert is_refused(page)
    assert "Une autre décision a déjà été prise" in words(page)


async def test_days_are_opened_marked_and_closed(agent: Browser, town: Town) -> None:
    booking = town.booking
    household, _ = await town.household(children=3)
    activity_id, today = await booking.activity(cutoff=UNTIL_MIDNIGHT), await booking.today()
    await agent.get("/agents/ouvertures")
    form = {"activity_id": str(activity_id), "from_on": str(today), "to_on": str(today), "capacity": "10"}
    page = await agent.submit("/agents/ouvertures", form | {"weekday": str((today.weekday() + 1) % 7)})
    assert (is_refused(page), field_errors(page)) == (True, {"from_on"})
    page = await agent.submit("/agents/ouvertures", form | {"weekday": str(today.weekday()), "capacity": "-1"})
    assert (is_refused(page), field_errors(page)) == (True, {"capacity"})
    page = await agent.submit("/agents/ouvertures", form | {"weekday": str(today.weekday())})
    assert "Les jours sont ouverts" in words(page)
    (slot_id,) = await booking.open(activity_id, 0, capacity=10)
    family = family_of(household)
    await booking.enroll(family, activity_id)
    lines = [(child_id, slot_id) for child_id in family.child_ids]
    booked = await booking.book_lines(family, lines)
    assert booked.status_code == 201, booked.text
    await close_sheet(agent, slot_id)


async def test_marks_are_kept_when_a_booking_was_given_back_meanwhile(agent: Browser, town: Town) -> None:
    booking = town.booking
    household, _ = await town.household(children=3)
    family, activity_id = family_of(household), await booking.activity(cutoff=UNTIL_MIDNIGHT)
    (slot_id,) = await booking.open(activity_id, 0)
    await booking.enroll(family, activity_id)
    booked = await booking.book_lines(family, [(child_id, slot_id) for child_id in family.child_ids])
    first, second, gone = family.child_ids
    given = next(b["booking_id"] for b in booked.json()["bookings"] if b["child_id"] == str(gone))
    path = f"/agents/pointage/{slot_id}"
    assert "3 restent à pointer" in words(await agent.get(path))
    given_back = await booking.give_back(family, given)
    assert given_back.status_code == 201, given_back.text
    typed = {f"mark.{first}": "present", f"mark.{second}": "absent_unexcused", f"mark.{gone}": "present"}
    page = await agent.submit(path, {"step": "save", **typed})
    assert is_refused(page)
    assert "Rien n’est encore enregistré" in words(page)
    shown = dict(re.findall(r'name="(mark\.[^"]+)" value="([^"]+)" checked', page.text))
    assert shown == {f"mark.{first}": "present", f"mark.{second}": "absent_unexcused"}
    page = await agent.submit(path, {"step": "close", **shown})
    assert "La feuille est close" in words(page)
    assert (await agent.submit(f"/agents/pointage/{uuid4()}", {"step": "save", **typed})).status_code == 404


async def test_namesakes_on_a_sheet_are_told_apart_by_birth(agent: Browser, town: Town) -> None:
    """Two identical lines, whose groups of choices had the same accessible name."""
    booking = town.booking
    family, activity_id = (
        await booking.family("Emma M", "Emma M", "Max M"),
        await booking.activity(cutoff=UNTIL_MIDNIGHT),
    )
    (slot_id,) = await booking.open(activity_id, 0)
    await booking.enroll(family, activity_id)
    booked = await booking.book_lines(family, [(child_id, slot_id) for child_id in family.child_ids])
    assert booked.status_code == 201, booked.text
    page = await agent.get(f"/agents/pointage/{slot_id}")
    groups = re.findall(r'role="radiogroup" aria-label="([^"]+)"', page.text)
    assert len(set(groups)) == 3
    assert [("naissance le" in group) for group in groups] == [True, True, False]


async def close_sheet(agent: Browser, slot_id: UUID) -> None:
    """Mark the three children of a sheet, and close it."""
    path = f"/agents/pointage/{slot_id}"
    page = await agent.get(path)
    assert "3 enfants attendus – 3 restent à pointer" in words(page)
    first, *_ = re.findall(r'name="(mark\.[^"]+)"', page.text)
    page = await agent.submit(path, {"step": "close", first: "absent_excused"})
    assert is_refused(page)
    assert "2 enfants n’ont pas encore de pointage" in words(page)
    assert "2 restent à pointer" in words(page)
    page = await agent.submit(path, shown_on(page) | {"step": "all_present", first: "absent_excused"})
    assert "plus rien à pointer" in words(page)
    assert len(re.findall(r'value="present" checked', page.text)) == 2
    assert len(re.findall(r'value="absent_excused" checked', page.text)) == 1
    page = await agent.submit(path, {"step": "close"})
    assert "La feuille est close" in words(page)
    page = await agent.submit(path, {"step": "save", first: "present"})
    assert "Le pointage est enregistré" in words(page)


async def test_week_without_days_and_strange_weeks(agent: Browser) -> None:
    for week in ("2000-01-03", "x", ""):
        assert (await agent.get("/agents/pointage", params={"semaine": week})).status_code == 200
    assert "Aucun accueil cette semaine" in words(await agent.get("/agents/pointage?semaine=2000-01-03"))


async def requested(town: Town) -> str:
    """An enrollment that awaits its decision."""
    _, household = await town.parent()
    answer = await town.booking.request_enrollment(family_of(household), await town.booking.activity())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["enrollment_id"])


async def test_an_agent_is_shown_by_name(town: Town) -> None:
    agent = await town.agent(Role.SITE)
    page = (await agent.get("/agents")).text
    assert "Camille Marchand" in page
    assert agent.username not in page


async def test_days_are_opened_by_whoever_may(town: Town) -> None:
    """An operator was shown the form with the activities of every site, and refused at each press."""
    for role, is_shown in ((Role.SITE, True), (Role.FRONT_DESK, False)):
        agent = await town.agent(role)
        assert ('href="/agents/ouvertures"' in (await agent.get("/agents/pointage")).text) == is_shown
        assert (await agent.get("/agents/ouvertures")).status_code == (200 if is_shown else 404)
        assert ('href="/agents/pointage' in (await agent.get("/agents")).text) == is_shown, "it would be refused"
