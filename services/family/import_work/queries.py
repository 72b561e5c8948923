"""What a household of a file comes to, judged with what the town's files say now. Nothing is written."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final
from uuid import UUID

from pydantic import ValidationError

from chassis.comparing import comparable_name
from chassis.data.database import Transaction
from chassis.refusal import Refusal
from chassis.timeline import Timeline
from contracts.family.events import ImportColumn as Column
from contracts.family.events import ImportFinding, Quotient
from contracts.family.models import HouseholdCreate

from ..births.commands import children_typed
from ..cells.domain import ImportReason
from ..errors import HouseholdAlreadyExists
from ..households.domain import HouseholdFile
from ..households.store import load_file
from ..import_schooling.domain import PLACE, Register, Schooled, is_otherwise, moved, schooled
from ..import_schooling.queries import NOTHING, register_for
from ..imports import store
from ..imports.domain import Draft, Fault, Role, Row, drafted
from ..imports.store import Run, SettledLine
from ..openings.commands import draft_of, typing_refusal
from ..openings.store import twins as twins_of
from ..people.domain import Child
from ..quotients.commands import as_entry
from ..quotients.domain import is_said, quotient_fault
from ..quotients.store import load_quotients
from ..schooling.domain import Place
from ..schooling.store import load_places
from ..settings import FamilyRules
from .domain import Changes, changes_of, child_faults_of
from .store import ImportedHousehold, imported_children, imported_households

TO_DO: Final = (ImportFinding.TO_OPEN, ImportFinding.TO_UPDATE, ImportFinding.TO_INVITE)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a household of a file comes to now. `request` is what opens it, and `fresh_keys` those of its new children, in its order; `known` is the household
    that came from its key before, `twin` the reference of a file that it looks like. `schooled` is where its children go to school, `fresh_places` the new
    ones and `known_places` those whom another household has."""

    rows: tuple[Row, ...]
    finding: ImportFinding
    draft: Draft
    faults: tuple[Fault, ...] = ()
    request: HouseholdCreate | None = field(default=None, repr=False)
    fingerprint: bytes = b""
    fresh_keys: tuple[str, ...] = ()
    schooled: Schooled = field(default_factory=Schooled)
    fresh_places: tuple[Place | None, ...] = ()
    known_places: Mapping[UUID, Place] = field(default_factory=dict)
    known: ImportedHousehold | None = None
    twin: str | None = None

    @property
    def position(self) -> int:
        """Where it stands in its file."""
        return self.rows[0].number

    @property
    def key(self) -> str:
        """The former software's reference of the household."""
        return self.rows[0].household_key

    @property
    def is_there(self) -> bool:
        """Whether its file was opened before, and changes now."""
        return self.known is not None and self.finding in TO_DO

    @property
    def people(self) -> set[tuple[str, str]]:
        """Whom it names, as they are known again: adults by name, children by key."""
        adults = [row for row in self.rows if row.role is not Role.CHILD]
        names = {comparable_name(row.cell(Column.FIRST_NAME), row.cell(Column.LAST_NAME)) for row in adults}
        keys = {key for row in self.rows if (key := row.cell(Column.CHILD_KEY))}
        return {("adult", name) for name in names} | {("child", key) for key in keys}

    def refused(self, refusal: Refusal) -> "Judged":
        """The same household once it turned out that it cannot be opened."""
        faults = tuple(self.draft.fault(fault.pointer, fault.code, fault.params) for fault in refusal.fields)
        whole = (self.draft.fault("", refusal.code(), tuple(refusal.params.items())),)
        twin = refusal.params["reference"] if isinstance(refusal, HouseholdAlreadyExists) else None
        return replace(self, finding=ImportFinding.REFUSED, faults=faults or whole, twin=twin)

    def opened(self, outcome: HouseholdFile | Refusal) -> "Judged":
        """The same household once it was opened, or turned out to be refused."""
        if isinstance(outcome, Refusal):
            return self.refused(outcome)
        known = ImportedHousehold(outcome.household_id, self.fingerprint, has_uninvited=False)
        return replace(self, finding=ImportFinding.OPENED, known=known)

    def settled(self) -> list[SettledLine]:
        """Its lines: of a household that is refused, those without a fault of their own are held."""
        faults: dict[int, list[Fault]] = {row.number: [] for row in self.rows}
        for fault in self.faults:
            faults[fault.line].append(fault)
        spared = ImportFinding.HELD if self.finding is ImportFinding.REFUSED else self.finding
        household_id = self.known.household_id if self.known else None
        return [
            SettledLine(number, self.finding if of_line else spared, tuple(of_line), household_id, self.twin)
            for number, of_line in faults.items()
        ]


def together(judged: Sequence[Judged]) -> list[Judged]:
    """The first of these households, and those after it that the same transaction may settle: none of them is there already, and none names an adult or a
    child of one before it, who may be known by then."""
    first, *others = judged
    chosen, named = [first], first.people
    if first.is_there:
        return chosen
    for home in others:
        people = home.people
        if not home.is_there and named.isdisjoint(people):
            chosen.append(home)
        named |= people
    return chosen


async def examined(tx: Transaction, rules: FamilyRules, run: Run, homes: Sequence[tuple[Row, ...]]) -> list[Judged]:
    """What each of these households comes to, which another file may look like."""
    return await _without_twins(tx, await judge(tx, rules, run, homes))


@dataclass(frozen=True, slots=True)
class Before:
    """What is there already of what some households name: those that came from their keys, children and where these go to school, the lines of the file that
    name a child first, schools and classes."""

    households: Mapping[str, ImportedHousehold]
    children: Mapping[str, Child]
    places: Mapping[UUID, Timeline[Place]]
    first_rows: Mapping[str, Row]
    register: Register
    today: date


async def judge(tx: Transaction, rules: FamilyRules, run: Run, homes: Sequence[tuple[Row, ...]]) -> list[Judged]:
    """What each of these households comes to, if no other file looks like it."""
    today = await tx.today()
    register = await register_for(tx, homes, today)
    known = await imported_households(tx, {rows[0].household_key for rows in homes})
    keys = {key for rows in homes for row in rows if (key := row.cell(Column.CHILD_KEY))}
    there = await imported_children(tx, keys)
    places = await load_places(tx, {child.child_id for child in there.values()}) if register is not NOTHING else {}
    before = Before(known, there, places, await store.first_rows(tx, run.run_id, keys), register, today)
    judged = []
    for rows in homes:
        judged.append(await _judge(tx, rules, run, rows, before))
        await asyncio.sleep(0)  # others of this process come first
    return judged


async def _judge(tx: Transaction, rules: FamilyRules, run: Run, rows: tuple[Row, ...], before: Before) -> Judged:
    known, today = before.households.get(rows[0].household_key), before.today
    draft = drafted(rows)
    placements = schooled(rows, before.register, today)
    home = Judged(rows, ImportFinding.REFUSED, draft, draft.faults, schooled=placements, known=known)
    try:
        request = HouseholdCreate.model_validate(draft.body)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_context=False, include_input=False)
        pointers = ["/" + "/".join(map(str, fault["loc"])) for fault in errors]
        invalid = [draft.fault(pointer, "invalid") for pointer in pointers]
        return replace(home, faults=_beside(draft.faults, [*invalid, *placements.faults]))
    fingerprint = _fingerprint(request, draft, placements)
    if known is not None and known.fingerprint == fingerprint and not draft.faults:
        return replace(home, finding=_unchanged(run, known))
    faults = [*child_faults_of(rows, before.children, before.first_rows), *placements.faults]
    if refusal := typing_refusal(request, await tx.now(), today):
        faults += home.refused(refusal).faults
    if request.quotient and (
        fault := quotient_fault(
            as_entry(rules, request.quotient).quotient, rules.accepted_quotient_days(today), "/quotient"
        )
    ):
        faults.append(draft.fault(fault.pointer, fault.code, fault.params))
    if faults or draft.faults:
        return replace(home, faults=_beside(draft.faults, faults))
    home = replace(home, request=request, fingerprint=fingerprint)
    if known is None:
        return _to_open(home, request, before)
    return await _compared(tx, run, home, request, known)


def _beside(faults: Sequence[Fault], others: Sequence[Fault]) -> tuple[Fault, ...]:
    """Faults, and those of the other cells."""
    cells = {(fault.line, fault.column) for fault in faults}
    return (*faults, *(fault for fault in others if (fault.line, fault.column) not in cells))


def _fingerprint(request: HouseholdCreate, draft: Draft, placements: Schooled) -> bytes:
    places = [row and [row.cell(column) for column in PLACE] for row in placements.rows] if any(placements.rows) else ""
    return hashlib.sha256(f"{request.model_dump_json()}\n{draft.child_keys}{places}".encode()).digest()


def _unchanged(run: Run, known: ImportedHousehold) -> ImportFinding:
    return ImportFinding.TO_INVITE if run.is_inviting and known.has_uninvited else ImportFinding.UNCHANGED


def _to_open(home: Judged, request: HouseholdCreate, before: Before) -> Judged:
    """The household to open, whose children that another one has already are named by their ids; these stay in their schools."""
    keys, there, placements = home.draft.child_keys, before.children, home.schooled
    fresh = [place for place, key in enumerate(keys) if key not in there]
    old = [place for place, key in enumerate(keys) if key in there]
    renamed = {f"/children/{place}": f"/children/{at}" for at, place in enumerate(fresh)}
    renamed |= {f"/children/{place}": f"/known_child_ids/{at}" for at, place in enumerate(old)}
    places = {
        (
            pointer
            if (child := "/".join(pointer.split("/")[:3])) not in renamed
            else renamed[child] + pointer[len(child) :]
        ): place
        for pointer, place in home.draft.places.items()
    }
    known_places, elsewhere = dict[UUID, Place](), list[Fault]()
    for at in old:
        child_id, place = there[keys[at]].child_id, placements.places[at]
        if place is None or not is_otherwise(place, before.places[child_id], before.today):
            continue
        if any(item.value.school_year == place.school_year for item in before.places[child_id].slices):
            elsewhere.append(placements.differs(at, ImportReason.IMPORT_DIFFERS_BY_HAND))
        else:
            known_places[child_id] = place
    request = request.model_copy(
        update={
            "children": [request.children[place] for place in fresh],
            "known_child_ids": tuple(there[keys[place]].child_id for place in old),
        }
    )
    return replace(
        home,
        finding=ImportFinding.TO_OPEN,
        faults=tuple(elsewhere),
        draft=replace(home.draft, places=places),
        request=request,
        fresh_keys=tuple(keys[place] for place in fresh),
        fresh_places=tuple(placements.places[place] for place in fresh),
        known_places=known_places,
    )


async def _compared(
    tx: Transaction, run: Run, home: Judged, request: HouseholdCreate, known: ImportedHousehold
) -> Judged:
    """A household that is there, and how it differs."""
    file = await load_file(tx, known.household_id)
    if file is None:
        return replace(home, finding=ImportFinding.UNCHANGED, faults=())
    changes = changes_of(file, await _wanted(tx, request), home.draft)
    quotient = request.quotient
    if quotient and not is_said(await load_quotients(tx, file.household_id), Quotient(**quotient.model_dump())):
        differs = home.draft.fault("/quotient/value_cents", "import_differs")
        changes = replace(changes, updatable=(*changes.updatable, differs))
    if any(home.schooled.places):
        known_places = await load_places(tx, [child.child_id for child in file.children])
        others = moved(home.schooled, file.children, known_places, await tx.today())
        differing = [home.schooled.differs(at, ImportReason.IMPORT_DIFFERS) for at, _, _ in others]
        changes = replace(changes, updatable=(*changes.updatable, *differing))
    return replace(home, finding=_differing(run, known, changes), faults=(*changes.updatable, *changes.others))


async def _wanted(tx: Transaction, request: HouseholdCreate) -> HouseholdFile:
    return draft_of(request, children_typed(request, unborn_name=""), await tx.today(), await tx.now())


def _differing(run: Run, known: ImportedHousehold, changes: Changes) -> ImportFinding:
    if run.is_updating and changes.updatable:
        return ImportFinding.TO_UPDATE
    if changes.updatable or changes.others:
        return ImportFinding.DIFFERS
    return _unchanged(run, known)


async def _without_twins(tx: Transaction, judged: Sequence[Judged]) -> list[Judged]:
    """The same households, but for those that another file looks like."""
    to_open = [home for home in judged if home.finding is ImportFinding.TO_OPEN]
    twins = await twins_of(tx, [await _wanted(tx, home.request) for home in to_open if home.request])
    refused = {
        to_open[at].position: to_open[at].refused(HouseholdAlreadyExists(reference=reference))
        for at, reference in twins.items()
    }
    return [refused.get(home.position, home) for home in judged]
