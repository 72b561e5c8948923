"""A refusal in a sentence: its facts in French words, and a plural that agrees with them."""

from zoneinfo import ZoneInfo

import pytest

from portal.kit import Texts
from portal.kit.refusal_texts import RefusalTexts

REFUSALS = RefusalTexts(Texts.load(), ZoneInfo("Europe/Paris"))


@pytest.mark.parametrize(
    ("code", "params", "words"),
    [
        ("attendance_incomplete", {"count": 1}, "1 enfant n’a pas encore"),
        ("attendance_incomplete", {"count": 2}, "2 enfants n’ont pas encore"),
        ("capacity_below_taken", {"service_on": "2026-09-09", "taken": 1}, "1 place est déjà prise"),
        ("capacity_below_taken", {"service_on": "2026-09-09", "taken": 3}, "3 places sont déjà prises"),
        ("too_many_attempts", {"retry_after_seconds": 1}, "dans 1\u00a0seconde."),
        ("too_many_codes", {"retry_after_seconds": 7200}, "dans 2\u00a0heures,"),
    ],
)
def test_a_sentence_agrees_with_its_fact(code: str, params: dict[str, object], words: str) -> None:
    """Words that were wrong once: "2 enfant(s)"."""
    assert words in REFUSALS.refusal(code, params)


def test_a_fact_that_was_not_sent_leaves_a_sentence() -> None:
    assert "…" in REFUSALS.refusal("attendance_incomplete", {})
    assert REFUSALS.refusal("unheard_of", {}) == Texts.load()("errors.refused")
