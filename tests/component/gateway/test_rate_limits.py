"""Visitors who ask too often are told so, each by their own address and session; a gateway alone, without any service."""

from pathlib import Path

import httpx2
import pytest
from prometheus_client import REGISTRY

from tests.component.gateway.alone import limited_gateway, visitor
from tests.component.gateway.browser import ORIGIN, words

pytestmark = pytest.mark.anyio


async def passed(http: httpx2.AsyncClient, method: str, path: str, count: int = 40) -> int:
    """How many of some requests in a row were not refused."""
    answers = [await http.request(method, ORIGIN + path, headers={"Origin": ORIGIN}) for _ in range(count)]
    return sum(answer.status_code != 429 for answer in answers)


async def test_pages_are_limited_by_address_whatever_the_address_asked_for(secrets_dir: Path) -> None:
    async with limited_gateway(secrets_dir) as app:
        assert await passed(visitor(app), "GET", "/aide") == 20
        assert await passed(visitor(app), "GET", "/nowhere") == 0
        assert await passed(visitor(app, "192.0.2.2"), "GET", "/nowhere") == 20
        assert await passed(visitor(app), "GET", "/health/ready") == 40, "whoever watches the process is not a visitor"


async def test_an_ipv6_site_counts_as_one_visitor(secrets_dir: Path) -> None:
    async with limited_gateway(secrets_dir) as app:
        assert await passed(visitor(app, "2001:db8:1:2::1"), "GET", "/aide", 20) == 20
        assert await passed(visitor(app, "2001:db8:1:2:ffff::9"), "GET", "/aide") == 0
        assert await passed(visitor(app, "2001:db8:1:3::1"), "GET", "/aide") == 20


async def test_a_session_is_limited_wherever_it_comes_from(secrets_dir: Path) -> None:
    async with limited_gateway(secrets_dir) as app:
        cookies = {"Cookie": "__Host-session=first"}
        assert await passed(visitor(app, **cookies), "GET", "/aide") == 8
        assert await passed(visitor(app, "192.0.2.2", **cookies), "GET", "/aide") == 0
        assert await passed(visitor(app, "192.0.2.3", **cookies), "GET", "/static/css/portal.css", 5) == 5
        assert await passed(visitor(app, "192.0.2.3", Cookie="__Host-session=other"), "GET", "/aide") == 8
        bearer = {"Authorization": "Bearer application"}
        assert await passed(visitor(app, "192.0.2.4", **bearer), "GET", "/api/v1/openapi.json") == 4
        assert await passed(visitor(app, "192.0.2.5", **bearer), "GET", "/api/v1/openapi.json") == 0


@pytest.mark.parametrize(
    "path",
    [
        "/connexion",
        "/connexion/",
        "//connexion",
        "/activation",
        "/premiere-connexion/identifiants",
        "/confirmer/application",
        "/mes-cles-d-acces/5f3c1e9e-0000-4000-8000-000000000000",
        "/api/v1/sessions",
        "/api/v1/me/step-up",
    ],
)
async def test_whatever_takes_a_secret_is_limited_the_most(secrets_dir: Path, path: str) -> None:
    async with limited_gateway(secrets_dir) as app:
        assert await passed(visitor(app), "POST", path) == 3
        assert await passed(visitor(app), "GET", "/connexion", 10) == 10, "the form itself may be looked at"


async def test_refusal_says_what_to_do(secrets_dir: Path) -> None:
    async with limited_gateway(secrets_dir) as app:
        http = visitor(app)
        await passed(http, "GET", "/aide")
        await passed(http, "GET", "/api/v1/openapi.json")
        page, problem = await http.get("/aide"), await http.get("/api/v1/household")
        assert (page.status_code, problem.status_code) == (429, 429)
        assert page.headers["content-type"].startswith("text/html")
        assert "Attendez une minute, puis rechargez la page" in words(page)
        assert 'href="/aide">Réessayer</a>' in page.text
        elsewhere = await http.get(f"{ORIGIN}//ailleurs.example/aide")
        assert (elsewhere.status_code, "Réessayer" in elsewhere.text) == (429, False), "no link to another site"
        assert problem.headers["content-type"] == "application/problem+json"
        assert problem.json()["code"] == "too_many_requests"
        assert 1 <= int(page.headers["retry-after"]) <= 3
        assert int(problem.headers["retry-after"]) == problem.json()["params"]["retry_after_seconds"] <= 10
        assert page.headers["x-content-type-options"] == problem.headers["x-content-type-options"] == "nosniff"


async def test_refused_and_unknown_requests_are_counted_and_metrics_are_not_for_visitors(secrets_dir: Path) -> None:
    def count(method: str, status: str) -> float:
        labels = {"service": "gateway", "method": method, "route": "unmatched", "status": status}
        return REGISTRY.get_sample_value("http_request_seconds_count", labels) or 0.0

    async with limited_gateway(secrets_dir) as app:
        unknown, refused = count("GET", "404"), count("GET", "429")
        assert await passed(visitor(app), "GET", "/nowhere", 21) == 20
        assert (count("GET", "404") - unknown, count("GET", "429") - refused) == (20, 1)
        assert (await visitor(app, "192.0.2.2").get("/metrics")).status_code == 404


async def test_limits_can_be_left_to_others(secrets_dir: Path) -> None:
    async with limited_gateway(secrets_dir, has_rate_limits=False) as app:
        assert await passed(visitor(app), "GET", "/aide") == 40
