"""Collation: how people's names are compared, sorted and disambiguated, everywhere: in lists, sheets, exports, mails, documents and search. Pure.

The order is that of a French list: accents, ligatures, case, apostrophes and hyphens do not count, and a particle is a part of
the name that it stands in, so that de Beauvoir and d'Arc are found under D.
"""

import unicodedata
from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)

_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "þ": "th"})


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of whoever is named; without a name they were erased."""

    first_name: str | None
    last_name: str | None = None
    birth_on: date | None = None


def comparable(text: str) -> str:
    """A text without accents, case, punctuation or ligatures: `Le Goff-Œuvrard` is `le goff oeuvrard`."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    letters = unicodedata.normalize("NFKD", folded).translate(_LETTERS)
    kept = (char for char in letters if not unicodedata.combining(char))
    return " ".join("".join(char if char.isalnum() else " " for char in kept).split())


def comparable_name(first_name: str, last_name: str) -> str:
    """A person's name as it is compared with another: last name first."""
    return comparable(f"{last_name} {first_name}")


def stored_key(first_name: str, last_name: str) -> str:
    """A person's place in a list as a column of text in the collation "C": whole last names come before longer ones."""
    return f"{comparable(last_name)}  {comparable(first_name)}"


def sort_key(person: Person) -> tuple[bool, str, str, str, str, date]:
    """Where a person stands in a list. Those who differ by an accent alone, and namesakes, are in one order too: by letters as
    written, then by birth; erased people come last."""
    last, first = person.last_name or "", person.first_name or ""
    written = (comparable(last), comparable(first), last, first)
    return (person.first_name is None, *written, person.birth_on or date.min)


def in_order(people: Mapping[KeyT, Person]) -> list[tuple[KeyT, Person]]:
    """People by name; those whom nothing tells apart stay as they came."""
    return sorted(people.items(), key=lambda item: sort_key(item[1]))


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
