"""The look at known vulnerabilities: what makes it fail, and that a list out of reach is never taken for a clean bill."""

import sys

import pytest

from tools.audit import Package, Report, Vulnerability, look_up, verdict

CLEAN = Package(name="calm", version="1.0")
MISSED = Package(name="unheard-of", skip_reason="not found")
BAD = Package(
    name="torn", version="2.0", vulns=[Vulnerability(id="CVE-2026-0001", fix_versions=["2.1"]), Vulnerability(id="X-2")]
)


@pytest.mark.parametrize(
    ("packages", "needed", "where_reachable"),
    [
        ([CLEAN, CLEAN], 0, 0),
        ([CLEAN, BAD], 1, 1),
        ([MISSED, BAD], 1, 1),
        ([CLEAN, MISSED], 2, 2),
        ([MISSED, MISSED], 2, 0),
        ([], 2, 0),
    ],
)
def test_status(packages: list[Package], needed: int, where_reachable: int) -> None:
    report = Report(dependencies=packages)
    assert verdict(report)[0] == needed
    assert verdict(report, is_needed=False)[0] == where_reachable


def test_what_is_known_is_named_with_what_mends_it() -> None:
    _, lines = verdict(Report(dependencies=[CLEAN, BAD]))
    assert lines == ["torn 2.0: CVE-2026-0001, mended in 2.1", "torn 2.0: X-2, mended in no version yet"]


def test_a_list_out_of_reach_is_said_and_no_clean_bill() -> None:
    for packages in ([], [MISSED]):
        (line,) = verdict(Report(dependencies=packages), is_needed=False)[1]
        assert line.startswith("not audited")


def test_a_program_that_ends_without_a_report_looked_nothing_up() -> None:
    assert look_up([sys.executable, "-c", "raise SystemExit('no network')"]) == Report()


def test_a_list_that_does_not_answer_is_not_waited_for() -> None:
    assert look_up([sys.executable, "-c", "import threading; threading.Event().wait()"], seconds_max=0.2) == Report()


def test_its_json_is_read() -> None:
    output = '{"dependencies": [{"name": "torn", "version": "2.0", "vulns": [{"id": "A", "fix_versions": ["3"], "aliases": []}]}], "fixes": []}'
    report = look_up([sys.executable, "-c", f"print({output!r}); raise SystemExit(1)"])
    assert verdict(report) == (1, ["torn 2.0: A, mended in 3"])
