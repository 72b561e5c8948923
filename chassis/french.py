"""French as it is read: small words before a name, with elision (`d’Issa`, `qu’Arpège`) and contraction (`du syndicat`), and telephone numbers.

Where a name is put into a sentence, a text says the word that links it after a colon: `{name:de}` (or `{name:que}`, `{name:à}`); for a place,
whose own capital article contracts too (`du Havre`), `{town:de lieu}`. Templates of mails have the filters `of` and `to`.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from string import Formatter
from typing import Any, Final

from contracts.telephones import kept_number, shown_number

_ELIDING: Final = re.compile(
    r"[aeiou]|y[b-df-hj-np-tv-xz]"
    r"|h(?:e(?!lmut|nning|nri\b)|ilair|ippol|onor|orace|ortens|ubert|ugo|ugu|yacinth|abit|ote?l\b|opita)"
)
"""How names begin before which a vowel is lost: a vowel, a y before a consonant (Yves), an h that is not heard. Before any other h (Hamza,
Hassan, Henri) the whole word stays."""


def of(name: str) -> str:
    """`de Lina`, `d’Issa`, `d’Hélène`, `du syndicat`: an article is small, so that Le Gall stays one name."""
    return _contracted(name, "du", "des") or (f"d’{name}" if elides(name) else f"de {name}")


def of_place(name: str) -> str:
    """`de La Rochelle`, `du Havre`, `des Ulis`: the article of a place contracts, capital or not."""
    return of(f"{name[0].lower()}{name[1:]}" if name.startswith(("Le ", "Les ")) else name)


def that(name: str) -> str:
    """`que Lina`, `qu’Issa`."""
    return f"qu’{name}" if elides(name) else f"que {name}"


def to(name: str) -> str:
    """`à Lina`, `à la mairie`, `au syndicat`."""
    return _contracted(name, "au", "aux") or f"à {name}"


def sentence_start(words: str) -> str:
    """`La mairie`: words as a sentence begins."""
    return f"{words[:1].upper()}{words[1:]}"


def phone(number: str) -> str:
    """A telephone number in pairs, on one line whatever the width, as it is dialed at home: `06 12 34 56 78`, `+32 470 12 34 56`. What is no number stays as it
    was typed, such as `39 39`."""
    kept = kept_number(number)
    return (shown_number(kept) if kept else number).replace(" ", "\u00a0")


def elides(name: str) -> bool:
    """Whether `de` and `que` lose their vowel before a name."""
    plain = unicodedata.normalize("NFD", name.lower().replace("œ", "oe").replace("æ", "ae"))
    letters = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return _ELIDING.match(letters) is not None


_LINKS: Final[Mapping[str, Callable[[str], str]]] = {"de": of, "de lieu": of_place, "que": that, "à": to}
_LINKED: Final = re.compile(rf":(?:{'|'.join(_LINKS)})}}")


class _Linking(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        link = _LINKS.get(format_spec)
        return link(str(value)) if link else str(super().format_field(value, format_spec))


_LINKING: Final = _Linking()


def filled(text: str, values: Mapping[str, Any]) -> str:
    """A text with its values in place, and before them the words that link them. Raises KeyError for a value that is missing."""
    return _LINKING.vformat(text, (), values) if _LINKED.search(text) else text.format_map(values)


def authority_named(text: str, authority: str) -> str:
    """A text with who runs the portal in each of its places, which are known before any page is made; its other places stay."""
    forms = {"{authority}": authority, "{Authority}": sentence_start(authority)}
    for place, words in (forms | {f"{{authority:{word}}}": link(authority) for word, link in _LINKS.items()}).items():
        text = text.replace(place, words)
    return text


def _contracted(name: str, one: str, several: str) -> str:
    for article, contracted in (("le ", one), ("les ", several)):
        if name.startswith(article):
            return f"{contracted} {name.removeprefix(article)}"
    return ""
