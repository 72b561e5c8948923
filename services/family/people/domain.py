"""Adults and children: what their civil status and contacts must be like, and how they are compared. Pure."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar
from uuid import UUID

from chassis.clock import age_on
from chassis.comparing import Person, comparable_name, first_names_apart
from chassis.days import DateRange
from chassis.refusal import FieldRefusal
from contracts.family.events import ChildState
from contracts.types import Civility

MAJORITY_YEARS = 18
"""Source: Code civil, article 414."""
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters and symbols that print nothing: the fillers of Hangul (default-ignorable code points) and the braille pattern without a dot."""
_MARKS_AND_SPACES = frozenset({"Mn", "Mc", "Me", "Zs"})


@dataclass(frozen=True, slots=True)
class Adult:
    """An adult; `is_invited`: the town opens a portal account for them at their address. `revision` counts how often they were written.
    `is_email_confirmed`: they gave the present address themselves, and confirmed it; otherwise the town did."""

    adult_id: UUID
    civility: Civility
    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    is_invited: bool
    revision: int = 1
    is_email_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Child:
    """A child; while one `is_expected`, `birth_on` is the day on which the birth is."""

    child_id: UUID
    first_name: str
    last_name: str
    birth_on: date
    is_expected: bool = False

    @property
    def of_age_on(self) -> date:
        """The day of the eighteenth birthday; whoever is born on 29 February has it on 1 March of a common year."""
        year = self.birth_on.year + MAJORITY_YEARS
        try:
            return self.birth_on.replace(year=year)
        except ValueError:
            return date(year, 3, 1)

    def state(self) -> ChildState:
        """The child as others may know them."""
        return ChildState(
            child_id=self.child_id,
            first_name=self.first_name,
            last_name=self.last_name,
            birth_on=self.birth_on,
            is_expected=self.is_expected,
        )


PersonT = TypeVar("PersonT", Adult, Child)


def name_key(person: Adult | Child) -> str:
    """A person's name as it is compared with another."""
    return comparable_name(person.first_name, person.last_name)


def comparable_email(email: str) -> str:
    """An address as it is compared: mail providers do not tell case apart."""
    return email.casefold()


def is_same_email(one: str | None, other: str | None) -> bool:
    """Whether mails to both reach the same box, or neither is an address."""
    return comparable_email(one or "") == comparable_email(other or "")


def single_spaced(text: str) -> str:
    """A text as typed but for repeated spaces."""
    return " ".join(text.split())


def with_single_spaces(person: PersonT) -> PersonT:
    """A person whose names are as typed but for repeated spaces."""
    return replace(person, first_name=single_spaced(person.first_name), last_name=single_spaced(person.last_name))


def text_faults(texts: Iterator[tuple[str, str]]) -> Iterator[FieldRefusal]:
    """What cannot be printed or shows nothing, and names without a letter, among texts by the field that they were typed in."""
    for pointer, text in texts:
        categories = {unicodedata.category(char) for char in text}
        if categories & _UNPRINTABLE or _BLANK & set(text) or categories <= _MARKS_AND_SPACES:
            yield FieldRefusal(pointer, "unprintable_character")
        elif pointer.endswith(("name", "city", "country")) and not any(char.isalpha() for char in text):
            yield FieldRefusal(pointer, "no_letter")


def identity_of(adult: Adult) -> tuple[str, str] | None:
    """What says that an adult is one whom a file names already: the address and the name, as they are compared. None without an address. Two
    people share an address, but not both."""
    return (comparable_email(adult.email), name_key(adult)) if adult.email else None


def adult_faults(adults: Sequence[tuple[str, Adult]]) -> Iterator[FieldRefusal]:
    """An adult who is typed twice."""
    seen: set[tuple[str, str]] = set()
    for pointer, adult in adults:
        identity = identity_of(adult)
        if identity in seen:
            yield FieldRefusal(f"{pointer}/first_name", "adult_repeated")
        seen |= {identity} if identity else set()


def child_names(children: Iterable[Child]) -> dict[UUID, str]:
    """Children of one family by first name, told apart where two are equal."""
    return first_names_apart(
        {child.child_id: Person(child.first_name, child.last_name, child.birth_on) for child in children}
    )


def child_faults(children: Sequence[Child], today: date) -> Iterator[FieldRefusal]:
    """Births to come, children of age, and a child typed twice."""
    seen: set[tuple[str, date]] = set()
    for position, child in enumerate(children):
        identity = (name_key(child), child.birth_on)
        if child.birth_on > today:
            yield FieldRefusal(f"/children/{position}/birth_on", "birth_in_future")
        elif age_on(child.birth_on, today) >= MAJORITY_YEARS:
            yield FieldRefusal(f"/children/{position}/birth_on", "child_of_age", (("years", MAJORITY_YEARS),))
        elif identity in seen:
            yield FieldRefusal(f"/children/{position}/first_name", "child_repeated")
        seen.add(identity)


def noted_days(during: DateRange) -> dict[str, date | None]:
    """Days as the history says them, both counted; no last one while there is no end in sight."""
    return {"starts_on": during.first, "ends_on": during.ends_on}
