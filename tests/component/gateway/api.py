"""An application that uses the public API with a session of its own."""

from typing import Any
from uuid import uuid4

import httpx2

from contracts.family.models import Household
from tests.component.gateway.browser import Browser
from tests.component.gateway.town import Town


class Application:
    """Speaks JSON to `/api/v1` with a bearer token, and no cookie."""

    def __init__(self, http: httpx2.AsyncClient, token: str = "") -> None:
        self._http = http
        self.token = token

    async def get(self, path: str, **query: Any) -> Any:
        """The JSON of an answer that is right."""
        answer = await self.send("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any = None, *, key: str | None = None, status: int = 201) -> Any:
        """Send a body with an idempotency key, and read the answer that has the status."""
        answer = await self.send("POST", path, json=body or {}, headers={"Idempotency-Key": key or str(uuid4())})
        assert answer.status_code == status, answer.text
        return answer.json()

    async def refused(self, method: str, path: str, **options: Any) -> tuple[int, str]:
        """The status and the code of a refusal."""
        answer = await self.send(method, path, **options)
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        return answer.status_code, answer.json()["code"]

    async def send(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """The answer to a request."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return await self._http.request(
            method, f"/api/v1{path}", **{**options, "headers": {**headers, **options.get("headers", {})}}
        )


def application_of(browser: Browser, other: Browser) -> Application:
    """An application with the session of one browser, and the cookies of another."""
    return Application(other.http, browser.session_token)


async def parent_application(town: Town) -> tuple[Application, Household]:
    """An application of a parent whose first steps are done."""
    browser, household = await town.parent()
    return application_of(browser, town.browser()), household
