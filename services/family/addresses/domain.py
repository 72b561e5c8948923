"""What a line of an address says - number, suffix, street - however it is spelled, and which addresses of the base it may be meant for. Pure.

The comparison is that of names (`chassis/comparing.py`), with what is written of streets besides: `bd` is boulevard, `st` saint, articles do not count.
So are the words and marks by which a street is found with one typing error in a word.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from chassis.comparing import comparable, near_marks, near_sought, runs_of

LIKENESS_MIN: Final = 0.6
"""Of the street's name, from 0 to 1, for an address to be suggested."""
NUMBER_MAX: Final = 99_999
WORDS_MAX: Final = 8
"""Of a typed street, by which it is looked for."""

_TYPES: Final = {
    "all": "allee",
    "av": "avenue",
    "ave": "avenue",
    "bd": "boulevard",
    "bld": "boulevard",
    "blvd": "boulevard",
    "boul": "boulevard",
    "ch": "chemin",
    "che": "chemin",
    "chem": "chemin",
    "crs": "cours",
    "esp": "esplanade",
    "fbg": "faubourg",
    "fg": "faubourg",
    "ham": "hameau",
    "imp": "impasse",
    "lot": "lotissement",
    "pass": "passage",
    "pl": "place",
    "prom": "promenade",
    "qu": "quai",
    "r": "rue",
    "res": "residence",
    "rte": "route",
    "sq": "square",
}
_TYPE_WORDS: Final = frozenset(
    {
        *_TYPES,
        *_TYPES.values(),
        *("clos", "cite", "cote", "domaine", "galerie", "mail", "montee", "parvis", "pont", "port", "quartier", "rond"),
        *("ruelle", "sente", "sentier", "traverse", "venelle", "villa", "voie", "lieu"),
    }
)
_TITLES: Final = {
    "cdt": "commandant",
    "cne": "capitaine",
    "col": "colonel",
    "dr": "docteur",
    "gal": "general",
    "gen": "general",
    "gd": "grand",
    "gde": "grande",
    "lt": "lieutenant",
    "mal": "marechal",
    "nd": "notre dame",
    "pdt": "president",
    "pr": "professeur",
    "pt": "petit",
    "pte": "petite",
    "st": "saint",
    "ste": "sainte",
    "sts": "saints",
}
_ARTICLES: Final = frozenset({"de", "du", "des", "la", "le", "les", "l", "d"})
_SUFFIXES: Final = {"bis": "b", "ter": "t", "quater": "q", "quinquies": "quinquies"}
_SUFFIX: Final = rf"(?:{'|'.join(_SUFFIXES)})"
_TYPE: Final = rf"(?:{'|'.join(sorted(_TYPE_WORDS, key=len, reverse=True))})"
# What begins with a number: glued to a letter, with `bis`, or with a letter that a kind of street follows. Of `12-14` the first one counts.
_NUMBERED: Final = re.compile(
    rf"(?P<number>[0-9]{{1,5}})(?: ?(?P<word>{_SUFFIX})\b|(?P<glued>[a-z])\b| (?P<letter>[a-z])(?= {_TYPE} ))?(?: (?:[0-9]{{1,5}} )?(?P<street>.+))?"
)
# A building or a residence before the number, in the same line: a kind of street follows it.
_BEFORE: Final = re.compile(rf"^[^0-9].*?.*? (?=[0-9]{{1,5}}(?: ?{_SUFFIX}| ?[a-z])? {_TYPE} )")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a street: its number and suffix, where one is said, and the street as it is compared. `bis` and `B` are one suffix."""

    number: int | None
    suffix: str
    street: str


@dataclass(frozen=True, slots=True)
class BaseStreet:
    """A street of the base, in one commune."""

    street_id: int
    name: str
    postal_code: str
    city: str


@dataclass(frozen=True, slots=True)
class BaseAddress:
    """An address of the base; a place that has no numbers has none."""

    base_id: str
    street: BaseStreet
    number: int | None
    suffix: str

    @property
    def line(self) -> str:
        """As it is written: `12 bis Rue des Lilas`."""
        numbered = " ".join(part for part in (str(self.number or ""), self.suffix) if part)
        return f"{numbered} {self.street.name}".strip()


def street_key(name: str) -> str:
    """A street as it is compared: `Bd. du Gal de Gaulle` is `boulevard general gaulle`."""
    words = _spelled_out(name)
    return " ".join([word for word in words if word not in _ARTICLES] or words)


def _spelled_out(name: str) -> list[str]:
    first, *others = comparable(name).split() or [""]
    words = [_TYPES.get(first, _TITLES.get(first, first)), *(_TITLES.get(word, word) for word in others)]
    return words[2:] if words[:2] == ["lieu", "dit"] and len(words) > 2 else words


def city_key(name: str) -> str:
    """A commune as it is compared: `St-Maur` is `saint maur`."""
    words = [word for word in comparable(name).split() if word != "cedex"]
    return " ".join(_TITLES.get(word, word) for word in words if not word.isdecimal() or len(words) == 1)


def suffix_key(suffix: str) -> str:
    """A suffix as it is compared: `bis` and `B` are `b`."""
    folded = comparable(suffix)
    return _SUFFIXES.get(folded, folded)


def spot_of(lines: Sequence[str]) -> Spot:
    """What the lines of an address say of its place: the first one that has a number, or the first one."""
    spots = [_spot(line) for line in lines if line.strip()]
    return next((spot for spot in spots if spot.number is not None), spots[0] if spots else Spot(None, "", ""))


def _spot(line: str) -> Spot:
    folded = comparable(line)
    if not folded[:1].isdecimal():
        folded = _BEFORE.sub("", folded, count=1)
    parts = _NUMBERED.fullmatch(folded)
    if parts is None or not parts["street"]:
        return Spot(None, "", street_key(folded))
    suffix = parts["word"] or parts["glued"] or parts["letter"] or ""
    return Spot(int(parts["number"]), suffix_key(suffix), street_key(parts["street"]))


def street_marks(name: str) -> list[str]:
    """All by which a street is found, sorted: its words and neighbours glued, and the same with one letter missing."""
    spellings = (_telling(street_key(name)), _telling(" ".join(_spelled_out(name))))
    runs = {word for words in spellings for _, _, word in runs_of(words)}
    return sorted(runs.union(*(near_marks(word) for word in runs)))


def sought_marks(spot: Spot) -> list[set[str]]:
    """For each word of a typed street, the marks by which those that it is meant for are found: as it is, glued to its neighbours, or with a typing error."""
    words = _telling(spot.street)[:WORDS_MAX]
    runs = list(runs_of(words))
    return [
        {*(glued for first, end, glued in runs if first <= place < end), *near_sought(word)}
        for place, word in enumerate(words)
    ]


def best(spot: Spot, postal_code: str, city: str, streets: Collection[BaseStreet]) -> list[BaseStreet]:
    """Those of some streets that a typed one may be meant for, the likeliest first: in the same commune before others.

    Letters count, and as much how many of the typed words a street has: people leave words out, and take one kind of street for another.
    """
    town = city_key(city)
    sought = [{word, *near_sought(word)} for word in _telling(spot.street)]

    def likeness(key: str) -> float:
        marks = {mark for word in _telling(key) for mark in (word, *near_marks(word))}
        shared = sum(not choice.isdisjoint(marks) for choice in sought)
        letters = SequenceMatcher(None, spot.street, key, autojunk=False).ratio()
        return (letters + shared / max(1, len(sought))) / 2

    def rank(item: tuple[BaseStreet, float]) -> tuple[bool, float, str, int]:
        street, score = item
        is_here = street.postal_code == postal_code or city_key(street.city) == town
        return (not is_here, -score, street.name, street.street_id)

    scored = ((street, likeness(street_key(street.name))) for street in streets)
    return [street for street, _ in sorted((item for item in scored if item[1] >= LIKENESS_MIN), key=rank)]


def _telling(key: str) -> list[str]:
    """The words that tell a street from others: without its kind, unless it has no other word."""
    words = key.split()
    return words[1:] if len(words) > 1 and words[0] in _TYPE_WORDS else words
