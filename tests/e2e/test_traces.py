"""One trace leads from an agent's click through the gateway to every service that learns of it, and says nothing of anybody."""

from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from deploy.local.child import wait_until
from deploy.local.stack import Stack
from deploy.local.trace_pages import SpanRow, trace_page, walk
from deploy.local.traces import Collection, decode
from tests.e2e.spans import SpanCollector
from tests.e2e.walk import fill_household, press, start_walk

SPANS_SECONDS = 60
PARTS = {"gateway", "family", "identity", "booking", "billing", "notifications"}
ATTRIBUTES = {"http.response.status_code"}
OPENED = "POST /agents/familles/nouvelle"
CONSUMED = "consume family.household_state.v1"


@pytest.fixture(scope="module")
def family(stack: Stack, browser: Browser, town_now: datetime) -> str:
    """The name of a family whose file an agent opened in a browser."""
    walk = start_walk(stack, browser, town_now, is_scripted=True)
    page = walk.open("agent", "/agents/familles/nouvelle")
    fill_household(page, walk)
    press(page, "Créer le dossier")
    expect(page.locator("h1")).to_contain_text(walk.family, ignore_case=True)
    walk.mail("Votre espace personnel")
    walk.close()
    return walk.family


def test_one_trace_leads_from_the_browser_to_the_last_consumer(
    family: str, span_collector: SpanCollector, tmp_path: Path
) -> None:
    openings: list[tuple[str, list[SpanRow]]] = []

    def is_whole() -> bool:
        openings[:] = [(trace_id, spans) for trace_id, spans in traces(span_collector, tmp_path) if opens_a_file(spans)]
        return any({span.service for span in spans} >= PARTS for _, spans in openings)

    assert wait_until(is_whole, SPANS_SECONDS), openings
    (trace_id, spans) = openings[0]
    (root, *_) = [span for depth, span in walk(spans) if depth == 0]
    assert (root.service, root.name) == ("gateway", OPENED)
    consumers = {span.service for span in spans if span.name == CONSUMED}
    assert consumers == {"identity", "booking", "billing", "notifications"}
    page = trace_page(trace_id, spans)
    assert all(service in page for service in PARTS)
    assert family.lower() not in page.lower()


def test_spans_hold_what_is_on_the_list_and_nothing_else(
    family: str, span_collector: SpanCollector, tmp_path: Path
) -> None:
    keys = {key for _, spans in traces(span_collector, tmp_path) for span in spans for key in span.attributes}
    assert keys == ATTRIBUTES
    assert family.lower() not in span_collector.text.lower()


def traces(collector: SpanCollector, folder: Path) -> list[tuple[str, list[SpanRow]]]:
    """Everything exported so far, as the local collector would show it."""
    collection = Collection(folder / "traces.jsonl")
    for body in list(collector.exported):
        collection.add(decode(body, "application/x-protobuf"))
    return collection.newest(with_jobs=False)


def opens_a_file(spans: list[SpanRow]) -> bool:
    """Whether a trace is the one of the agent's form."""
    return any(span.name == OPENED for span in spans)
