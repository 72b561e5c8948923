"""Which family of browsers a name says, and which of them are news."""

import pytest

from services.identity.sessions.domain import browser_family, is_news

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0", "Firefox, Android"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/130.0.0.0 Safari/537.36", "Chrome, Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/130.0.0.0 Safari/537.36 Edg/130.0", "Edge, Windows"),
        (
            f"Mozilla/5.0 (Linux; Android 14) {WEBKIT} SamsungBrowser/26.0 Chrome/122.0 Mobile",
            "Samsung Internet, Android",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/130.0 Mobile Safari/604.1", "Chrome, iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15", "Safari, macOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox, Linux"),
        ("Firefox/132.0", "Firefox"),
        ("curl/8.5.0", ""),
        ("-", ""),
        (None, None),
    ],
)
def test_a_name_says_a_family(name: str | None, family: str | None) -> None:
    assert browser_family(name) == family


@pytest.mark.parametrize(
    ("browser", "known", "expected"),
    [
        ("Firefox, Android", set(), False),
        ("Firefox, Android", {"Firefox, Android"}, False),
        ("Firefox, Android", {"Chrome, Windows"}, True),
        ("", {"Chrome, Windows"}, True),
        (None, {"Chrome, Windows"}, False),
    ],
)
def test_another_browser_than_those_before_is_news(browser: str | None, known: set[str], expected: bool) -> None:
    assert is_news(browser, known) is expected
