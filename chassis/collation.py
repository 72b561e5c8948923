"""Collation: the order of people in every list, sheet, export and document of a town. Pure.

It is that of a French list: accents, ligatures, case, apostrophes and hyphens do not count, whole last names come before longer ones. Whether the
particle of a name counts is for the town to say: `d'Arc` and `de Gaulle` stand under D, or under A and G. Articles always count (`La Fontaine`,
`Du Bellay`), and so does a particle that is written as a part of the name (`De Smet`).
Source: IFLA, Names of Persons, France; AFNOR NF Z44-061 for names with a particle passed over.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto
from typing import Final, TypeVar

from chassis.comparing import Person, comparable

KeyT = TypeVar("KeyT", bound=Hashable)
ItemT = TypeVar("ItemT")

_PARTICLE: Final = re.compile(r"\s*(?:[dD]['’]|de\s+)(?=\S)")
_PARTICLE_IN_CAPITALS: Final = re.compile(r"\s*DE\s+(?=\S)")


class Particles(StrEnum):
    """What the particle of a name is to its place in a list."""

    COUNTED = auto()
    PASSED_OVER = auto()


@dataclass(frozen=True, slots=True)
class Collation:
    """The order of names in a town."""

    particles: Particles = Particles.COUNTED

    def stored_key(self, first_name: str, last_name: str) -> str:
        """A person's place in a list as a column of text in the collation "C"; of an organization, with its name as the last one."""
        return f"{self._last(last_name)}  {comparable(first_name)}"

    def sort_key(self, person: Person) -> tuple[bool, str, str, str, str, date]:
        """Where a person stands in a list. Those who differ by an accent alone, and namesakes, are in one order too: by letters as
        written, then by birth; erased people come last."""
        last, first = person.last_name or "", person.first_name or ""
        written = (self._last(last), comparable(first), last, first)
        return (person.first_name is None, *written, person.birth_on or date.min)

    def in_order(self, people: Mapping[KeyT, Person]) -> list[tuple[KeyT, Person]]:
        """People by name; those whom nothing tells apart stay as they came."""
        return self.listed(people.items(), lambda item: item[1])

    def listed(self, items: Iterable[ItemT], person_of: Callable[[ItemT], Person]) -> list[ItemT]:
        """Items by the name of whom each is about."""
        return sorted(items, key=lambda item: self.sort_key(person_of(item)))

    def _last(self, name: str) -> str:
        return comparable(name if self.particles is Particles.COUNTED else _without_particle(name))


def _without_particle(name: str) -> str:
    """A last name after its particle. In capitals nothing tells a particle from a part of the name: it is taken for one."""
    particle = _PARTICLE.match(name) or (name.isupper() and _PARTICLE_IN_CAPITALS.match(name))
    return name[particle.end() :] if particle else name
