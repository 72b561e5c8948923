"""The day of an instant is the town's: no page takes the one of UTC, which is another one around midnight."""

from tests.tidy.tree import files, text_of

LOCAL = ("portal", "kit", "formats.py")
"""Where an instant was put on the town's clock before."""


def test_pages_ask_for_the_day_of_the_town() -> None:
    pages = [*files("portal"), *files("portal", suffix=".j2")]
    assert pages
    assert [str(path) for path in pages if ".date()" in text_of(path) and path.parts != LOCAL] == []
