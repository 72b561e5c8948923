"""What the portal leaves behind: nobody is named in a log or a fact topic, and one trace leads from a browser to its mail."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from contracts.registry import TOPICS
from contracts.topic import TopicKind
from deploy.local.stack import Stack
from tests.e2e.browser import open_page
from tests.e2e.topics import read_topics
from tests.e2e.walk import MAIL_SECONDS, press
from tools.mailbox import credentials_of, wait_for_mail

LOGIN, PASSWORD = "famille.testeur", "tilleuls-lina-4"
EMAIL = "antoine.testeur@example.org"
CANARIES = ("testeur", "okafor", "ngozi", "lina", "tilleuls", "06 00 00 00", "example.org", "2018-04-12")
SERVERS = ("postgres", "kafka")
PROCESSES = 8


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


def test_logs_and_fact_topics_name_nobody(walked: Stack) -> None:
    welcome = wait_for_mail(walked.url("mail"), EMAIL, MAIL_SECONDS, "Votre espace personnel")
    secrets = credentials_of(welcome["text"])
    canaries = [*CANARIES, secrets.password.lower(), secrets.token.lower()]
    logs = {log.name: log.read_text().lower() for log in walked.logs.glob("*.log") if log.stem not in SERVERS}
    assert len(logs) == PROCESSES
    names = [walked.plan.prefix + topic.name for topic in TOPICS if topic.kind is not TopicKind.STATE]
    records = read_topics(walked.bootstrap, names)
    assert "booking.booking_confirmed.v1" in records[f"{walked.plan.prefix}booking.bookings"]
    places = logs | {name: text.lower() for name, text in records.items()}
    assert [(name, word) for name, text in places.items() for word in canaries if word in text] == []


def test_the_search_finds_people_where_they_may_be(walked: Stack) -> None:
    (text,) = read_topics(walked.bootstrap, [f"{walked.plan.prefix}family.households"]).values()
    assert all(word in text.lower() for word in CANARIES)


def test_one_trace_leads_from_the_browser_to_the_mail(walked: Stack) -> None:
    booked = {line["trace_id"] for line in _lines(walked, "gateway") if line.get("route") == "/calendrier"}
    mailed = [
        line["trace_id"] for line in _lines(walked, "notifications") if line.get("template") == "basket_confirmed"
    ]
    assert mailed
    assert set(mailed) <= booked


def _lines(stack: Stack, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (stack.logs / f"{name}.log").read_text().splitlines() if line.startswith("{")]
