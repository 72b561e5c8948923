"""What people read is written one way: one word for one thing, plurals that agree, numbers that no line breaks."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.tidy.tree import Fault, all_files, check

# The guides word the password rule so, and the mission asks for their words (S0-17).
GUIDE_WORDS = re.compile(r"caractère\(s\)|minuscule\(s\)|majuscule\(s\)|chiffre\(s\)")
BOTH_FORMS = re.compile(r"\w\((?:s|e|es|x)\)", re.IGNORECASE)
OTHER_WORD = re.compile(r"courriels?\b|adresse électronique|(?<![\w\"-])mails?(?= )", re.IGNORECASE)
NAMED_AUTHORITY = re.compile(r"\b(?:la|cette|votre) (?:mairie|ville|commune)\b|\bmunicipa", re.IGNORECASE)
NAME = r"name|child|children|parent|town|legal_name|email"
UNLINKED_NAME = re.compile(
    rf"\bde \{{{{1,2}} ?(?:town\.)?authority|\b(?:de|que) (?:<\w+>)?(?:\{{(?:{NAME})\}}|\{{\{{ ?(?:name\(|town\.name))"
)
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


def named_authorities(_path: Path, text: str) -> Iterator[Fault]:
    """What runs the portal called as one town calls it: elsewhere it is a structure or an agglomeration."""
    for number, line in _spoken(text):
        if match := NAMED_AUTHORITY.search(line.replace("Indiquez la commune", "").replace("le nom de la commune", "")):
            yield f":{number}: {match.group()}: say {{authority}}, in a mail {{{{ town.authority }}}}"


def unlinked_names(_path: Path, text: str) -> Iterator[Fault]:
    """A name after "de" or "que", which is not heard so before a vowel."""
    for number, line in _spoken(text):
        if match := UNLINKED_NAME.search(line):
            yield f":{number}: {match.group()!r}: say {{name:de}} or {{name:que}}, in a mail |of"


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
    """Words that were wrong once: "2 enfant(s)"."""
    check(both_forms, french_files())


def test_one_word_for_a_mail() -> None:
    """Words that were wrong once: "e-mail" and "courriel" in one flow."""
    check(other_words, french_files())


def test_no_text_supposes_a_town_hall() -> None:
    """A portal of several towns has no town hall to call: its own setting says what there is."""
    check(named_authorities, [path for path in french_files() if path.parts[0] != "deploy" or path.stem == "terms"])


def test_names_are_linked_by_their_sound() -> None:
    """ "Le portail famille de Arpège"."""
    check(unlinked_names, french_files())


def test_numbers_stay_on_a_line() -> None:
    """A telephone number that breaks over two lines."""
    check(broken_numbers, text_files())


def test_each_check_finds_what_it_is_for() -> None:
    path = Path("x.toml")
    for line in ('a = "{count} enfant(s)"', 'a = "Né(e) le"', "<p>Inscrit(e)</p>"):
        assert list(both_forms(path, line)), line
    for line in ('a = "par courriel"', 'a = "votre adresse électronique"', "<p>Un mail vous attend</p>"):
        assert list(other_words(path, line)), line
    assert list(broken_numbers(path, 'a = "06 12"'))
    for line in ('a = "Appelez la mairie."', 'a = "La ville décide"', "<p>Un agent municipal</p>"):
        assert list(named_authorities(path, line)), line
    for line in ('a = "Compte de {name}"', "de <strong>{{ name(event.child_id) }}</strong>", "de {{ town.name }}"):
        assert list(unlinked_names(path, line)), line
    assert not list(unlinked_names(path, 'a = "Compte {name:de}, de {amount}"'))
    right = (
        '# 1 2 enfant(s)\nemail = "E-mail"\na = "06\u00a012 par e-mail (Suresnes), 8 caractère(s)"\n{# un courriel #}'
    )
    assert not [*both_forms(path, right), *other_words(path, right), *broken_numbers(path, right)]
    assert len(text_files()) > 5
    assert len(french_files()) > 60
