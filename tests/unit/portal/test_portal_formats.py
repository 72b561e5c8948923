"""Amounts, dates and counts as French writes them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.french import phone
from portal.kit import Texts, TownFace, create_environment, formats
from services.notifications.adapters import french

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("cents", "written"),
    [
        (0, "0,00\u00a0€"),
        (5, "0,05\u00a0€"),
        (1250, "12,50\u00a0€"),
        (123450, "1\u202f234,50\u00a0€"),
        (123456789, "1\u202f234\u202f567,89\u00a0€"),
        (-840, "\u22128,40\u00a0€"),
    ],
)
def test_money_is_written_with_spaces_that_never_break(cents: int, written: str) -> None:
    assert formats.money(cents) == written


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_money_loses_no_cent(cents: int) -> None:
    written = formats.money(cents)
    kept = "".join(character for character in written if character.isdigit())
    assert int(kept) == abs(cents)
    assert written.startswith("\u2212") == (cents < 0)


def test_dates_are_said_in_words() -> None:
    day = date(2026, 9, 9)
    assert formats.date_words(day) == "mercredi 9\u00a0septembre 2026"
    assert formats.date_day(day) == "mercredi 9\u00a0septembre"
    assert formats.date_tiny(day) == "mer.\u00a09"
    assert formats.date_short(day) == "09/09/2026"
    assert formats.date_day(date(2026, 8, 1)) == "samedi 1er\u00a0août"
    assert formats.month_words("2026-02") == formats.month_words(date(2026, 2, 28)) == "février 2026"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconde"),
        (1, "1 seconde"),
        (119, "119 secondes"),
        (120, "2 minutes"),
        (121, "3 minutes"),
        (3540, "59 minutes"),
        (3541, "1 heure"),
        (4800, "1 heure 20"),
        (7200, "2 heures"),
        (7201, "2 heures 01"),
    ],
)
def test_a_wait_is_never_said_too_short(seconds: int, words: str) -> None:
    assert formats.wait_words(seconds).replace("\u00a0", " ") == words


def test_an_instant_is_shown_on_the_towns_clock() -> None:
    before_midnight_in_utc = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    assert formats.date_short(before_midnight_in_utc, PARIS) == "01/07/2026"
    assert formats.time_short(before_midnight_in_utc, PARIS) == "00:30"
    assert formats.time_words(datetime(2026, 1, 5, 11, tzinfo=UTC), PARIS) == "12\u00a0h"
    assert formats.time_words(datetime(2026, 1, 5, 11, 5, tzinfo=UTC), PARIS) == "12\u00a0h\u00a005"
    overseas = create_environment(Texts({}), TownFace("Saint-Denis", time_zone="Indian/Reunion"))
    shown = overseas.from_string("{{ moment|time_short }}").render(moment=datetime(2026, 1, 5, 11, tzinfo=UTC))
    assert shown == "15:00"


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        formats.time_short(datetime(2026, 1, 5, 11), PARIS)  # noqa: DTZ001 - the fault under test


def test_the_day_of_an_instant_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="say the town's"):
        formats.date_short(datetime(2026, 6, 30, 22, 30, tzinfo=UTC))


@pytest.mark.parametrize(("count", "word"), [(0, "jour"), (1, "jour"), (-1, "jour"), (2, "jours"), (-2, "jours")])
def test_zero_and_one_are_singular(count: int, word: str) -> None:
    assert formats.plural(count, "jour", "jours") == word


@pytest.mark.parametrize("of_month", [formats.of_month, french.of_month])
def test_a_month_is_elided_before_a_vowel(of_month: Callable[[str], str]) -> None:
    """Words that were wrong once: "Facturation de octobre"."""
    elided = [month for month in range(1, 13) if of_month(f"2026-{month:02d}").startswith("d’")]
    assert elided == [4, 8, 10]
    assert of_month("2026-10") == "d’octobre 2026"
    assert of_month("2026-09") == "de septembre 2026"


def test_a_telephone_number_stays_on_a_line() -> None:
    """`06 00...` breaking over two lines."""
    assert " " not in phone("06 12 34 56 78")
    assert phone("06 12 34 56 78").split() == ["06", "12", "34", "56", "78"]
