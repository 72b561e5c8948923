"""How names are compared, ages counted and quotients put in order, without a database."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import age_on
from chassis.comparing import comparable
from contracts.family.events import Quotient
from contracts.types import QuotientSource
from services.family.people.domain import text_faults
from services.family.quotients.domain import AcceptedDays, in_force, with_quotient

days = st.dates(date(2000, 1, 1), date(2060, 12, 31))
quotients = st.builds(
    Quotient, value_cents=st.integers(0, 1_000_000), effective_on=days, source=st.sampled_from(QuotientSource)
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Le Goff-Œuvrard", "le goff oeuvrard"),
        ("  d’ARC\tde la  Tour ", "d arc de la tour"),
        ("Ångström ẞtrauß", "angstrom sstrauss"),
        ("Nguyễn Thị", "nguyen thi"),
        ("Łukasz Øre", "lukasz ore"),
        ("F-000123", "f 000123"),
        ("'); drop--", "drop"),
        ("\u0000%_", ""),
    ],
)
def test_texts_are_compared_without_accents_case_and_punctuation(text: str, expected: str) -> None:
    assert comparable(text) == expected


@given(st.text())
def test_a_comparable_text_holds_words_alone_and_compares_to_itself(text: str) -> None:
    words = comparable(text).split(" ")
    assert words == [""] or all(word.isalnum() for word in words)
    assert comparable(comparable(text)) == comparable(text)


@pytest.mark.parametrize(
    "text",
    [
        "\u115f\u1160",
        "1 rue\u3164",
        "\uffa0",
        "\u2800",
        "\u034f\u034f",
        "\u0301",
        "\ufe0f \ufe0f",
        "\u180b",
        "\u00ad",
        "1\u200b",
        "\u00a0",
    ],
)
def test_a_line_that_shows_nothing_or_hides_something_is_refused(text: str) -> None:
    """Default-ignorable code points (UAX 44) print a blank line on an invoice."""
    assert [fault.code for fault in text_faults(iter([("/address/street", text)]))] == ["unprintable_character"]


@pytest.mark.parametrize(
    "text", ["3 quai des Brumes", "12", "É", "e\u0301", "中", "Rue de l’Église n° 3", "한국", "🎨\ufe0f", "#4"]
)
def test_a_line_that_can_be_read_is_kept(text: str) -> None:
    assert list(text_faults(iter([("/address/street", text)]))) == []


@pytest.mark.parametrize(
    ("birth_on", "day", "age"),
    [
        (date(2008, 9, 2), date(2026, 9, 1), 17),
        (date(2008, 9, 2), date(2026, 9, 2), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2026, 9, 1), date(2026, 9, 1), 0),
    ],
)
def test_an_age_counts_completed_years(birth_on: date, day: date, age: int) -> None:
    assert age_on(birth_on, day) == age


@given(days, days)
def test_an_age_grows_by_one_each_birthday(birth_on: date, day: date) -> None:
    assert (
        age_on(birth_on, day.replace(year=day.year + 1, day=min(day.day, 28)))
        - age_on(birth_on, day.replace(day=min(day.day, 28)))
        == 1
    )


@given(st.lists(quotients, max_size=12), days)
def test_the_quotient_in_force_is_the_last_recorded_of_the_last_day_started(
    recorded: list[Quotient], day: date
) -> None:
    history: tuple[Quotient, ...] = ()
    for quotient in recorded:
        history = with_quotient(history, quotient)
    starts = [quotient.effective_on for quotient in history]
    assert starts == sorted(set(starts))
    started = [quotient for quotient in recorded if quotient.effective_on <= day]
    latest = max((quotient.effective_on for quotient in started), default=None)
    expected = [quotient for quotient in started if quotient.effective_on == latest]
    assert in_force(history, day) == (expected[-1] if expected else None)


def test_accepted_days_are_whole_years_around_today() -> None:
    accepted = AcceptedDays.around(date(2028, 2, 29), years_back=3, years_ahead=1)
    assert (accepted.first, accepted.last) == (date(2025, 1, 1), date(2029, 12, 31))
