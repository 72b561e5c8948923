"""How a household or a child that is there differs from what a file says of it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from contracts.family.import_words import ImportColumn as Column
from contracts.types import Civility

from ..cells.domain import ImportReason as Reason
from ..households.domain import ADULT_POINTERS, HouseholdFile
from ..imports.domain import Draft, Fault, Role, Row, identity_of
from ..people.domain import Child, is_same_email, name_key


@dataclass(frozen=True, slots=True)
class Changes:
    """How a household differs from what a file says. `updatable` is what an import may take over; `others` are an agent's to decide: people who came,
    went, or are called otherwise. An empty cell differs from nothing."""

    updatable: tuple[Fault, ...] = ()
    others: tuple[Fault, ...] = ()


def changes_of(known: HouseholdFile, wanted: HouseholdFile, draft: Draft) -> Changes:
    """How a household differs from what a file says of it, but for its quotient."""
    updatable, others = list[Fault](), list[Fault]()
    adults = {name_key(adult): adult for adult in known.adults}
    for pointer, adult in zip(ADULT_POINTERS, wanted.adults, strict=False):
        there = adults.pop(name_key(adult), None)
        if there is None:
            others.append(draft.fault(f"{pointer}/last_name", Reason.IMPORT_PERSON_UNKNOWN))
            continue
        if adult.phone and adult.phone != there.phone:
            updatable.append(draft.fault(f"{pointer}/phone", Reason.IMPORT_DIFFERS))
        if adult.email and not is_same_email(adult.email, there.email):
            by_hand = draft.fault(f"{pointer}/email", Reason.IMPORT_DIFFERS_BY_HAND)
            (others if there.is_invited else updatable).append(
                by_hand if there.is_invited else replace(by_hand, code=Reason.IMPORT_DIFFERS)
            )
        if adult.civility is not Civility.NONE and adult.civility is not there.civility:
            others.append(draft.fault(f"{pointer}/civility", Reason.IMPORT_DIFFERS_BY_HAND))
    children = {(name_key(child), child.birth_on) for child in known.children}
    for place, child in enumerate(wanted.children):
        if (name_key(child), child.birth_on) not in children:
            others.append(draft.fault(f"/children/{place}/last_name", Reason.IMPORT_PERSON_UNKNOWN))
    count = len(known.adults) + len(known.children)
    if count > len(wanted.adults) + len(wanted.children):
        others.append(draft.fault("", Reason.IMPORT_PERSON_MISSING))
    # Of a protected address no file says whether it is the right one.
    if known.address and draft.is_secret:
        others.append(draft.fault("/secret_reason", Reason.IMPORT_DIFFERS_BY_HAND))
    elif known.address and wanted.address and wanted.address.as_kept() != known.address:
        updatable.append(draft.fault("/address/street", Reason.IMPORT_DIFFERS))
    return Changes(tuple(updatable), tuple(others))


def child_faults_of(rows: Sequence[Row], known: Mapping[str, Child], first_rows: Mapping[str, Row]) -> Iterator[Fault]:
    """Children whose key is another child's: of one who is there, or of an earlier line of the file."""
    for row in rows:
        key = row.cell(Column.CHILD_KEY)
        if row.role is not Role.CHILD or not key:
            continue
        identity = identity_of(row)
        if key in known and (name_key(known[key]), known[key].birth_on) != identity:
            yield Fault(row.number, Column.CHILD_KEY, Reason.IMPORT_CHILD_IS_ANOTHER)
        elif key in first_rows and first_rows[key].number < row.number and identity_of(first_rows[key]) != identity:
            yield Fault(row.number, Column.CHILD_KEY, Reason.IMPORT_KEY_REPEATED, (("line", first_rows[key].number),))
