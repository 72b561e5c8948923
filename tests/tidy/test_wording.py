"""What people read is written one way: one word for one thing, plurals that agree, numbers that no line breaks."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.tidy.tree import Fault, all_files, check

# The guides word the password rule so, and the mission asks for their words (S0-17).
GUIDE_WORDS = re.compile(r"caractère\(s\)|minuscule\(s\)|majuscule\(s\)|chiffre\(s\)")
BOTH_FORMS = re.compile(r"\w\((?:s|e|es|x)\)", re.IGNORECASE)
OTHER_WORD = re.compile(r"courriels?\b|adresse électronique|(?<![\w\"-])mails?(?= )", re.IGNORECASE)
BROKEN_NUMBER = re.compile(r"\d \d")


def french_files() -> list[Path]:
    """Texts, templates and layouts: all that stands on a page, in a mail or in a document."""
    return [
        path
        for path in all_files()
        if path.parts[0] in ("portal", "services")
        and (path.suffix in (".j2", ".typ") or (path.suffix == ".toml" and path.parts[0] == "portal"))
    ] + [path for path in all_files() if path.match("deploy/towns/*.toml") or path.match("deploy/towns/*/town.toml")]


def text_files() -> list[Path]:
    """Files of texts alone."""
    return [path for path in french_files() if path.suffix == ".toml" and path.parts[0] == "portal"]


def both_forms(_path: Path, text: str) -> Iterator[Fault]:
    """A word written for one and for several at once: `enfant(s)`."""
    for number, line in _spoken(text):
        if match := BOTH_FORMS.search(GUIDE_WORDS.sub("", line)):
            yield f":{number}: {match.group()}: give the text two forms, `one` and `other`"


def other_words(_path: Path, text: str) -> Iterator[Fault]:
    """Another word for what is called "e-mail" everywhere."""
    for number, line in _spoken(text):
        if match := OTHER_WORD.search(line.partition("=")[2] or line):
            yield f":{number}: {match.group()}: say e-mail"


def broken_numbers(_path: Path, text: str) -> Iterator[Fault]:
    """A number that a line may break in two."""
    for number, line in _spoken(text):
        if match := BROKEN_NUMBER.search(line):
            yield f":{number}: {match.group()!r}: a no-break space"


def _spoken(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are no comment."""
    without = re.sub(r"\{#.*?#\}", lambda comment: "\n" * comment.group().count("\n"), text, flags=re.DOTALL)
    return (
        (number, line)
        for number, line in enumerate(without.splitlines(), 1)
        if not line.lstrip().startswith(("#", "//")) or line.lstrip().startswith("#let")
    )


def test_plurals_agree() -> None:
    """U24: "2 enfant(s)"."""
    check(both_forms, french_files())


def test_one_word_for_a_mail() -> None:
    """U24: "e-mail" and "courriel" in one flow."""
    check(other_words, french_files())


def test_numbers_stay_on_a_line() -> None:
    """U24: a telephone number that breaks over two lines."""
    check(broken_numbers, text_files())


def test_each_check_finds_what_it_is_for() -> None:
    path = Path("x.toml")
    for line in ('a = "{count} enfant(s)"', 'a = "Né(e) le"', "<p>Inscrit(e)</p>"):
        assert list(both_forms(path, line)), line
    for line in ('a = "par courriel"', 'a = "votre adresse électronique"', "<p>Un mail vous attend</p>"):
        assert list(other_words(path, line)), line
    assert list(broken_numbers(path, 'a = "06 12"'))
    right = (
        '# 1 2 enfant(s)\nemail = "E-mail"\na = "06\u00a012 par e-mail (Suresnes), 8 caractère(s)"\n{# un courriel #}'
    )
    assert not [*both_forms(path, right), *other_words(path, right), *broken_numbers(path, right)]
    assert len(text_files()) > 5
    assert len(french_files()) > 60
