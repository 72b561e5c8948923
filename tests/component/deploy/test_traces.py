"""The local collector of traces: it keeps what processes export as OTLP JSON lines, and shows each trace as a waterfall."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.processes import RunningProcess, run_python, running_process

pytestmark = pytest.mark.anyio

SECRET_TEXT = "Violette Lemercier"
TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"

# What services do, in a few lines: a request that continues a trace, a call within it, and a job that breaks.
EXPORTING = f"""
from chassis.telemetry import configure, span
configure("booking", "json")
with span("POST /bookings", carrier={{"traceparent": "00-{TRACE_ID}-00f067aa0ba902b7-01"}}) as request:
    request.set_attribute("http.response.status_code", 201)
    with span("GET billing"):
        pass
with span("job send"):
    pass
with span("job break"):
    raise LookupError("{SECRET_TEXT}")
"""


@pytest.fixture
async def collector(tmp_path: Path) -> AsyncIterator[RunningProcess]:
    async with running_process("deploy.local.traces", tmp_path / "log", {"STATE_DIR": str(tmp_path)}) as running:
        yield running


async def test_exported_spans_are_kept_as_otlp_json_and_shown(collector: RunningProcess, tmp_path: Path) -> None:
    endpoint = str(collector.client.base_url).rstrip("/")
    code, _ = await run_python({"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}, "-c", EXPORTING)
    assert code == 1

    traces = (await collector.client.get("/api/traces")).json()
    assert (len(traces), traces[TRACE_ID]) == (2, 2)  # the job that just ended is left out
    assert len((await collector.client.get("/api/traces?jobs=1")).json()) == 3
    request, call = (await collector.client.get(f"/api/traces/{TRACE_ID}")).json()
    assert (request["service"], request["name"], call["name"]) == ("booking", "POST /bookings", "GET billing")
    assert (call["parent_id"], request["attributes"]) == (request["span_id"], {"http.response.status_code": "201"})
    page = (await collector.client.get(f"/traces/{TRACE_ID}")).text
    assert page.index("POST /bookings") < page.index("&emsp;GET billing")
    assert f'href="/traces/{TRACE_ID}"' in (await collector.client.get("/")).text

    text = (tmp_path / "traces.jsonl").read_text()
    assert SECRET_TEXT not in text
    spans = {span["name"]: span for line in text.splitlines() for span in spans_of(json.loads(line))}
    assert spans["POST /bookings"]["traceId"] == TRACE_ID
    assert len(spans["GET billing"]["spanId"]) == 16
    assert spans["job break"]["status"] == {"code": 2, "message": "LookupError"}
    assert "events" not in spans["job break"]


async def test_json_is_received_and_nonsense_is_refused(collector: RunningProcess) -> None:
    span = {
        "traceId": TRACE_ID,
        "spanId": "00f067aa0ba902b7",
        "name": "<b>",
        "startTimeUnixNano": "1",
        "endTimeUnixNano": "9",
    }
    request = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    assert (await collector.client.post("/v1/traces", json=request)).status_code == 200
    assert "&lt;b&gt;" in (await collector.client.get("/")).text
    for body in (b"\xff\xff nonsense", b""):
        headers = {"Content-Type": "application/x-protobuf" if body else "application/json"}
        assert (await collector.client.post("/v1/traces", content=body, headers=headers)).status_code == 400
    assert await collector.status("/traces/unknown") == 404


def spans_of(request: dict[str, Any]) -> list[dict[str, Any]]:
    """The spans of one line of the file."""
    return [
        span for resource in request["resourceSpans"] for scope in resource["scopeSpans"] for span in scope["spans"]
    ]
