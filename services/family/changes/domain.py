"""What is changed of a civil status at once, what waits for an agent, who answers for a new child, and when a request is of no use any more. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from chassis.refusal import FieldRefusal, Invalid
from chassis.versions import version_of
from contracts.family.child_events import ChangeStatus, FieldRule
from contracts.types import Civility

from ..births.domain import expected_faults
from ..people.domain import Adult, Child, child_faults, name_key, single_spaced, text_faults

CHILD: Final = ("first_name", "last_name", "birth_on")
ADULT: Final = ("civility", "first_name", "last_name")
NAMES: Final = ("first_name", "last_name")
DECIDED_KEPT: Final = timedelta(days=90)
"""For how long a family reads what became of a request. One that waits stays until it is decided."""
OPEN_MAX: Final = 5
"""How many children may wait to be added to a household."""

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A change that was asked for; of a new child `before` is empty."""

    change_id: UUID
    household_id: UUID
    subject_id: UUID
    kind: str
    status: ChangeStatus
    before: Values
    after: Values
    asked_by: UUID
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Sorted:
    """What is carried out at once, and what waits."""

    at_once: Values
    requested: Values


def values_of(person: Adult | Child) -> dict[str, Any]:
    """The civil status of somebody, as it is kept."""
    if isinstance(person, Child):
        return {**_names(person), "birth_on": person.birth_on}
    return {"civility": person.civility, **_names(person)}


def _names(person: Adult | Child) -> dict[str, Any]:
    return {"first_name": person.first_name, "last_name": person.last_name}


def version(person: Adult | Child) -> str:
    """Stands for a civil status."""
    return version_of(*sorted((name, str(value)) for name, value in values_of(person).items()))


def typed(values: Values) -> dict[str, Any]:
    """What was typed, in the types of a civil status and with single spaces; None is left out."""
    made: dict[str, Any] = {}
    for name, value in values.items():
        if value is None:
            continue
        if isinstance(value, bool):
            made[name] = value
        elif name == "birth_on":
            made[name] = value if isinstance(value, date) else date.fromisoformat(value)
        else:
            made[name] = Civility(value) if name == "civility" else single_spaced(value)
    return made


def sort(person: Adult | Child, wanted: Values, rules: Mapping[str, FieldRule]) -> Sorted | Invalid:
    """What of a change is carried out at once and what waits, by the town's rule for each field."""
    known = values_of(person)
    changed = {name: value for name, value in typed(wanted).items() if known.get(name) != value}
    closed = [name for name in changed if rules.get(name) not in (FieldRule.AT_ONCE, FieldRule.REQUEST)]
    if closed:
        return Invalid(*(FieldRefusal(f"/{name}", "field_kept_by_town") for name in closed))
    return Sorted(
        {name: value for name, value in changed.items() if rules[name] is FieldRule.AT_ONCE},
        {name: value for name, value in changed.items() if rules[name] is FieldRule.REQUEST},
    )


def corrected_child(child: Child, values: Values, today: date) -> Child | Invalid:
    """A child by other values, if it can be one."""
    wanted = replace(child, **values)
    faults = list(text_faults(iter([(f"/{name}", values[name]) for name in NAMES if name in values])))
    # A day that is past is no fault of whoever corrects a name of a child of whom nothing was heard.
    if not child.is_expected or "birth_on" in values:
        of_day = expected_faults if child.is_expected else child_faults
        faults += (replace(fault, pointer=_place(fault.pointer)) for fault in of_day([wanted], today))
    return Invalid(*faults) if faults else wanted


def new_child(child_id: UUID, values: Values, children: Collection[Child], today: date) -> Child | Invalid:
    """A child by what was typed of it, if it can join a household of these children."""
    if "first_name" not in values:
        return Invalid(FieldRefusal("/first_name", "missing"))
    child = corrected_child(Child(child_id, **values), values, today)
    if isinstance(child, Child) and any(is_same_child(child, other) for other in children):
        return Invalid(FieldRefusal("/first_name", "child_in_file"))
    return child


def asked_child(change: Change) -> Child:
    """The child whom a change adds. It has a first name."""
    return Child(change.subject_id, **change.after)


def is_same_child(one: Child, other: Child) -> bool:
    """Whether two children have the same names, however they are spelled, and the same day of birth."""
    return name_key(one) == name_key(other) and one.birth_on == other.birth_on


def _place(pointer: str) -> str:
    """The field of a form of one child that a fault in a list of children is at."""
    name = pointer.rpartition("/")[2]
    return "/birth_on" if name == "expected_on" else f"/{name}"


def answering(guardian_ids: Sequence[UUID], asked_by: UUID | None, adult_ids: Collection[UUID]) -> list[UUID] | Invalid:
    """Who answers for a new child: the adult who asks, or those of the household whom an agent names."""
    if asked_by is not None:
        return Invalid(FieldRefusal("/guardian_ids", "field_kept_by_town")) if guardian_ids else [asked_by]
    if not guardian_ids:
        return Invalid(FieldRefusal("/guardian_ids", "missing"))
    if not set(guardian_ids) <= set(adult_ids):
        return Invalid(FieldRefusal("/guardian_ids", "adult_not_in_household"))
    return list(dict.fromkeys(guardian_ids))


def corrected_adult(adult: Adult, values: Values) -> Adult | Invalid:
    """An adult by other values, if they can be one."""
    faults = tuple(text_faults(iter([(f"/{name}", values[name]) for name in NAMES if name in values])))
    return Invalid(*faults) if faults else replace(adult, **values, revision=adult.revision + 1)


def is_stale(change: Change, known: Values, *, is_asker_there: bool) -> bool:
    """Whether what a change was made from is not what is `known` any more, or whoever asked belongs to the household no longer: nobody adds a child to a file
    that they left, or answers for it there."""
    return not is_asker_there or any(known.get(name) != value for name, value in change.before.items())
