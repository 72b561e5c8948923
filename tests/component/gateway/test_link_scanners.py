"""Mail filters, previews and prefetching browsers open the links of mails before the person does: whatever they do, they use none up, and what
presses every button like a person keeps nobody out."""

import re
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urljoin

import httpx2
import pytest

from tests.component.gateway.browser import ORIGIN, Browser, hidden, is_refused, words
from tests.component.gateway.test_own_email import PAGE, mailed
from tests.component.gateway.town import PASSWORD, Town

pytestmark = pytest.mark.anyio

Link = Callable[[Town], Awaitable[str]]
DONE: Final = {"/activation": "Vous pouvez maintenant vous connecter", "/adresse": "La nouvelle adresse est confirmée"}
PREFETCH: Final = (
    {"Sec-Purpose": "prefetch"},
    {"Purpose": "prefetch"},
    {"X-Moz": "prefetch"},
    {"Sec-Purpose": "prefetch;prerender"},
)
FOREIGN: Final = (
    {},
    {"Origin": "null"},
    {"Origin": "https://filtre.example"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site"},
)


async def invitation(town: Town) -> str:
    """The link of a welcome mail."""
    _, credential = await town.household()
    return f"/activation/{credential.activation_token}"


async def forgotten_password(town: Town) -> str:
    """The link of a mail for a forgotten password."""
    _, household = await town.parent()
    visitor = town.browser()
    await visitor.get("/mot-de-passe-oublie")
    await visitor.done("/mot-de-passe-oublie", {"email": str(household.adults[0].email)})
    await town.settle()
    return f"/activation/{(await town.credential()).activation_token}"


async def new_address(town: Town) -> str:
    """The link that confirms another address."""
    parent, household = await town.parent()
    await parent.get(PAGE)
    await parent.submit(PAGE, {"email": f"neuf-{household.adults[0].email}"})
    return f"/adresse/{(await mailed(town)).token}"


async def pressed(browser: Browser, link: str) -> httpx2.Response:
    """What somebody sees who opens a link and presses its button."""
    page = await browser.landing(await browser.get(link))
    if is_refused(page):
        return page
    return await browser.submit(str(page.url.path), {"link": hidden(page, "link")})


@pytest.mark.parametrize("ask", [invitation, forgotten_password, new_address])
async def test_opening_a_link_in_any_way_uses_nothing_up(town: Town, ask: Link) -> None:
    link = await ask(town)
    landing = "/" + link.split("/")[1]
    for _ in range(3):
        await town.browser().get(link)
    for headers in PREFETCH:
        scanner = town.browser()
        await scanner.landing(await scanner.get(link, headers=headers))
        await scanner.get(landing, headers=headers)
    for method in ("HEAD", "OPTIONS", "PUT", "DELETE", "POST"):
        async with town.browser().http as scanner:
            answer = await scanner.request(method, link, headers={"Origin": ORIGIN})
            assert answer.status_code < 500, method
            await scanner.request("HEAD", landing)
    assert DONE[landing] in words(await pressed(town.browser(), link))


@pytest.mark.parametrize("ask", [invitation, forgotten_password, new_address])
async def test_a_form_that_is_posted_from_no_page_of_ours_uses_nothing_up(town: Town, ask: Link) -> None:
    """A filter that posts the forms it finds, with the cookies of the page or without."""
    link = await ask(town)
    for has_cookies in (True, False):
        for headers in FOREIGN:
            scanner = town.browser()
            page = await scanner.landing(await scanner.get(link))
            forms = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]+)"', page.text)
            assert forms, words(page)
            sender = scanner if has_cookies else town.browser()
            for action in forms:
                fields = {"link": hidden(page, "link"), "csrf_token": scanner.form_token}
                answer = await sender.http.post(urljoin(str(page.url), action), data=fields, headers=headers)
                assert answer.status_code == 403, (action, headers)
    # A form that comes as from our own page, but without the cookie of the link, knows no link.
    page = await (scanner := town.browser()).landing(await scanner.get(link))
    stranger = town.browser()
    await stranger.post(str(page.url.path), {"link": hidden(page, "link")})
    assert DONE[str(page.url.path)] in words(await pressed(town.browser(), link))


async def test_a_filter_that_acts_like_a_whole_browser_keeps_nobody_out_of_their_space(town: Town) -> None:
    """It opens the link, runs the page and presses its button: the person is told, and gets in with what the same mail says."""
    for ask in (invitation, forgotten_password):
        link = await ask(town)
        assert DONE["/activation"] in words(await pressed(town.browser(), link))
        person = town.browser()
        shown = await pressed(person, link)
        assert is_refused(shown)
        assert "Votre espace est déjà ouvert" in words(shown)
        credential = await town.credential()
        await town.signed_in(credential.username, credential.temporary_password)


async def test_a_filter_that_confirms_an_address_does_what_was_asked_for(town: Town) -> None:
    link = await new_address(town)
    address = (await mailed(town)).email
    assert DONE["/adresse"] in words(await pressed(town.browser(), link))
    await town.settle()
    assert is_refused(await pressed(town.browser(), link))
    assert address in words(await (await town.signed_in(address, PASSWORD)).get(PAGE))
