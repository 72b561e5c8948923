"""The people around children on the pages of their family and of agents, and who is shown on the sheet of the day."""

import re
from datetime import timedelta

import httpx2
import pytest

from tests.component.family.papers import jpeg
from tests.component.gateway.browser import is_refused, words
from tests.component.gateway.test_agent_pages import field_errors
from tests.component.gateway.test_child_pages import Home, home
from tests.component.gateway.town import Town
from tests.support.roles import Role

__all__ = ("home",)
pytestmark = pytest.mark.anyio

PATH, NEW = "/entourage", "/entourage/nouveau"
CANARY = "Quetzalcanari"
AUNT = {"kind": "emergency", "first_name": "Rose", "last_name": CANARY, "relation": "Tante", "phone": "06 98 71 23 45"}


async def named(home: Home, **fields: str) -> str:
    """The address of somebody whom the parent named on the form of somebody new."""
    form = {**AUNT, "child_ids": str(home.household.children[0].child_id), **fields}
    await home.parent.get(NEW)
    page = await home.parent.landing(await home.parent.done(NEW, form))
    (link,) = re.findall(
        rf'href="({PATH}/[0-9a-f-]{{36}})">[^<]*<span class="visually-hidden"> {form["first_name"]}', page.text
    )
    return str(link)


def shown(page: httpx2.Response) -> dict[str, str]:
    """The hidden values of a page's form."""
    return dict(re.findall(r'<input type="hidden" name="(version|elsewhere)" value="([^"]*)"', page.text))


async def test_a_family_names_corrects_orders_and_takes_off(home: Home) -> None:
    parent = home.parent
    rose = await named(home)
    page = await parent.get(NEW)
    refused = await parent.submit(NEW, {**AUNT, "phone": "", "child_ids": str(home.household.children[0].child_id)})
    assert (is_refused(refused), field_errors(refused)) == (True, {"phone"})
    assert f'value="{CANARY}"' in refused.text, "what was typed is kept"
    await named(home, first_name="Zoran")
    page = await parent.get(PATH)
    assert words(page).index("1. Rose") < words(page).index("2. Zoran")
    (order,) = re.findall(rf'action="({PATH}/ordre/[^"]+)"', page.text)
    ids = re.findall(r'name="contact_ids" value="([^"]+)"', page.text)
    page = await parent.landing(await parent.done(order, {"contact_ids": ids[0]}))
    assert words(page).index("1. Zoran") < words(page).index("2. Rose")
    form = await parent.get(rose)
    changed = {**AUNT, **shown(form), "relation": "Marraine", "child_ids": str(home.household.children[0].child_id)}
    assert "Marraine" in words(await parent.landing(await parent.done(rose, changed)))
    stale = await parent.submit(rose, {**changed, "relation": "Voisine"})
    assert is_refused(stale)
    assert "Enregistré en ce moment" in words(stale)
    assert 'value="Voisine"' in stale.text
    again = shown(await parent.get(rose))
    page = await parent.landing(await parent.done(f"{rose}/fin", {"version": again["version"]}))
    assert "Rose" not in words(page)
    assert (await parent.get(rose)).status_code == 404
    (child,) = home.household.children[:1]
    assert f"Rose {CANARY}, à appeler" in words(await parent.get(f"/mes-enfants/{child.child_id}/consultations"))


async def test_an_agent_enters_who_may_not_collect_and_the_sheet_shows_it(home: Home, town: Town) -> None:
    """On the day, with the decision; not to who may not see the sheet."""
    await named(home)
    desk = await town.agent(Role.FRONT_DESK)
    path = f"/agents/familles/{home.household.household_id}/entourage"
    assert f'href="{path}"' in (await desk.get(f"/agents/familles/{home.household.household_id}/personnes")).text
    await desk.get(f"{path}/nouveau")
    uncle = {"kind": "forbidden", "first_name": "Marc", "last_name": "Brun", "relation": "Oncle"}
    children = [str(child.child_id) for child in home.household.children]
    typed = {**uncle, "child_ids": children, "decision": "JAF 26/00412", "decided_on": "2026-03-03"}
    page = await desk.landing(await desk.done(f"{path}/nouveau", typed))
    assert "JAF 26/00412" in words(page)
    seen = await home.parent.get(PATH)
    assert "Ne doivent pas venir chercher l’enfant" in words(seen)
    assert "Marc BRUN" in words(seen)
    (contact,) = re.findall(rf'href="{path}/([0-9a-f-]{{36}})">[^<]*<span class="visually-hidden"> Marc', page.text)[:1]
    assert (await home.parent.get(f"{PATH}/{contact}")).status_code == 404
    await town.services["booking"].run_job("care_keys")
    await town.settle()
    sheet = words(await (await town.agent(Role.SITE)).get(f"/agents/pointage/{home.slot_id}"))
    assert "Ne doit pas venir chercher l’enfant Marc BRUN (Oncle)" in sheet
    assert f"Rose {CANARY.upper()} (Tante)" in sheet
    assert "Décision JAF" in sheet


async def test_the_page_of_the_family_names_its_people(home: Home) -> None:
    page = await home.parent.get("/ma-famille")
    text = words(page)
    own, other = home.household.adults[:2]
    for part in (
        own.last_name.upper(),
        home.household.address.lines[0],
        home.household.address.postal_code,
        str(own.email),
    ):
        assert part in text
    assert re.search(rf"{other.first_name} {other.last_name.upper()} Co-représentante?\b", text), text
    for child in home.household.children:
        assert child.first_name in text
        assert f'href="/mes-enfants/{child.child_id}"' in page.text
    assert str(other.email) not in text, "how the other adult is reached is theirs to see"
    assert 'href="/ma-famille"' in (await home.parent.get("/mon-accueil")).text


async def test_who_answers_for_no_child_is_no_co_representative(home: Home, town: Town) -> None:
    """A stepfather, a grandmother: on the page of the home and on the family's."""
    family, household = town.services["family"], home.household
    other = household.adults[1]
    for path in ("/mon-accueil", "/ma-famille"):
        assert "co-représentant" in words(await home.parent.get(path)).lower()
    body = {"role": "guardian", "ends_on": str(await family.db.today() - timedelta(days=1))}
    for child in household.children:
        url = f"/children/{child.child_id}/responsibilities/{other.adult_id}/end"
        answer = await family.client.post(url, json=body, headers=family.as_agent(Role.FRONT_DESK))
        assert answer.status_code == 200, answer.text
    for path in ("/mon-accueil", "/ma-famille"):
        page = words(await home.parent.get(path))
        assert other.first_name in page
        assert "co-représentant" not in page.lower()


async def test_a_picture_of_who_may_collect_is_seen_on_the_sheet_and_deleted(home: Home, town: Town) -> None:
    """Small, beside the name, kept nowhere by a browser; a file that is none takes nothing of the page away."""
    parent, rose = home.parent, await named(home, kind="pickup")

    async def sent(content: bytes) -> httpx2.Response:
        await parent.get(rose)
        form, parts = {"csrf_token": parent.form_token}, [("photo", ("rose.jpg", content))]
        answer = await parent.http.post(f"{rose}/photo", data=form, files=parts, headers={"Origin": parent.origin})
        return await parent.landing(answer)

    refused = await sent(b"%PDF-1.7 none")
    assert is_refused(refused)
    assert "il faut ici une photo" in words(refused)
    assert f'value="{CANARY}"' in refused.text
    page = await sent(jpeg(600, 800))
    assert "La photo est enregistrée" in words(page)
    assert f'src="{rose}/photo"' in page.text
    picture = await parent.get(f"{rose}/photo")
    assert (picture.headers["content-type"], picture.headers["cache-control"]) == ("image/jpeg", "no-store")
    assert "sandbox" in picture.headers["content-security-policy"]
    assert f'src="{rose}/photo"' in (await parent.get(PATH)).text
    await home.settle()
    site = await town.agent(Role.SITE)
    (address,) = re.findall(
        r'src="(/agents/pointage/[^"]+/photos/[^"]+)"', (await site.get(f"/agents/pointage/{home.slot_id}")).text
    )
    shown_there = await site.get(address)
    assert (shown_there.content, shown_there.headers["cache-control"]) == (picture.content, "no-store")
    assert (await (await town.agent(Role.FINANCE)).get(address)).status_code in (403, 404)
    page = await parent.landing(await parent.done(f"{rose}/photo/suppression"))
    assert "La photo est supprimée" in words(page)
    assert (await parent.get(f"{rose}/photo")).status_code == 404
    await home.settle()
    assert (await site.get(address)).status_code == 404
    looks = words(await parent.get(f"{home.path}/consultations"))
    assert "Photo d’une personne de l’entourage supprimée" in looks
