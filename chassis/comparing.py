"""How people's names are compared and disambiguated, everywhere: in lists, sheets, exports, mails, documents and search. Pure.
Their order is that of the town (`chassis/collation.py`)."""

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)

GLUED_MAX = 4
"""How many neighbouring words are glued to one: `de la Fontaine` has three."""
NEAR_MIN, NEAR_MAX = 4, 32
"""The letters of a word in which a typing error is forgiven: one letter of three is another name."""

_GAPS = re.compile(r"[\s\u2010-\u2015-]+")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "þ": "th"})


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of whoever is named; without a name they were erased."""

    first_name: str | None
    last_name: str | None = None
    birth_on: date | None = None


def comparable(text: str) -> str:
    """A text without accents, case, punctuation or ligatures: `Le Goff-Œuvrard` is `le goff oeuvrard`."""
    if text.isascii():
        return " ".join(_BETWEEN_WORDS.sub(" ", text.lower()).split())
    folded = unicodedata.normalize("NFKD", text).casefold()
    letters = unicodedata.normalize("NFKD", folded).translate(_LETTERS)
    kept = (char for char in letters if not unicodedata.combining(char))
    return " ".join("".join(char if char.isalnum() else " " for char in kept).split())


def close_up(code: str) -> str:
    """A code or a key without the spaces and dashes that are typed or pasted in it."""
    return _GAPS.sub("", code)


def glued(text: str) -> str:
    """A text as it is compared, in one word: `Le Goff` and `Legoff` are `legoff`."""
    return comparable(text).replace(" ", "")


def comparable_name(first_name: str, last_name: str) -> str:
    """A person's name as it is compared with another: last name first, each in one word."""
    return f"{glued(last_name)} {glued(first_name)}"


def runs_of(words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Neighbouring words glued to one, a few at most, each word alone among them: where it begins, where it ends (excluded), and the glued word."""
    for first in range(len(words)):
        for end in range(first + 1, min(first + GLUED_MAX, len(words)) + 1):
            yield first, end, "".join(words[first:end])


def words_of(name: str) -> set[str]:
    """Every word that a name is known by: `de La Fontaine` by `de`, `la`, `fontaine`, `dela`, `lafontaine` and `delafontaine`."""
    return {word for _, _, word in runs_of(comparable(name).split())}


def near_marks(word: str) -> set[str]:
    """What is kept beside a word so that somebody who misses one letter finds it, or takes another one for it: the word without each of its
    letters, and where it stood."""
    if not _may_be_mistyped(word):
        return set()
    return {_mark(place, word[:place] + word[place + 1 :]) for place in range(len(word))}


def near_sought(typed: str) -> set[str]:
    """The words and marks by which all that is one typing error away from a typed word is found: a letter too many, two letters the wrong way round, a
    letter missed, another letter.
    Source: the deletion neighbourhoods of SymSpell (W. Garbe), with the place so that nothing two errors away is found."""
    if not _may_be_mistyped(typed):
        return set()
    places = range(len(typed))
    shorter = [typed[:place] + typed[place + 1 :] for place in places]
    turned = {typed[:place] + typed[place + 1] + typed[place] + typed[place + 2 :] for place in places[:-1]}
    missed = {_mark(place, typed) for place in range(len(typed) + 1)}
    longer_than = {word for word in shorter if len(word) >= NEAR_MIN}
    return longer_than | turned | missed | {_mark(place, rest) for place, rest in zip(places, shorter, strict=True)}


def is_near(one: str, other: str) -> bool:
    """Whether two words are one typing error apart at most."""
    return one == other or not near_sought(one).isdisjoint({other} | near_marks(other))


def _may_be_mistyped(word: str) -> bool:
    return NEAR_MIN <= len(word) <= NEAR_MAX and word.isalpha()


def _mark(place: int, rest: str) -> str:
    return f"~{place}~{rest}"


def first_names_apart(people: Mapping[KeyT, Person]) -> dict[KeyT, str]:
    """A name for each child of a household: the first name, and as much more as tells it from the others'.

    Two of the same first name bear their last names too (half-siblings), and their birth dates where those are equal as well.
    """
    first = {key: person.first_name or "" for key, person in people.items()}
    shared = _shared(first)
    whole = {key: f"{name} {people[key].last_name or ''}".strip() for key, name in first.items() if key in shared}
    return first | whole | _with_births(people, whole, _shared(whole))


def namesakes(people: Mapping[KeyT, Person]) -> set[KeyT]:
    """Those of a list who share first and last name with somebody else on it: their birth dates tell them apart."""
    return _shared({key: f"{person.last_name or ''} {person.first_name or ''}" for key, person in people.items()})


def _shared(names: Mapping[KeyT, str]) -> set[KeyT]:
    counts = Counter(comparable(name) for name in names.values())
    return {key for key, name in names.items() if counts[comparable(name)] > 1}


def _with_births(people: Mapping[KeyT, Person], names: Mapping[KeyT, str], keys: set[KeyT]) -> dict[KeyT, str]:
    births = {key: people[key].birth_on for key in keys}
    return {key: f"{names[key]} ({birth_on:%d/%m/%Y})" for key, birth_on in births.items() if birth_on}


def masked(email: str) -> str:
    """An address as who knows it recognizes it, and nobody else learns it: `d…@famille.example`."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}…@{domain}"
