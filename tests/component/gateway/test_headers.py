"""What every response tells the browser, whatever went wrong."""

import re
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from litestar.routes import HTTPRoute

from gateway.auth import Sessions
from tests.component.gateway.alone import limited_gateway, visitor
from tests.component.gateway.browser import ORIGIN
from tests.component.gateway.town import Town

pytestmark = pytest.mark.anyio

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/aide", 200),
        ("GET", "/mon-accueil", 401),
        ("GET", "/nowhere", 404),
        ("GET", "/activation/0123456789abcdef", 303),
        ("POST", "/connexion", 403),
        ("PATCH", "/connexion", 405),
        ("GET", "/theme.css", 200),
        ("GET", "/static/css/portal.css", 200),
        ("GET", "/static/css/nowhere.css", 404),
        ("GET", "/health/ready", 200),
        ("GET", "/api/v1/openapi.json", 200),
        ("GET", "/api/v1/household", 401),
        ("GET", "/api/v1/nowhere", 404),
        ("GET", "/schema/openapi.json", 404),
    ],
)
async def test_every_response_has_the_security_headers(town: Town, method: str, path: str, status: int) -> None:
    answer = await town.browser().http.request(method, path)
    assert answer.status_code == status, answer.text
    check_headers(answer)
    assert ("immutable" in answer.headers["cache-control"]) == (
        path.startswith(("/static", "/theme")) and status == 200
    )


def check_headers(answer: httpx2.Response) -> None:
    """What stands on every answer."""
    assert ALWAYS.items() <= dict(answer.headers).items(), answer.url
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "immutable" in answer.headers["cache-control"] or answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers


async def test_every_route_and_every_error_has_them(secrets_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with limited_gateway(secrets_dir, has_rate_limits=False) as app:
        http = visitor(app)
        for route in app.routes:
            path = re.sub(r"\{[^}]+\}", str(uuid4()), route.path)
            for method in sorted(route.methods) if isinstance(route, HTTPRoute) else ():
                check_headers(await http.request(method, path, headers={"Origin": ORIGIN}))
        too_large = await http.post("/connexion", data={"login": "x" * 2_000_000})
        assert (too_large.status_code, too_large.headers["connection"]) == (413, "close")
        check_headers(too_large)

        async def break_down(_self: Sessions, _request: object) -> None:
            raise RuntimeError

        monkeypatch.setattr(Sessions, "visitor", break_down)
        for path in ("/aide", "/api/v1/household"):
            broken = await http.get(path)
            assert broken.status_code == 500
            check_headers(broken)
    async with limited_gateway(secrets_dir) as app:
        for path in ("/nowhere", "/api/v1/nowhere"):
            answers = [await visitor(app).get(path) for _ in range(21)]
            assert answers[-1].status_code == 429
            check_headers(answers[-1])


async def test_no_page_of_a_visitor_runs_an_inline_script_or_style(town: Town) -> None:
    parent, _ = await town.parent()
    for path in ("/", "/mon-accueil", "/inscriptions/nouvelle", "/calendrier", "/activites"):
        page = await parent.get(path)
        assert page.status_code == 200, path
        assert "<style" not in page.text
        assert " style=" not in page.text
        assert " onclick=" not in page.text
        assert "<script>" not in page.text


async def test_unknown_address_is_a_page_for_people_and_a_problem_for_applications(town: Town) -> None:
    browser = town.browser()
    page, problem = await browser.get("/nowhere"), await browser.get("/api/v1/nowhere")
    assert page.headers["content-type"].startswith("text/html")
    assert "Cette page n’existe pas" in page.text
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["code"] == "not_found"
