"""A visitor's browser, as tests of pages need it: cookies, form tokens, redirects, and what a page says."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any, Final

import httpx2

ORIGIN: Final = "https://portail.valmont.example"


class Browser:
    """A visitor's browser: it keeps cookies, and the form token of the page it looks at. `username` signed in first.

    `base_url` is secure, since cookies are; `origin` is what the portal takes for its own.
    """

    def __init__(self, transport: httpx2.AsyncBaseTransport, base_url: str = ORIGIN, origin: str = ORIGIN) -> None:
        self.http = httpx2.AsyncClient(transport=transport, base_url=base_url, timeout=20)
        self.origin = origin
        self.form_token = ""
        self.username = ""

    @property
    def session_token(self) -> str:
        """The value of the session cookie."""
        return self.http.cookies["__Host-session"]

    async def get(self, path: str, **options: Any) -> httpx2.Response:
        """Open a page, without following where it leads."""
        return self._seen(await self.http.get(path, **options))

    async def post(
        self, path: str, fields: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        """Send a form of the page that is open; `headers` replace those of a browser."""
        body = {"csrf_token": self.form_token, **(fields or {})}
        return self._seen(await self.http.post(path, data=body, headers=headers or {"Origin": self.origin}))

    async def submit(self, path: str, fields: Mapping[str, Any] | None = None) -> httpx2.Response:
        """Press a button of the page that is open: a form is answered by leading to a page, which can be opened again."""
        answer = await self.post(path, fields)
        assert answer.status_code == 303, words(answer)
        return await self.landing(answer)

    async def done(self, path: str, fields: Mapping[str, Any] | None = None) -> httpx2.Response:
        """Press a button that does what it says: the answer, which leads to another page than the form's, refused."""
        answer = await self.post(path, fields)
        assert answer.status_code == 303, words(answer)
        assert "saisie=" not in answer.headers["location"], words(await self.landing(answer))
        return answer

    async def landing(self, response: httpx2.Response) -> httpx2.Response:
        """The page at the end of the redirects."""
        while response.status_code == 303:
            response = await self.get(response.headers["location"])
        return response

    def _seen(self, response: httpx2.Response) -> httpx2.Response:
        if match := re.search(r'name="csrf_token" value="([^"]+)"', response.text):
            self.form_token = match[1]
        return response


def hidden(page: httpx2.Response, name: str) -> str:
    """The value of a hidden field of a page."""
    match = re.search(rf'<input type="hidden" name="{re.escape(name)}" value="([^"]*)"', page.text)
    assert match, f"no hidden field {name} on {page.url}"
    return unescape(match[1])


def is_refused(page: httpx2.Response) -> bool:
    """Whether a page says, in its title too, that a form was refused."""
    return page.status_code == 200 and "<title>Erreur" in page.text and 'class="alert error"' in page.text


def words(page: httpx2.Response) -> str:
    """What a page says, without its markup, in one line; a hyphen at which no line breaks is read as any other."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).replace("\u2011", "-").split())


def shown_on(page: httpx2.Response) -> dict[str, str]:
    """What a browser would send of a sheet of a day on which nobody changed anything."""
    hidden = dict(re.findall(r'name="((?:seen|arrived|left)\.[^"]+)" value="([^"]*)"', page.text))
    return hidden | dict(re.findall(r'name="(mark\.[^"]+)" value="([^"]+)" checked', page.text))
