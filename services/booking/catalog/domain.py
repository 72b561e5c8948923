"""What makes an activity and its days acceptable: dates that hold together, places never below those taken. Pure."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from chassis.days import DateRange
from chassis.refusal import FieldRefusal, Invalid, NotFound, Refusal

from ..errors import CapacityBelowTaken

DEFAULT_GROUP = "default"
"""The code of the group of a site in which a child is when nothing else was said."""
SCHOOL_YEAR_MONTH = 9


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """A unit of a new activity."""

    code: str
    starts_at: time
    ends_at: time
    implies: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActivityPlan:
    """A new activity. `groups` are pairs of the codes of site and group."""

    ages: tuple[int, int]
    dates: tuple[date, date]
    site_codes: tuple[str, ...]
    groups: tuple[tuple[str, str], ...]
    units: tuple[UnitPlan, ...]
    documents: tuple[str, ...] = ()


def check_activity(plan: ActivityPlan, known_sites: Set[str], known_documents: Set[str]) -> Refusal | None:
    """Why this activity does not hold together, or None."""
    (age_min, age_max), (starts_on, ends_on) = plan.ages, plan.dates
    unknown = [
        FieldRefusal(f"/site_codes/{position}", "site_unknown")
        for position, code in enumerate(plan.site_codes)
        if code not in known_sites
    ]
    if unknown:
        return NotFound(*unknown)
    fields = [*_repeated("/site_codes/{}", plan.site_codes), *_group_faults(plan), *_unit_faults(plan.units)]
    fields += [*_repeated("/required_documents/{}", plan.documents), *_document_faults(plan, known_documents)]
    if age_max < age_min:
        fields.append(FieldRefusal("/age_max", "range_reversed", (("age_min", age_min),)))
    if ends_on < starts_on:
        fields.append(FieldRefusal("/ends_on", "range_reversed", (("starts_on", starts_on),)))
    return Invalid(*fields) if fields else None


def _group_faults(plan: ActivityPlan) -> Iterator[FieldRefusal]:
    for position, (site_code, _) in enumerate(plan.groups):
        if site_code not in plan.site_codes:
            yield FieldRefusal(f"/groups/{position}/site_code", "site_unknown")
    defaults = [(site_code, DEFAULT_GROUP) for site_code in dict.fromkeys(plan.site_codes)]
    for refusal in _repeated("{}", [*defaults, *plan.groups]):
        position = int(refusal.pointer) - len(defaults)
        yield FieldRefusal(f"/groups/{position}/code", refusal.code)


def _document_faults(plan: ActivityPlan, known_documents: Set[str]) -> Iterator[FieldRefusal]:
    for position, code in enumerate(plan.documents):
        if code not in known_documents:
            yield FieldRefusal(f"/required_documents/{position}", "document_kind_not_askable")


def _unit_faults(units: Sequence[UnitPlan]) -> Iterator[FieldRefusal]:
    """A unit takes places of units that have their own, so that each place is counted in one pool."""
    yield from _repeated("/units/{}/code", [unit.code for unit in units])
    codes = {unit.code for unit in units}
    with_places = {unit.code for unit in units if not unit.implies}
    for position, unit in enumerate(units):
        if unit.ends_at <= unit.starts_at:
            yield FieldRefusal(f"/units/{position}/ends_at", "range_reversed")
        if not set(unit.implies) <= with_places - {unit.code}:
            yield FieldRefusal(f"/units/{position}/implies", "unit_unknown")
        if not set(unit.excludes) <= codes - {unit.code}:
            yield FieldRefusal(f"/units/{position}/excludes", "unit_unknown")
        yield from _repeated(f"/units/{position}/implies", unit.implies)


def _repeated(pointer: str, codes: Sequence[object]) -> Iterator[FieldRefusal]:
    for position, code in enumerate(codes):
        if code in codes[:position]:
            yield FieldRefusal(pointer.format(position), "code_repeated")


def exclusions(units: Sequence[UnitPlan]) -> dict[str, list[str]]:
    """What each unit excludes, whichever of the two said so."""
    pairs = {pair for unit in units for other in unit.excludes for pair in ((unit.code, other), (other, unit.code))}
    return {unit.code: sorted(other for code, other in pairs if code == unit.code) for unit in units}


def school_year(day: date) -> int:
    """The year in which the school year of a day began, on 1 September."""
    return day.year if day.month >= SCHOOL_YEAR_MONTH else day.year - 1


@dataclass(frozen=True, slots=True)
class ActivityPlaces:
    """What an activity can be opened in: its dates, its groups, and the units that have places of their own."""

    dates: DateRange
    group_ids: tuple[UUID, ...]
    parts: tuple[str, ...]


def check_opening(
    places: ActivityPlaces, group_id: UUID | None, unit_codes: Sequence[str], days: Sequence[date]
) -> Refusal | None:
    """Why these days cannot be opened for this group (None stands for each) in these units (none for all), or None."""
    if group_id is not None and group_id not in places.group_ids:
        return NotFound(FieldRefusal("/group_id", "group_unknown"))
    fields = [
        FieldRefusal(f"/unit_codes/{position}", "unit_unknown")
        for position, code in enumerate(unit_codes)
        if code not in places.parts
    ]
    bounds = (("starts_on", places.dates.first), ("ends_on", places.dates.last))
    fields += [
        FieldRefusal(f"/days/{position}", "outside_activity", bounds)
        for position, day in enumerate(days)
        if day not in places.dates
    ]
    return Invalid(*fields) if fields else None


def check_capacity(days: Sequence[date], capacity: int, taken: Mapping[date, int]) -> Refusal | None:
    """Why these days cannot have this many places, or None. `taken` has the most that is taken in a pool of the open ones."""
    below = [(position, day) for position, day in enumerate(days) if taken.get(day, 0) > capacity]
    if not below:
        return None
    fields = [
        FieldRefusal(f"/days/{position}", CapacityBelowTaken.code(), (("service_on", day), ("taken", taken[day])))
        for position, day in below
    ]
    first = below[0][1]
    return CapacityBelowTaken(*fields, service_on=first, taken=taken[first])
