"""A payer on the provider's three screens, as a browser without scripts: every link and form is taken from the page."""

import httpx2
from lxml import html

CARD = {"number": "5017 6740 0000 0002", "expiry": "09/39", "cryptogram": "123"}


class Payer:
    """One page at a time: follows the links and submits the forms that the page really has."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self._http = http
        self.answer = httpx2.Response(204)

    async def open(self, address: str) -> None:
        self.answer = await self._http.get(address, follow_redirects=False)
        await self._follow()

    async def submit(self, action: str, **typed: str) -> None:
        """Submit the form of this action, with its hidden fields, and what is typed or chosen."""
        form = next(form for form in self.page.forms if form.get("action") == action)
        known = {name: value for name, value in form.form_values() if name not in typed}
        assert set(typed) <= {field.get("name") for field in form.iterfind(".//*[@name]")}, html.tostring(form)
        fields = {**known, **typed}
        is_post = form.get("method") == "post"
        self.answer = await (self._http.post(action, data=fields) if is_post else self._http.get(action, params=fields))
        await self._follow()

    async def _follow(self) -> None:
        """Follow redirects inside the provider's site; one to the town stays as it is."""
        while self.answer.is_redirect and self.answer.headers["location"].startswith("/"):
            self.answer = await self._http.get(self.answer.headers["location"])

    @property
    def page(self) -> html.HtmlElement:
        return html.fromstring(self.answer.text)

    @property
    def title(self) -> str:
        return str(self.page.findtext(".//h1"))

    @property
    def facts(self) -> dict[str, str]:
        """The terms and values of the page's list."""
        return {str(row.findtext("dt")): str(row.findtext("dd")) for row in self.page.iterfind(".//dl/div")}

    async def pay(self, means: str, account: dict[str, str]) -> None:
        """From the first screen to the result."""
        await self.submit("/tpa/moyen.web")
        await self.submit("/tpa/coordonnees.web", moyen=means)
        await self.submit("/tpa/coordonnees.web", **account)
        await self.submit("/tpa/authentification.web", choice="confirm")
