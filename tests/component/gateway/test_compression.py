"""What is sent compressed, to whoever can read it, and what describes a public page to those who look for it."""

import gzip
import re

import pytest

from tests.component.gateway.browser import Browser
from tests.component.gateway.town import Town
from tests.support.public_pages import PUBLIC_PAGES
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

# What another request gets anew: form tokens and idempotency keys.
FRESH = re.compile(r'(?<=value=")[\w-]{36,}(?=")')
TOKEN = re.compile(r'(?<=name="csrf_token" value=")[^"]+')
DESCRIPTION = re.compile(r'<meta name="description" content="([^"]+)">')


async def sent(browser: Browser, path: str, encoding: str) -> tuple[dict[str, str], bytes]:
    """The headers, and the bytes as they travel."""
    async with browser.http.stream("GET", path, headers={"Accept-Encoding": encoding}) as answer:
        return dict(answer.headers), b"".join([part async for part in answer.aiter_raw()])


@pytest.mark.parametrize("path", ["/", "/aide", "/mon-accueil", "/agents", "/agents/familles/nouvelle"])
async def test_pages_are_compressed_for_whoever_asks(town: Town, path: str) -> None:
    agent = await town.agent(Role.FRONT_DESK)
    headers, body = await sent(agent, path, "gzip, deflate, br")
    assert headers["content-encoding"] == "gzip"
    assert "accept-encoding" in headers["vary"].lower()
    assert int(headers["content-length"]) == len(body)
    plain_headers, plain = await sent(agent, path, "identity")
    assert "content-encoding" not in plain_headers
    assert FRESH.sub("", gzip.decompress(body).decode()) == FRESH.sub("", plain.decode())
    assert len(body) < len(plain) / 2


async def test_the_secret_of_a_compressed_page_is_another_text_each_time(town: Town) -> None:
    agent = await town.agent(Role.FRONT_DESK)
    pages = [gzip.decompress((await sent(agent, "/agents", "gzip"))[1]).decode() for _ in range(4)]
    tokens = [set(TOKEN.findall(page)) for page in pages]
    assert all(len(page_tokens) == 1 for page_tokens in tokens)
    parts = [
        {token[start : start + 6] for token in page_tokens for start in range(len(token) - 5)} for page_tokens in tokens
    ]
    assert all(not left & right for index, left in enumerate(parts) for right in parts[:index])


async def test_what_is_compressed_already_is_sent_as_it_is(town: Town) -> None:
    headers, body = await sent(town.browser(), "/static/fonts/texte.woff2", "gzip")
    assert "content-encoding" not in headers
    assert headers["content-type"] == "font/woff2"
    assert body.startswith(b"wOF2")
    headers, _ = await sent(town.browser(), "/static/css/portal.css", "gzip")
    assert headers["content-encoding"] == "gzip"


async def test_each_public_page_describes_itself_in_one_sentence(town: Town) -> None:
    described = {path: DESCRIPTION.findall((await town.browser().get(path)).text) for path in PUBLIC_PAGES}
    assert {path: len(descriptions) for path, descriptions in described.items()} == dict.fromkeys(PUBLIC_PAGES, 1)
    sentences = [descriptions[0] for descriptions in described.values()]
    assert all(40 <= len(sentence) <= 165 for sentence in sentences), sentences
    assert len(set(sentences)) > len(sentences) / 2


async def test_a_private_page_describes_itself_to_nobody(town: Town) -> None:
    agent = await town.agent(Role.FRONT_DESK)
    assert not DESCRIPTION.findall((await agent.get("/agents")).text)
