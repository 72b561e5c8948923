"""When news is too old, when an attempt is made again, what a relay's answer means, and how French writes it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.types import Civility
from services.notifications.adapters.french import date_words, moment_words, money, month_words
from services.notifications.adapters.rendering import LAYOUTS, greeting
from services.notifications.directory.queries import Recipient
from services.notifications.messages.domain import (
    FACTS_RETRY_MAX,
    RETRY_MAX,
    RULES,
    Failed,
    Postponed,
    Template,
    expiry,
    refused_by_relay,
    retry_after,
)

NOON = datetime(2026, 9, 9, 12, tzinfo=UTC)


@pytest.mark.parametrize("template", Template)
def test_every_template_has_its_rule_and_both_layouts(template: Template) -> None:
    assert RULES[template].age_max > timedelta()
    assert (LAYOUTS / f"{template}.txt.j2").is_file()
    assert (LAYOUTS / f"{template}.html.j2").is_file()


def test_news_expires_by_its_age_or_with_what_it_carries() -> None:
    assert expiry(Template.WELCOME, NOON) == NOON + timedelta(days=3)
    assert expiry(Template.WELCOME, NOON, NOON + timedelta(days=1)) == NOON + timedelta(days=1)
    assert expiry(Template.WELCOME, NOON, NOON + timedelta(days=9)) == NOON + timedelta(days=3)


@given(st.integers(1, 10_000))
def test_attempts_grow_apart_up_to_a_limit(attempt_count: int) -> None:
    now, later = retry_after(attempt_count), retry_after(attempt_count + 1)
    assert timedelta(seconds=1) <= now <= later <= RETRY_MAX
    assert later == min(2 * now, RETRY_MAX)
    assert retry_after(attempt_count, FACTS_RETRY_MAX) == min(now, FACTS_RETRY_MAX)


@given(st.integers(400, 599))
def test_a_relay_refuses_for_now_or_for_ever(code: int) -> None:
    words = f"{code} Mailbox unavailable"
    expected = Postponed(server_words=words) if code < 500 else Failed(f"smtp_{code}", words)
    assert refused_by_relay(code, "Mailbox unavailable") == expected


def test_the_words_of_a_relay_are_one_line_of_a_bounded_length() -> None:
    outcome = refused_by_relay(550, "5.1.1 no\nsuch\x00user " + "x" * 1000)
    assert isinstance(outcome, Failed)
    assert outcome.server_words is not None
    assert outcome.server_words.startswith("550 5.1.1 no such user x")
    assert len(outcome.server_words) == 300


@pytest.mark.parametrize(
    ("recipient", "expected"),
    [
        (Recipient("a@b.fr", Civility.MADAME, "Anne", "Le Goff"), "Bonjour Madame Le Goff,"),
        (Recipient("a@b.fr", Civility.NONE, "Anne", "Le Goff"), "Bonjour Anne Le Goff,"),
        (Recipient("a@b.fr", None, None, None), "Bonjour,"),
    ],
)
def test_a_person_is_greeted_as_they_asked(recipient: Recipient, expected: str) -> None:
    assert greeting(recipient) == expected


@pytest.mark.parametrize(
    ("cents", "expected"),
    [
        (0, "0,00 €"),
        (5, "0,05 €"),
        (123_450, "1 234,50 €"),
        (-1_999, "−19,99 €"),
        (100_000_000, "1 000 000,00 €"),
    ],
)
def test_amounts_are_written_in_french(cents: int, expected: str) -> None:
    assert money(cents).replace("\u202f", " ").replace("\u00a0", " ") == expected
    assert " " not in money(cents)


def test_days_and_moments_are_written_in_the_towns_time() -> None:
    zone = ZoneInfo("Europe/Paris")
    assert date_words(date(2026, 2, 1)).replace("\u00a0", " ") == "dimanche 1er février 2026"
    assert month_words("2026-12") == "décembre 2026"
    midnight = datetime(2026, 12, 31, 23, 5, tzinfo=UTC)
    assert moment_words(midnight, zone).replace("\u00a0", " ") == "vendredi 1er janvier 2027 à 0 h 05"
