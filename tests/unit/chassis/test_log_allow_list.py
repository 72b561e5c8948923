"""What may stand in a log: fields of the allow list, and of an exception its type and the places it passed.

The log of a process is set up once and for all, so a process of its own writes it.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SECRET_TEXT = "Violette Lemercier"
PROGRAM = f"""
import logging, structlog
from chassis import telemetry
telemetry.configure("probe", "json")
log = structlog.get_logger()
log.info("unknown fields", count=3, first_name="{SECRET_TEXT}", body={{"a": "{SECRET_TEXT}"}})
def fail(person):
    raise LookupError(person)
try:
    fail("{SECRET_TEXT}")
except LookupError as error:
    log.error("given", exc_info=error)
    log.error("present", exc_info=True)
    logging.getLogger("library").error("cannot greet %s", "{SECRET_TEXT}", exc_info=True)
logging.getLogger("library").info("chatter")
for attempt in range(100):
    logging.getLogger("library").warning("nobody answers %s", attempt)
with telemetry.span("outer", carrier={{"traceparent": "00-{"ab" * 16}-{"cd" * 8}-01"}}):
    log.info("traced", code=telemetry.current_trace()["traceparent"])
"""


@pytest.fixture(scope="module")
def lines() -> dict[str, dict[str, Any]]:
    """The lines of the program, by event; under no event, the events in their order."""
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=Path(__file__).parents[3], capture_output=True, text=True, check=True
    )
    assert SECRET_TEXT not in run.stdout + run.stderr
    events = [json.loads(line) for line in run.stdout.splitlines()]
    return {line["event"]: line for line in events} | {"": {"events": [line["event"] for line in events]}}


def test_fields_off_the_list_are_dropped(lines: dict[str, dict[str, Any]]) -> None:
    assert lines["unknown fields"].keys() == {"event", "level", "timestamp", "service", "count"}
    assert lines["unknown fields"]["service"] == "probe"


@pytest.mark.parametrize("event", ["given", "present", "cannot greet %s"])
def test_an_exception_is_its_type_and_its_places(lines: dict[str, dict[str, Any]], event: str) -> None:
    line = lines[event]
    assert (line["level"], line["error"]) == ("error", "LookupError")
    assert [place.rsplit(":", 1)[1] for place in line["exception"]] == ["<module>", "fail"]


def test_a_library_is_heard_from_warnings_on_by_its_template(lines: dict[str, dict[str, Any]]) -> None:
    assert lines["cannot greet %s"]["logger"] == "library"
    assert "chatter" not in lines


def test_a_library_that_says_the_same_again_and_again_is_heard_once(lines: dict[str, dict[str, Any]]) -> None:
    assert lines[""]["events"].count("nobody answers %s") == 1


def test_a_line_names_its_trace_and_a_span_continues_its_carrier(lines: dict[str, dict[str, Any]]) -> None:
    version, trace_id, span_id, _ = lines["traced"]["code"].split("-")
    assert (version, trace_id) == ("00", "ab" * 16)
    assert lines["traced"]["trace_id"] == trace_id
    assert lines["traced"]["span_id"] == span_id != "cd" * 8
