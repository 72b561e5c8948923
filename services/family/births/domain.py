"""Children who are expected: how far ahead, and what their birth changes. Pure."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from chassis.days import DateRange
from chassis.refusal import FieldRefusal, Invalid, Refusal
from chassis.timeline import Timeline

from ..custody.domain import Custody, Grant, last_day_of_minority
from ..errors import ChildAlreadyBorn
from ..people.domain import Child, child_faults, name_key, text_faults, with_single_spaces

EXPECTED_MONTHS_MAX: Final = 10
"""How far ahead a birth is expected at most."""
KNOWN_POINTER: Final = "/known_child_ids"
SILENCE_DAYS: Final = 45
"""How long after the expected day an agent is to ask, when no birth was registered."""


def last_expected_on(today: date) -> date:
    """The latest day on which a birth is expected: the same day ten months ahead, or the last one of that month."""
    months = today.month - 1 + EXPECTED_MONTHS_MAX
    year, month = today.year + months // 12, months % 12 + 1
    return date(year, month, min(today.day, monthrange(year, month)[1]))


def child_pointers(new_children: Sequence[Child]) -> list[str]:
    """Where the new children of a file stand in the request: those who are born come first."""
    born = sum(not child.is_expected for child in new_children)
    return [
        f"/expected_children/{place - born}" if child.is_expected else f"/children/{place}"
        for place, child in enumerate(new_children)
    ]


def known_pointers(count: int) -> list[str]:
    """Where the children of a new file whom another one names already stand in the request."""
    return [f"{KNOWN_POINTER}/{place}" for place in range(count)]


def expected_faults(children: Sequence[Child], today: date) -> Iterator[FieldRefusal]:
    """Births that are expected too early or too late, and children whom nobody would know how to call."""
    last_on = last_expected_on(today)
    for position, child in enumerate(children):
        pointer = f"/expected_children/{position}"
        if not child.first_name:
            yield FieldRefusal(f"{pointer}/first_name", "missing")
        if not today <= child.birth_on <= last_on:
            days = (("first_on", today), ("last_on", last_on))
            yield FieldRefusal(f"{pointer}/expected_on", "expected_day_out_of_range", days)


def born(expected: Child, first_name: str, last_name: str, birth_on: date, today: date) -> Child | Refusal:
    """A child who was expected once it is born. What is so already is no fault, so that the same birth may be sent again."""
    child = with_single_spaces(
        replace(expected, first_name=first_name, last_name=last_name, birth_on=birth_on, is_expected=False)
    )
    if not expected.is_expected:
        return child if child == expected else ChildAlreadyBorn(birth_on=expected.birth_on)
    faults = [
        *text_faults(iter([("/first_name", first_name), ("/last_name", last_name)])),
        *(replace(fault, pointer=f"/{fault.pointer.rpartition('/')[2]}") for fault in child_faults([child], today)),
    ]
    return Invalid(*faults) if faults else child


def twin_faults(born_child: Child, twins: Sequence[Child]) -> Iterator[FieldRefusal]:
    """What is wrong with children born with another one: names, and one that is typed twice."""
    seen = {name_key(born_child)}
    for position, twin in enumerate(twins):
        pointer = f"/twins/{position}"
        yield from text_faults(
            iter([(f"{pointer}/first_name", twin.first_name), (f"{pointer}/last_name", twin.last_name)])
        )
        if name_key(twin) in seen:
            yield FieldRefusal(f"{pointer}/first_name", "child_repeated")
        seen.add(name_key(twin))


def with_birth(custody: Custody, child: Child) -> Custody:
    """The custody once the child is born: what lasted until majority lasts until the day before the real one."""
    former, last = last_day_of_minority(custody.child), last_day_of_minority(child)

    def until(grants: Timeline[Grant]) -> Timeline[Grant]:
        return Timeline.of(
            (
                DateRange.between(item.during.first, last if item.during.ends_on == former else item.during.ends_on),
                item.value,
            )
            for item in grants
        )

    return replace(custody, child=child, ties={tie: until(grants) for tie, grants in custody.ties.items()})
