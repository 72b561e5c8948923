"""What a file is found by, where it stands in lists, and what a search asks for. Pure.

A file keeps *marks*: words of names as they are and glued, and the same with one letter missing (`chassis/comparing.py`); `=12` is the number of the reference
F-000012, `+0612345678` a telephone number as it is dialed here and `+33612345678` from abroad, `/20180914` the birth date of a child. A key of the former software is a word like
another, alone and glued. A search is a
conjunction of *terms*, and each term a choice of marks.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from chassis.collation import Collation
from chassis.comparing import comparable, glued, near_marks, near_sought, runs_of, words_of
from contracts.telephones import SEPARATORS, home_number

from ..households.domain import HouseholdFile
from ..people.domain import Adult, Child

TERMS_MAX: Final = 8
_NOT_IN_NUMBER: Final = r"(?![\s./-]?\d)"
_ORDERS: Final = (
    re.compile(
        rf"(?<![\d./-])(?P<day>\d{{1,2}})[\s./-](?P<month>\d{{1,2}})[\s./-](?P<year>(?:19|20)\d\d){_NOT_IN_NUMBER}"
    ),
    re.compile(rf"(?<![\d./-])(?P<year>(?:19|20)\d\d)-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}}){_NOT_IN_NUMBER}"),
    re.compile(
        r"(?<!\d)(?P<day>\d{1,2})(?:er)?[\s-]+(?P<word>[^\W\d_]{3,9})\.?[\s-]+(?P<year>(?:19|20)\d\d)(?!\d)", re.I
    ),
)
_MONTHS: Final = ("jan", "fev", "mar", "avr", "mai", "juin", "juil", "aou", "sep", "oct", "nov", "dec")
_REFERENCE: Final = re.compile(r"(?<![^\W_])f[\s\u2010-\u2015-]?0*(?P<number>[1-9]\d{0,8})(?![^\W_])", re.I)
_PHONE: Final = re.compile(
    rf"(?<![^\W_])(?:\+[1-9]|00[1-9]|0[1-9])(?:{SEPARATORS}*(?:\(0\){SEPARATORS}*)?\d)*(?![^\W_])"
)


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a search: the marks of which a file has one wholly, or one that begins like them, or one with a typing error."""

    exact: frozenset[str]
    begun: frozenset[str]
    near: frozenset[str] = frozenset()

    def finds(self, marks: Iterable[str]) -> tuple[bool, bool]:
        """Whether some of these marks answer, and whether only but for a typing error."""
        known = set(marks)
        is_begun = any(mark.startswith(begun) for mark in known for begun in self.begun)
        is_near = not is_begun and not self.near.isdisjoint(known)
        return is_begun or is_near, is_near


def reference_mark(reference: str) -> str:
    """The mark of a reference: its bare number."""
    return f"={reference.rpartition('-')[2].lstrip('0')}"


def birth_mark(birth_on: date) -> str:
    """The mark of a birth date."""
    return f"/{birth_on:%Y%m%d}"


def phone_marks(phone: str) -> set[str]:
    """The marks of a telephone number: as it is dialed at home, if it is one of ours, and from abroad."""
    return {phone, f"+{home}" if (home := home_number(phone)) else phone}


def name_marks(*names: str) -> set[str]:
    """The marks of names."""
    words = {word for name in names for word in words_of(name)}
    return words.union(*(near_marks(word) for word in words))


def key_marks(key: str) -> set[str]:
    """The marks of a key of the former software: it and its parts, without case, spaces and signs."""
    return {*words_of(key), glued(key)} - {""}


def list_key(file: HouseholdFile, today: date, collation: Collation) -> str:
    """Where a file stands in lists: under who pays today, or under the name of the organization."""
    if file.organization:
        return collation.stored_key("", file.organization.legal_name)
    payer = file.payer_on(today)
    return collation.stored_key(payer.first_name, payer.last_name) if payer else ""


def marks_of(file: HouseholdFile) -> list[str]:
    """All by which an agent finds a file, sorted: also by the references of those that became part of it, which are found no more. No address: nobody is
    found by where they live."""
    if file.merged is not None:
        return []
    marks = {reference_mark(reference) for reference in (file.reference, *file.merged_references)}
    marks = marks.union(*map(key_marks, file.former_keys))
    people: tuple[Adult | Child, ...] = (*file.adults, *file.children)
    for person in people:
        marks |= name_marks(person.first_name, person.last_name)
    for adult in file.adults:
        marks |= {*comparable(adult.email or "").split(), *(phone_marks(adult.phone) if adult.phone else ())}
    marks |= {birth_mark(child.birth_on) for child in file.children}
    if file.organization:
        marks |= name_marks(file.organization.legal_name)
        marks |= {word for number in file.organization.numbers.values() for word in comparable(number).split()}
    return sorted(marks)


def terms_of(search: str) -> tuple[Term, ...]:
    """What a search asks for: dates, references and telephone numbers wherever they stand in it, then words."""
    terms: list[Term] = []
    rest = search
    for pattern in _ORDERS:
        rest = pattern.sub(lambda part: _taken(terms, _date_term(part), part), rest)
    rest = _REFERENCE.sub(lambda part: _taken(terms, _reference_term(part), part), rest)
    rest = _PHONE.sub(lambda part: _taken(terms, _phone_term(part.group()), part), rest)
    return (*terms, *_word_terms(comparable(rest).split()))[:TERMS_MAX]


def steps_of(terms: Sequence[Term]) -> tuple[str, ...]:
    """The conditions on the marks of a file, each as a text search query, that find files in the order of how well they answer: by the very reference, by whole
    marks, by beginnings, with a typing error. No file answers two of them."""
    if not terms:
        return ()
    exact = _all(terms, lambda term: [_lexeme(mark) for mark in term.exact])
    begun = _all(terms, lambda term: [_begun(mark) for mark in term.begun])
    near = _all(terms, lambda term: [*(_begun(mark) for mark in term.begun), *(_lexeme(mark) for mark in term.near)])
    reference = next((mark for mark in terms[0].exact if mark.startswith("=")), None) if len(terms) == 1 else None
    if reference is None:
        return exact, f"{begun} & !({exact})", f"{near} & !({begun})"
    first = _lexeme(reference)
    return first, f"{exact} & !{first}", f"{begun} & !({exact})"


def _taken(terms: list[Term], term: Term | None, part: re.Match[str]) -> str:
    """What stays of the text of a search where a pattern was found: nothing, if it is a term."""
    if term is None:
        return part.group()
    terms.append(term)
    return " "


def _date_term(part: re.Match[str]) -> Term | None:
    parts = part.groupdict()
    month = int(parts["month"]) if "month" in parts else _month(parts["word"])
    try:
        mark = birth_mark(date(int(parts["year"]), month, int(parts["day"])))
    except ValueError:
        return None
    return Term(frozenset({mark}), frozenset({mark}))


def _month(word: str) -> int:
    folded = comparable(word)
    return next((number for number, month in enumerate(_MONTHS, 1) if folded.startswith(month)), 0)


def _reference_term(part: re.Match[str]) -> Term:
    """A reference of ours, or what the former software wrote so."""
    marks = frozenset({f"={part['number']}", glued(part.group())})
    return Term(marks, marks)


def _phone_term(typed: str) -> Term:
    digits = "".join(char for char in typed.replace("(0)", "") if char.isdigit())
    phone = f"+{digits[2:] if digits.startswith('00') else digits}"
    # A key of the former software may look like a number.
    marks = frozenset({phone, digits})
    return Term(marks, marks)


def _word_terms(words: Sequence[str]) -> Iterator[Term]:
    """A term for each word: it answers itself, or glued to its neighbours. Bare digits may be the number of a reference too."""
    runs = list(runs_of(words))
    for place, word in enumerate(words):
        marks = {glued for first, end, glued in runs if first <= place < end}
        if word.isdecimal() and word.isascii() and word.strip("0"):
            marks.add(f"={word.lstrip('0')}")
        yield Term(frozenset(marks), frozenset(marks), frozenset(near_sought(word)))


def _all(terms: Sequence[Term], choice: Callable[[Term], Sequence[str]]) -> str:
    return " & ".join(f"({' | '.join(sorted(choice(term)))})" for term in terms)


def _lexeme(mark: str) -> str:
    return f"'{mark}'"


def _begun(mark: str) -> str:
    return f"'{mark}':*"
