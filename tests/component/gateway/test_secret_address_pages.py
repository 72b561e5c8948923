"""An address that is secret from the start, in the forms that open files."""

import httpx2
import pytest

from tests.component.gateway.browser import is_refused, words
from tests.component.gateway.test_agent_pages import NEW_FAMILY, family_form, field_errors
from tests.component.gateway.test_lifecycle_pages import previewed, wish, with_partner
from tests.component.gateway.test_registration_pages import PAGE, QUEUE, asked, request_form, request_of
from tests.component.gateway.test_registration_pages import town as town  # the town of the guide S2
from tests.component.gateway.town import Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

STREET = "7 impasse du Phare-Perdu"
WHY = "TJ de Caen, 26/00043"
BADGE = "Adresse protégée"


def is_hidden(page: httpx2.Response) -> bool:
    """Whether a page says that an address is protected, and neither which nor why."""
    return BADGE in words(page) and STREET not in page.text and WHY not in page.text


async def test_the_desk_opens_a_file_with_one(town: Town) -> None:
    """Also an agent who may protect no address: what is typed again after a refusal is all there, in a part that stands open."""
    desk = await town.agent(Role.FRONT_DESK)
    await desk.get(NEW_FAMILY)
    form = family_form(address__street=STREET, secret_reason=WHY)
    refused = await desk.submit(NEW_FAMILY, form | {"secret_reason": "x" * 301})
    assert is_refused(refused)
    assert field_errors(refused) == {"secret_reason"}
    assert "<details open" in refused.text
    page = await desk.landing(await desk.done(NEW_FAMILY, form))
    assert is_hidden(page)
    listed = await desk.get(f"/agents/familles?recherche={form['guardian.last_name']}")
    assert is_hidden(listed)


async def test_a_split_that_keeps_one(town: Town) -> None:
    _, household = await town.parent(children=2)
    household = await with_partner(town, household)
    desk = await town.agent(Role.FRONT_DESK)
    path = f"/agents/familles/{household.household_id}/partage"
    today = str(await town.services["family"].db.today())
    changes = {"address.street": STREET, "secret_reason": WHY, "from_on": today}
    fields = wish(household, 1, **changes)
    confirmed = await previewed(desk, path, fields)
    assert BADGE in words(await desk.submit(path, fields))
    page = await desk.landing(await desk.done(f"{path}/confirmation", confirmed))
    assert is_hidden(page)


async def test_somebody_without_an_account_asks_for_a_space_with_one(town: Town) -> None:
    """No agent reads it on the way, and the file never says it."""
    form = request_form(address__street=STREET, secret_reason=WHY)
    assert "Votre demande est partie" in await asked(town, form)
    desk = await town.agent(Role.FRONT_DESK)
    path = await request_of(desk, form)
    assert is_hidden(await desk.get(QUEUE))
    assert is_hidden(await desk.get(path))
    page = await desk.landing(await desk.done(f"{path}/decision", {"decision": "accept"}))
    assert is_hidden(page)


async def test_the_public_form_invites_nobody_to_say_more_than_needed(town: Town) -> None:
    visitor = town.browser()
    page = await visitor.get(PAGE)
    assert "Mon adresse doit rester secrète (facultatif)" in words(page)
    assert "<details open" not in page.text.partition("<main")[2]
