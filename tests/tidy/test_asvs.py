"""The answers to ASVS 5.0, chapters 6, 7 and 10: each requirement of levels 1 and 2 once, and each proof exists."""

import csv
from typing import Final

from deploy.local.child import ROOT

ANSWERS: Final = ROOT / "docs" / "security" / "asvs.csv"
SECTIONS: Final = {
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3,
}  # fmt: skip
"""How many requirements of levels 1 and 2 each section has, numbered from 1."""
VERDICTS: Final = {"met", "partly", "not_met", "not_applicable"}


def _answers() -> list[dict[str, str]]:
    with ANSWERS.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_each_requirement_is_answered_once_in_order() -> None:
    wanted = [f"{section}.{number}" for section, count in SECTIONS.items() for number in range(1, count + 1)]
    assert [answer["requirement"] for answer in _answers()] == wanted


def test_each_answer_has_a_verdict_a_sentence_and_a_proof_that_exists() -> None:
    for answer in _answers():
        assert answer["level"] in {"1", "2"}
        assert answer["verdict"] in VERDICTS, answer
        assert answer["answer"].endswith("."), answer
        path, _, test = answer["proof"].partition("::")
        assert (ROOT / path).is_file(), answer
        assert not test or f"def {test}(" in (ROOT / path).read_text("utf-8"), answer
