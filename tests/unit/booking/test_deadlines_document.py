"""The worked examples of docs/deadlines.md, run."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from chassis.clock import age_on, deadline
from services.booking.calendar.domain import Standing, derive_day_state
from services.booking.documents.domain import Gap
from tests.unit.booking.days import CHILD_STATES, COURSE, VALIDATED, ZONE, a_day

DOCUMENT = Path(__file__).parents[3] / "docs" / "deadlines.md"
DAY_STATES = {
    "": {},
    "in another household": {"standing": Standing(is_member=False, is_answered_for=False)},
    "that others answer for": {"standing": Standing(is_answered_for=False, may_give_back=False)},
    "at these hours at a site of others": {"elsewhere": COURSE, "sites": frozenset({"house"})},
    "sheet closed": {"is_closed": True},
    "past its cutoff": {"now": datetime(2026, 9, 8, tzinfo=UTC)},
    "outside the enrollment": {"service_on": date(2026, 9, 1)},
    "not of the age": {"age": 12},
    "in another group": {"enrollment": replace(VALIDATED, is_in_group=False)},
    "marked there": {"is_present": True},
    "marked there, unbooked": {"is_present": True},
    "elsewhere at these hours": {"elsewhere": COURSE},
    "with a unit that excludes this one": {"excluded_by": COURSE},
    "no place left": {"taken": 10},
    "a document is missing": {"gap": Gap(("Attestation",))},
    "a document waits for an agent": {"gap": Gap(("Attestation",), is_sent=True)},
}


def rows(*header: str) -> list[dict[str, str]]:
    """The rows of the document's table that has this header."""
    lines = DOCUMENT.read_text().splitlines()
    start = next(index for index, line in enumerate(lines) if cells(line) == list(header))
    records = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        records.append(dict(zip(header, cells(line), strict=True)))
    assert records
    return records


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


@pytest.mark.parametrize("row", rows("Day", "Days before", "At", "Cutoff (UTC)", "Why"), ids=lambda row: row["Why"])
def test_cutoffs(row: dict[str, str]) -> None:
    cutoff = deadline(date.fromisoformat(row["Day"]), int(row["Days before"]), time.fromisoformat(row["At"]), ZONE)
    assert cutoff == datetime.fromisoformat(row["Cutoff (UTC)"]).replace(tzinfo=UTC)


@pytest.mark.parametrize("row", rows("Born", "Day", "Age", "Why"), ids=lambda row: row["Why"])
def test_ages(row: dict[str, str]) -> None:
    assert age_on(date.fromisoformat(row["Born"]), date.fromisoformat(row["Day"])) == int(row["Age"])


@pytest.mark.parametrize("row", rows("The child", "The day", "State", "Reason"), ids=str)
def test_rules_one_by_one(row: dict[str, str]) -> None:
    verdict = derive_day_state(a_day(**CHILD_STATES[row["The child"]], **DAY_STATES[row["The day"]]))
    assert (verdict.state, verdict.reason or "") == (row["State"], row["Reason"])


def test_rules_in_their_order() -> None:
    """Everything a row says besides what the rows above it say changes nothing for the rows above."""
    table = rows("The child", "The day", "State", "Reason")
    for child in CHILD_STATES:
        facts: dict[str, object] = {}
        for row in reversed([row for row in table if row["The child"] == child]):
            facts |= DAY_STATES[row["The day"]]
            verdict = derive_day_state(a_day(**CHILD_STATES[child], **facts))
            assert (verdict.state, verdict.reason or "") == (row["State"], row["Reason"])


@pytest.mark.parametrize(
    "row", rows("Example", "Now", "Day", "Taken", "Lina", "State", "Reason"), ids=lambda row: row["Example"]
)
def test_worked_examples(row: dict[str, str]) -> None:
    day = a_day(
        date.fromisoformat(row["Day"]),
        now=datetime.fromisoformat(row["Now"]).replace(tzinfo=UTC),
        taken=int(row["Taken"]),
        **CHILD_STATES[row["Lina"]],
    )
    verdict = derive_day_state(day)
    assert (verdict.state, verdict.reason or "") == (row["State"], row["Reason"])
