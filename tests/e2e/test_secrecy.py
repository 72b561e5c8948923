"""What the portal leaves behind: nobody is named and no secret stands in a log, a trace, a metric, a fact topic or a dead letter;
and one trace leads from a browser to its mail."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import httpx2
import pytest
from playwright.sync_api import Browser, expect

from contracts.event import Envelope
from contracts.family.events import HouseholdState
from contracts.registry import TOPICS
from contracts.topic import TopicKind
from contracts.types import SERVICES
from deploy.local.stack import Stack
from tests.e2e.browser import open_page
from tests.e2e.canaries import MARK, Canary, found_in
from tests.e2e.spans import SpanCollector
from tests.e2e.topics import in_thread, publish, read_topics
from tests.e2e.walk import MAIL_SECONDS, press
from tests.support.polling import eventually
from tools.mailbox import wait_for_mail

LOGIN, PASSWORD = "famille.testeur", "tilleuls-lina-4"
EMAIL = "antoine.testeur@example.org"
SEEDED = ("testeur", "okafor", "ngozi", "tilleuls", "+336000000", "example.org", "2018-04-12")
SERVERS = ("postgres", "kafka")
PROCESSES = 11  # five services, the gateway, four simulators, and the process that forks them
READERS = ("identity", "booking", "billing", "notifications")
SETTLE_SECONDS = 30.0


@pytest.fixture(scope="module")
def walked(stack: Stack, browser: Browser) -> Stack:
    """The stack, after the demonstration family booked a day and was told by mail."""
    page = open_page(browser)
    page.goto(f"{stack.portal_url}/connexion")
    page.fill("[name=login]", LOGIN)
    page.fill("[name=password]", PASSWORD)
    press(page, "Connexion")
    page.goto(f"{stack.portal_url}/calendrier")
    page.locator(".cell[data-state=bookable] input[type=checkbox]").first.check()
    expect(page.locator("[data-basket] li")).to_have_count(1)
    press(page, "Valider")
    expect(page.locator(".alert.success")).to_contain_text("confirmées")
    wait_for_mail(stack.url("mail"), EMAIL, MAIL_SECONDS, "Réservation confirmée")
    page.context.close()
    return stack


@pytest.fixture(scope="module")
def canary(walked: Stack, town_now: datetime) -> Canary:
    """A family that did all a family does, and whose file was then published once more, spoiled."""
    family = Canary(walked, town_now.date())
    family.live()
    poison(walked, family)
    return family


def poison(stack: Stack, family: Canary) -> None:
    """A state of the household that nobody can read, although it is full of people; wait until every reader put it aside."""
    topic = f"{stack.plan.prefix}{HouseholdState.topic}"
    envelope = Envelope(
        event_id=uuid4(),
        event_type=HouseholdState.event_type,
        source="/test",
        topic=topic,
        key=str(family.household_id),
        sequence=99,
        time=datetime.now(UTC),
        payload=json.dumps({"household_id": MARK, "adults": [{"last_name": family.last_name}, family.email]}).encode(),
    )
    publish(stack.bootstrap, envelope)
    in_thread(eventually(lambda: _is_put_aside(stack), SETTLE_SECONDS))


async def _is_put_aside(stack: Stack) -> bool:
    return all([await _dead_letters(stack, name) for name in READERS])


async def _dead_letters(stack: Stack, service: str) -> str:
    """What a service keeps of the records that it gave up, as text."""
    connection = await asyncpg.connect(stack.dsn(service))
    try:
        rows: list[str] = [row[0] for row in await connection.fetch("select d::text from dead_letters d")]
    finally:
        await connection.close()
    return "\n".join(rows)


def places_of(stack: Stack, spans: SpanCollector) -> dict[str, str]:
    """Everything where nobody may be named, by what it is."""
    logs = {log.name: log.read_text() for log in stack.logs.glob("*.log") if log.stem not in SERVERS}
    assert len(logs) == PROCESSES
    facts = [stack.plan.prefix + topic.name for topic in TOPICS if topic.kind is not TopicKind.STATE]
    records = read_topics(stack.bootstrap, facts)
    assert "booking.booking_confirmed.v1" in records[f"{stack.plan.prefix}booking.bookings"]
    measured = {name: stack.url(name) for name in SERVICES} | {"gateway": stack.url("metrics")}
    metrics = {f"metrics of {name}": httpx2.get(f"{address}/metrics").text for name, address in measured.items()}
    assert all("http_request_seconds" in text for text in metrics.values())
    letters = {f"dead letters of {name}": in_thread(_dead_letters(stack, name)) for name in READERS}
    assert all(name in spans.text for name in ("POST /households", f"consume {HouseholdState.event_type}"))
    return logs | records | metrics | letters | {"spans": spans.text}


def secrets_of(stack: Stack) -> list[str]:
    """What opens the deployment: private keys, the portal's secrets, the passwords of databases."""
    keys = [json.loads(file.read_text())["d"] for file in stack.secrets_dir.glob("*_private.json")]
    passwords = [str(urlsplit(stack.dsn(name)).password) for name in SERVICES]
    texts = [(stack.secrets_dir / name).read_text().strip() for name in ("portal_secret", "export_seal")]
    return [word.lower() for word in (*keys, *texts, *passwords)]


def test_nobody_is_named_and_no_secret_stands_where_many_may_look(
    canary: Canary, span_collector: SpanCollector
) -> None:
    places = places_of(canary.stack, span_collector)
    secrets = secrets_of(canary.stack)
    assert min(len(canary.secrets), len(secrets)) >= 8
    assert list(found_in(places, [*SEEDED, *canary.words, *secrets])) == []


def test_the_search_finds_people_and_secrets_where_they_may_be(canary: Canary) -> None:
    names = [
        f"{canary.stack.plan.prefix}{name}" for name in ("family.households", "family.children", "family.quotients")
    ]
    records = read_topics(canary.stack.bootstrap, names)
    for word in (*SEEDED, canary.last_name, canary.email, "1347691", "2018-02-27", "+33798765432"):
        assert list(found_in(records, [word])), word
    secret = canary.secrets[0]
    assert list(found_in({"log": f'{{"event": "{secret}"}}'}, canary.words)) == [("log", secret.lower())]


def test_one_trace_leads_from_the_browser_to_the_mail(walked: Stack) -> None:
    booked = {line["trace_id"] for line in _lines(walked, "gateway") if line.get("route") == "/calendrier"}
    mailed = [
        line["trace_id"] for line in _lines(walked, "notifications") if line.get("template") == "basket_confirmed"
    ]
    assert mailed
    assert set(mailed) <= booked


def _lines(stack: Stack, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (stack.logs / f"{name}.log").read_text().splitlines() if line.startswith("{")]
