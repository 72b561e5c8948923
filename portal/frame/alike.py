"""How children of the same name are told apart: those of one family by as much of their names as it takes, those of a list by the birth date
and by the class."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol
from uuid import UUID

from chassis.comparing import Person, first_names_apart
from portal.kit.formats import date_short
from portal.kit.wording import Texts


class Named(Protocol):
    """A child as a service names it."""

    @property
    def child_id(self) -> UUID: ...

    @property
    def first_name(self) -> str: ...

    @property
    def last_name(self) -> str: ...

    @property
    def birth_on(self) -> date: ...


def child_names(children: Iterable[Named]) -> dict[UUID, str]:
    """The children of a family by first name, told apart where two are equal."""
    return first_names_apart(
        {child.child_id: Person(child.first_name, child.last_name, child.birth_on) for child in children}
    )


def told_apart(texts: Texts, birth_on: date | None, class_label: str | None = None) -> str:
    """What stands behind a child's name, ` (naissance le 02/03/2018, CE1 A)`, as far as it is known or needed; nothing when neither is."""
    marks = [texts("alike.born", day=date_short(birth_on))] if birth_on else []
    marks += [class_label] if class_label else []
    return texts("alike.marks", marks=texts("kit.comma").join(marks)) if marks else ""
