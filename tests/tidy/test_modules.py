"""How a module is written: it opens with what it answers for, in English, and leaves nothing for later.

Accented letters mark French: texts belong to the portal's text files, templates, town settings and demo data. Tests may
expect French texts.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.tidy.tree import Fault, all_files, check, files, parse

ACCENTED = re.compile(r"[À-ÖØ-öø-ÿŒœ]")
FRENCH_ALLOWED = {
    "portal/kit/formats.py": "the names of months and days are letters of a format, not sentences",
    "chassis/comparing.py": "a table of ligatures, to compare names",
    "chassis/french.py": "the small words that link a name are letters of a format too",
    "services/notifications/adapters/french.py": "the names of months and days are letters of a format, not sentences",
    "simulators/payfip/__init__.py": "the official name of an outside service",
}
# Joined here, so that these checks do not find themselves.
LATER = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"]))
SKIPPED = re.compile(r"pytest\.(?:mark\.)?(?:skip|skipif|xfail|importorskip)\b")
IGNORED = re.compile(r"# (?:type: ignore|noqa)(?!(?:\[[a-z, -]+\]|: [A-Z]+[0-9]+(?:, [A-Z]+[0-9]+)*) {1,2}[#-] \S)")
REGISTRY_HOST = re.compile(
    r"pypi\.(?:org|python)|pythonhosted\.org|registry\.npmjs|repo1?\.maven|docker\.io|ghcr\.io|quay\.io"
    r"|index-url\s*=?\s*http|rubygems\.org|crates\.io|conda\.anaconda"
)
MACHINE_PATH = re.compile(r"(?<![\w.:/])/(?:work|home|root|Users|mnt|opt/homebrew)/\w")


def missing_docstring(_path: Path, source: str) -> Iterator[Fault]:
    """Modules that do not say what they answer for."""
    if not ast.get_docstring(parse(source)):
        yield ":1: the module does not say what it answers for"


def french(path: Path, source: str) -> Iterator[Fault]:
    """Lines of Python with French letters."""
    if str(path) not in FRENCH_ALLOWED:
        yield from _matches(ACCENTED, source, "French stands in texts and templates")


def left_for_later(_path: Path, source: str) -> Iterator[Fault]:
    """Marks of unfinished work, skipped tests, and checks that were switched off without a code and a reason."""
    yield from _matches(LATER, source, "do it, or open an issue")
    yield from _matches(SKIPPED, source, "a test that does not run proves nothing")
    yield from _matches(IGNORED, source, "say which check, then why")


def places_of_one_machine(_path: Path, text: str) -> Iterator[Fault]:
    """Addresses of package registries and paths that exist on one machine only."""
    yield from _matches(REGISTRY_HOST, text, "the machine's own settings choose the registry")
    yield from _matches(MACHINE_PATH, text, "a path of one machine")


def _matches(pattern: re.Pattern[str], text: str, advice: str) -> Iterator[Fault]:
    for number, line in enumerate(text.splitlines(), 1):
        if match := pattern.search(line):
            yield f":{number}: {match.group().strip()!r}: {advice}"


def test_every_module_says_what_it_answers_for() -> None:
    check(missing_docstring, files())


def test_python_is_written_in_english() -> None:
    check(french, [path for path in files() if path.parts[0] != "tests"])


def test_nothing_is_left_for_later() -> None:
    check(left_for_later, files())


def test_no_file_depends_on_one_machine() -> None:
    check(places_of_one_machine, all_files())


def test_exceptions_are_still_needed() -> None:
    for name in FRENCH_ALLOWED:
        assert any(ACCENTED.search(line) for line in Path(__file__).parents[2].joinpath(name).read_text().splitlines())


def test_each_check_finds_what_it_is_for() -> None:
    path = Path("services/booking/x.py")
    assert list(missing_docstring(path, "x = 1"))
    assert list(french(path, "x = 'réservé'"))
    later = ["# TO" + "DO: later", "@pytest.mark." + "skip", "pytest.import" + "orskip('x')", "x = 1  # no" + "qa"]
    later += ["x  # type: " + "ignore", "x  # type: " + "ignore[arg-type]", "x  # no" + "qa: S608"]
    for line in later:
        assert list(left_for_later(path, line)), line
    assert not list(left_for_later(path, "x  # type: ignore[arg-type]  # a reason"))
    assert not list(left_for_later(path, "x  # noqa: S608, E501 - a reason"))
    for line in [
        "see https://pypi" + ".org/simple",
        "cd /ro" + "ot/x",
        "open('/ho" + "me/jo/x')",
        "FROM ghcr" + ".io/x",
    ]:
        assert list(places_of_one_machine(path, line)), line
    assert not list(places_of_one_machine(path, "/households/{household_id} at https://town.example/home/x"))
